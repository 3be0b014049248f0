"""Promises of a data contract beside its shape: quality, service levels, servers, roles, owners."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from governance.compatibility import findings, grading, meanings, rules
from governance.compatibility.contract_rules import rule
from governance.compatibility.crawl import Crawl, Pair
from governance.compatibility.findings import Finding
from governance.compatibility.rules import PLACES

JSON = dict[str, Any]
Span = tuple[tuple[float, bool], tuple[float, bool]]
"""Lower and upper border, and whether each belongs to the range."""
NOTED = {"classification": "x-classification", "physicalType": "x-physical-type",
         "physicalName": "x-physical-name", "unique": "x-unique", "primaryKey": "x-primary-key",
         "primaryKeyPosition": "x-primary-key", "encryptedName": "x-encrypted-name",
         "semanticType": "x-meaning", "quality": "x-quality",
         "deprecated": "x-deprecated"}  # fmt: skip
LOWER_IS_BETTER = {"latency", "frequency", "timetodetect", "timetonotify", "timetorepair",
                   "errorrate", "ly", "fy", "td", "tn", "tr", "er", "freshness"}  # fmt: skip
HIGHER_IS_BETTER = {"availability", "retention", "throughput", "av", "re", "th", "uptime",
                    "completeness"}  # fmt: skip
UNITS = {"s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60,
         "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400,
         "days": 86400, "w": 604800, "week": 604800, "weeks": 604800, "month": 2592000,
         "months": 2592000, "y": 31536000, "year": 31536000, "years": 31536000}  # fmt: skip
SERVER_NOTES = {"id", "description", "environment", "roles", "customProperties", "tags"}
QUALITY_NOTES = {"id", "description", "tags", "customProperties", "businessImpact", "schedule",
                 "scheduler", "method", "authoritativeDefinitions", "dimension",
                 "name"}  # fmt: skip
BASE = re.compile(r"[a-z_ ]+")
STEPS = {"major": 3, "minor": 2, "patch": 1, "": 0}


def notes_of(field: JSON) -> JSON:
    """What a field says beside its shape, as annotations."""
    made = {target: field[key] for key, target in NOTED.items() if field.get(key) not in (None, "")}
    if field.get("primaryKey") is True:
        made["x-primary-key"] = field.get("primaryKeyPosition", 1)
    else:
        made.pop("x-primary-key", None)
    for custom in field.get("customProperties") or ():
        name = meanings.meaning_of(str(custom.get("property", "")))
        if name:
            made[f"x-{name}"] = custom.get("value")
    return made


def check_notes(crawl: Crawl, pair: Pair) -> None:
    """Keys, physical names and quality of a field."""
    old, new = pair.old.words, pair.new.words
    reads = pair.context.receives
    for keyword, event in (
        ("x-primary-key", "field-key-changed"),
        ("x-physical-name", "field-physical-name-changed"),
        ("x-encrypted-name", "field-encryption-changed"),
        ("x-shape", "field-kind-changed"),
    ):
        if old.get(keyword) != new.get(keyword):
            words = {"old": old.get(keyword) or "none", "new": new.get(keyword) or "none"}
            _note(pair, event, **words)
    if (old.get("x-unique") is True) != (new.get("x-unique") is True):
        gained = new.get("x-unique") is True
        _note(pair, _promise("field-unique", gained=gained, reads=reads))
    if "x-physical-type" in old and old["x-physical-type"] != new.get("x-physical-type"):
        _physical(pair, str(old["x-physical-type"]), str(new.get("x-physical-type") or "none"))
    for event, words in quality(old.get("x-quality"), new.get("x-quality"), reads=reads):
        _note(pair, event, **words)


def _promise(base: str, *, gained: bool, reads: bool) -> str:
    """A promise gained helps those who read and binds those who write."""
    helps = gained == reads
    return f"{base}-{'gained' if gained else 'lost'}{'' if helps else '-breaks'}"


def _physical(pair: Pair, old: str, new: str) -> None:
    """varchar(18) to varchar(32) changes a length, varchar to int a type."""
    same = [match.group() if (match := BASE.match(text.lower())) else text for text in (old, new)]
    event = "length" if same[0] == same[1] else "type"
    _note(pair, f"field-physical-{event}-changed", old=old, new=new)


def _note(pair: Pair, event: str, **words: Any) -> None:
    made = findings.make(rule(event), pair.old.pointer, pair.new.pointer, **words)
    pair.findings.append(made)


def quality(old: Any, new: Any, *, reads: bool) -> Iterator[tuple[str, JSON]]:
    """Quality rules that came, went or changed."""
    before, after = (
        {_name(check): check for check in checks or () if isinstance(check, dict)}
        for checks in (old, new)
    )
    for name in {**before, **after}:
        words = {"name": name}
        if name not in after:
            yield _promise("quality-rule", gained=False, reads=reads), words
        elif name not in before:
            yield _promise("quality-rule", gained=True, reads=reads), words
        elif _demand(before[name]) != _demand(after[name]):
            yield _changed(before[name], after[name], reads=reads), words


def _name(check: JSON) -> str:
    own = check.get("id") or check.get("name")
    parts = (check.get("metric") or check.get("rule"), check.get("query"), check.get("engine"))
    kind = check.get("type", "library")
    return str(own or " ".join(str(part) for part in (kind, *parts) if part))


def _demand(check: JSON) -> JSON:
    return {key: value for key, value in check.items() if key not in QUALITY_NOTES}


def _changed(old: JSON, new: JSON, *, reads: bool) -> str:
    before, after = (span(check) for check in (old, new))
    others = {key for key in {**old, **new} if not key.startswith("must")} - QUALITY_NOTES
    if before is None or after is None or any(old.get(key) != new.get(key) for key in others):
        return "quality-rule-changed"
    tighter, looser = within(after, before), within(before, after)
    if not (tighter or looser):
        return "quality-rule-changed"
    return _promise("quality-rule", gained=tighter, reads=reads)


def span(check: JSON) -> Span | None:
    """The range that a quality rule allows; None where it is no range of numbers."""
    low, high = (float("-inf"), True), (float("inf"), True)
    for key, value in check.items():
        if not key.startswith("must"):
            continue
        listed = value if isinstance(value, list) else [value]
        if not all(isinstance(one, int | float | Decimal) for one in listed) or len(listed) > 2:
            return None
        numbers = [float(one) for one in listed]
        closed = "OrEqual" in key
        if key in ("mustBe", "mustBeBetween"):
            low, high = (numbers[0], True), (numbers[-1], True)
        elif key.startswith("mustBeGreater"):
            low = numbers[0], closed
        elif key.startswith("mustBeLess"):
            high = numbers[0], closed
        else:
            return None
    return None if (low[0], high[0]) == (float("-inf"), float("inf")) else (low, high)


def within(inner: Span, outer: Span) -> bool:
    """Is every value of one range a value of the other?"""
    (low, low_in), (high, high_in) = inner
    (least, least_in), (most, most_in) = outer
    left = low > least or (low == least and (least_in or not low_in))
    right = high < most or (high == most and (most_in or not high_in))
    return left and right


class Terms:
    """The terms of two contracts."""

    def __init__(self, old: JSON, new: JSON, perspective: str) -> None:
        self.old, self.new = old, new
        self.reads = perspective == "consumer"
        self.found: list[Finding] = []

    def findings(self) -> list[Finding]:
        self.levels()
        self.servers()
        self.roles()
        self.owners()
        self.state()
        self.objects()
        return self.found

    def note(self, event: str, old: str, new: str, /, **words: Any) -> None:
        self.found.append(findings.make(rule(event), old, new, **words))

    def meaning(self, event: str, place: str, /, **words: Any) -> None:
        prefix = "field" if self.reads else "input-field"
        made = findings.make(rules.schema_rule(PLACES[prefix], event), place, place, **words)
        self.found.append(made)

    def sides(self, key: str, name: str) -> tuple[dict[str, tuple[str, JSON]], ...]:
        """Both lists under a key, by name, with their places."""
        return tuple(
            {
                str(part.get(name)): (f"/{key}/{place}", part)
                for place, part in enumerate(side.get(key) or ())
                if isinstance(part, dict)
            }
            for side in (self.old, self.new)
        )

    def levels(self) -> None:
        old, new = (self._sla(side) for side in (self.old, self.new))
        for name in {**old, **new}:
            if name not in new:
                self._one_sided(name, old[name][0], "", gained=False)
            elif name not in old:
                self._one_sided(name, "", new[name][0], gained=True)
            else:
                self._level(name, old[name], new[name])

    def _sla(self, side: JSON) -> dict[str, tuple[str, JSON]]:
        """Service levels by property, element and driver."""
        return {
            " ".join(str(part[key]) for key in ("property", "element", "driver") if key in part): (
                f"/slaProperties/{place}",
                part,
            )
            for place, part in enumerate(side.get("slaProperties") or ())
        }

    def _one_sided(self, name: str, old: str, new: str, *, gained: bool) -> None:
        self.note(_promise("sla", gained=gained, reads=self.reads), old, new, name=name)

    def _level(self, name: str, old: tuple[str, JSON], new: tuple[str, JSON]) -> None:
        before, after = (_measure(side[1]) for side in (old, new))
        if before == after:
            return
        words = {"name": name, "old": _shown(old[1]), "new": _shown(new[1])}
        better = _better(name.split(" ")[0], before, after)
        if better is None:
            self.note("sla-changed", old[0], new[0], **words)
        else:
            event = _promise("sla-level", gained=better, reads=self.reads)
            self.note(event, old[0], new[0], **words)

    def servers(self) -> None:
        old, new = self.sides("servers", "server")
        for name, (place, part) in old.items():
            if name not in new:
                self.note("server-gone", place, "", name=name)
            elif _without(part, SERVER_NOTES) != _without(new[name][1], SERVER_NOTES):
                self.note("server-changed", place, new[name][0], name=name)
        for name in new.keys() - old.keys():
            self.note("server-come", "", new[name][0], name=name)

    def roles(self) -> None:
        old, new = self.sides("roles", "role")
        for name, (place, part) in old.items():
            if name not in new:
                self.note("role-removed", place, "", name=name)
            elif part.get("access") != new[name][1].get("access"):
                words = {"old": part.get("access"), "new": new[name][1].get("access")}
                self.note("role-access-changed", place, new[name][0], name=name, **words)
        for name in new.keys() - old.keys():
            self.note("role-added", "", new[name][0], name=name)

    def owners(self) -> None:
        before, after = owners_of(self.old), owners_of(self.new)
        if before and before != after:
            words = {"old": ", ".join(before), "new": ", ".join(after) or "nobody"}
            self.meaning("ownership-changed", "/team", **words)

    def state(self) -> None:
        for key, event in (("id", "contract-identity-changed"), ("status", "status-changed"),
                           ("price", "price-changed")):  # fmt: skip
            old, new = self.old.get(key), self.new.get(key)
            if old != new:
                self.note(event, f"/{key}", f"/{key}", old=old, new=new)
        old, new = (_custom(side) for side in (self.old, self.new))
        for event, keyword, words in meanings.changes(old, new):
            self.meaning(event, f"/customProperties/{keyword}", **words)

    def objects(self) -> None:
        old, new = self.sides("schema", "name")
        for name in old.keys() & new.keys():
            before, after = old[name], new[name]
            for key, event in (("physicalName", "object-physical-name-changed"),
                               ("physicalType", "object-physical-type-changed")):  # fmt: skip
                if before[1].get(key) and before[1].get(key) != after[1].get(key):
                    words = {"old": before[1].get(key), "new": after[1].get(key) or "none"}
                    self.note(event, before[0], after[0], name=name, **words)

    def version(self, found: list[Finding]) -> list[Finding]:
        """Is the declared step at least the one that the findings ask for?"""
        needed = grading.bump(found)
        old, new = (str(side.get("version", "")) for side in (self.old, self.new))
        declared = step(old, new)
        if STEPS[declared] >= STEPS[needed] or needed == "patch":
            return []
        words = {"name": needed, "old": old, "new": new}
        return [findings.make(rule("contract-version-step"), "/version", "/version", **words)]


def _custom(side: JSON) -> JSON:
    return {
        f"x-{custom.get('property')}": custom.get("value")
        for custom in side.get("customProperties") or ()
    }


def _without(part: JSON, names: set[str]) -> JSON:
    return {key: value for key, value in part.items() if key not in names}


def _shown(part: JSON) -> str:
    return " ".join(str(part[key]) for key in ("value", "valueExt", "unit") if key in part)


def _measure(part: JSON) -> Any:
    """A comparable value: seconds where the unit is one of time."""
    value, unit = part.get("value"), str(part.get("unit", "")).lower()
    if isinstance(value, str) and value.removesuffix("%").replace(".", "", 1).isdecimal():
        value = float(value.removesuffix("%"))
    if isinstance(value, int | float) and not isinstance(value, bool) and unit in UNITS:
        return (value * UNITS[unit], "s")
    return (value, unit)


def _better(name: str, old: Any, new: Any) -> bool | None:
    """Is the new level better for those who read? None where that cannot be told."""
    word = name.lower().replace("_", "").replace("-", "")
    numbers = all(isinstance(side[0], int | float) for side in (old, new))
    if not numbers or old[1] != new[1]:
        return None
    if word in LOWER_IS_BETTER:
        return bool(new[0] < old[0])
    return bool(new[0] > old[0]) if word in HIGHER_IS_BETTER else None


def owners_of(contract: JSON) -> list[str]:
    """The team by name, and members whose role is to own."""
    team = contract.get("team")
    members = team.get("members") if isinstance(team, dict) else team
    named = [str(team["name"])] if isinstance(team, dict) and team.get("name") else []
    return named + sorted(
        str(member.get("username"))
        for member in members or ()
        if "owner" in str(member.get("role", "")).lower() and not member.get("dateOut")
    )


def step(old: str, new: str) -> str:
    """The declared step between two versions."""
    before, after = (
        [int(part) for part in text.removeprefix("v").split("-")[0].split(".") if part.isdecimal()]
        for text in (old, new)
    )
    for name, place in (("major", 0), ("minor", 1), ("patch", 2)):
        left = before[place] if place < len(before) else 0
        right = after[place] if place < len(after) else 0
        if left != right:
            return name if right > left else ""
    return ""
