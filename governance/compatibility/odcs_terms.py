"""Promises of a data contract as a whole: service levels, servers, roles, owners, version."""

from typing import Any

from governance.compatibility import findings, grading, meanings, rules
from governance.compatibility.contract_rules import rule
from governance.compatibility.findings import Finding
from governance.compatibility.odcs_fields import promise
from governance.compatibility.rules import PLACES

JSON = dict[str, Any]
LOWER_IS_BETTER = {"latency", "frequency", "timetodetect", "timetonotify", "timetorepair",
                   "errorrate", "ly", "fy", "td", "tn", "tr", "er", "freshness"}  # fmt: skip
HIGHER_IS_BETTER = {"availability", "retention", "throughput", "av", "re", "th", "uptime",
                    "completeness"}  # fmt: skip
UNITS = {"s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60,
         "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400,
         "days": 86400, "w": 604800, "week": 604800, "weeks": 604800, "month": 2592000,
         "months": 2592000, "y": 31536000, "year": 31536000, "years": 31536000}  # fmt: skip
SERVER_NOTES = {"id", "description", "environment", "roles", "customProperties", "tags"}
STEPS = {"major": 3, "minor": 2, "patch": 1, "": 0}


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
        self.note(promise("sla", gained=gained, reads=self.reads), old, new, name=name)

    def _level(self, name: str, old: tuple[str, JSON], new: tuple[str, JSON]) -> None:
        before, after = (_measure(side[1]) for side in (old, new))
        if before == after:
            return
        words = {"name": name, "old": _shown(old[1]), "new": _shown(new[1])}
        better = _better(name.split(" ")[0], before, after)
        if better is None:
            self.note("sla-changed", old[0], new[0], **words)
        else:
            event = promise("sla-level", gained=better, reads=self.reads)
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
        if "team" in before and "team" not in after and before["owners"] == after["owners"]:
            return  # earlier versions of the standard have members, but no name for the team
        if any(before.values()) and before != after:
            words = {"old": _people(before), "new": _people(after)}
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
                given = name if key == "physicalName" else None
                had, has = (side[1].get(key) or given for side in (before, after))
                if had and had != has:
                    words = {"old": had, "new": has or "none"}
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


def _people(owners: dict[str, list[str]]) -> str:
    return ", ".join(name for names in owners.values() for name in names) or "nobody"


def owners_of(contract: JSON) -> dict[str, list[str]]:
    """The team by name where it has one, and members whose role is to own."""
    team = contract.get("team")
    members = team.get("members") if isinstance(team, dict) else team
    named = {"team": [str(team["name"])]} if isinstance(team, dict) and team.get("name") else {}
    owners = [
        str(member.get("username"))
        for member in members or ()
        if "owner" in str(member.get("role", "")).lower() and not member.get("dateOut")
    ]
    return {**named, "owners": sorted(owners)}


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
