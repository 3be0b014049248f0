"""What a field of a data contract promises beside its shape: keys, names, quality, references."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from governance.compatibility import findings, meanings
from governance.compatibility.contract_rules import rule
from governance.compatibility.crawl import Crawl, Pair

JSON = dict[str, Any]
Span = tuple[tuple[float, bool], tuple[float, bool]]
"""Lower and upper border, and whether each belongs to the range."""
NOTED = {"classification": "x-classification", "physicalType": "x-physical-type",
         "physicalName": "x-physical-name", "unique": "x-unique", "primaryKey": "x-primary-key",
         "primaryKeyPosition": "x-primary-key", "encryptedName": "x-encrypted-name",
         "semanticType": "x-meaning", "quality": "x-quality", "relationships": "x-relationships",
         "deprecated": "x-deprecated"}  # fmt: skip
QUALITY_NOTES = {"id", "description", "tags", "customProperties", "businessImpact", "schedule",
                 "scheduler", "method", "authoritativeDefinitions", "dimension",
                 "name", "severity"}  # fmt: skip
SOFT = {"info", "warning", "warn", "low", "minor"}
"""Severities of quality rules that stop nobody."""
BASE = re.compile(r"[a-z_ ]+")


def notes_of(field: JSON) -> JSON:
    """What a field says beside its shape, as annotations."""
    made = {target: field[key] for key, target in NOTED.items() if field.get(key) not in (None, "")}
    if field.get("primaryKey") is True:
        made["x-primary-key"] = field.get("primaryKeyPosition", 1)
    else:
        made.pop("x-primary-key", None)
    made["x-physical-name"] = field.get("physicalName") or field.get("name")
    options = field.get("logicalTypeOptions") or {}
    if isinstance(options.get("timezone"), bool):
        made["x-zoned"] = options["timezone"]
    if options.get("defaultTimezone"):
        made["x-time-zone"] = options["defaultTimezone"]
    if "dimensions" in options or "elementType" in options:
        element = options.get("elementType", "float32")
        made["x-vector"] = f"{options.get('dimensions')} of {element}"
    for custom in field.get("customProperties") or ():
        name = meanings.meaning_of(str(custom.get("property", "")))
        if name:
            made[f"x-{name}"] = custom.get("value")
    return made


def check_notes(crawl: Crawl, pair: Pair) -> None:
    """Keys, physical names and quality of a field."""
    old, new = pair.old.words, pair.new.words
    reads = pair.context.receives
    for keyword, event in CHANGED.items():
        before, after = old.get(keyword), new.get(keyword)
        if before != after and not _untold(pair, keyword, both=None not in (before, after)):
            placed = keyword == "x-primary-key" and None not in (before, after)
            name = "field-key-position-changed" if placed else event
            place = "type" if keyword == "x-shape" else ""
            _note(pair, name, place, old=_shown(before), new=_shown(after))
    if (old.get("x-unique") is True) != (new.get("x-unique") is True):
        gained = new.get("x-unique") is True
        _note(pair, promise("field-unique", gained=gained, reads=reads))
    if "x-physical-type" in old:
        _physical(pair, str(old["x-physical-type"]), str(new.get("x-physical-type") or "none"))
    for event, words in _relations(old, new, reads=reads):
        _note(pair, event, **words)
    for event, words in quality(old.get("x-quality"), new.get("x-quality"), reads=reads):
        _note(pair, event, **words)


CHANGED = {
    "x-primary-key": "field-key-changed",
    "x-physical-name": "field-physical-name-changed",
    "x-encrypted-name": "field-encryption-changed",
    "x-date-format": "field-date-format-changed",
    "x-zoned": "field-zone-changed",
    "x-vector": "field-vector-changed",
    "x-shape": "field-kind-changed",
}
STATED = {"x-zoned", "x-vector"}
"""Stating these for the first time changes nothing."""


def _untold(pair: Pair, keyword: str, *, both: bool) -> bool:
    """Is a difference only something that one side does not say?"""
    if keyword == "x-shape":
        return pair.old.types is None or pair.new.types is None
    return keyword in STATED and not both


def _shown(value: Any) -> str:
    return "none" if value is None or value == "" else str(value)


def _relations(old: JSON, new: JSON, *, reads: bool) -> Iterator[tuple[str, JSON]]:
    """What a field refers to: readers join by it, writers must keep it."""
    before, after = (
        {
            f"{item.get('type') or 'foreignKey'} to {item.get('to')}"
            for item in side.get("x-relationships") or ()
            if isinstance(item, dict)
        }
        for side in (old, new)
    )
    for name in sorted(before - after):
        yield promise("relationship", gained=False, reads=reads), {"name": name}
    for name in sorted(after - before):
        yield promise("relationship", gained=True, reads=reads), {"name": name}


def promise(base: str, *, gained: bool, reads: bool) -> str:
    """A promise gained helps those who read and binds those who write."""
    helps = gained == reads
    return f"{base}-{'gained' if gained else 'lost'}{'' if helps else '-breaks'}"


def _physical(pair: Pair, old: str, new: str) -> None:
    """varchar(18) to varchar(32) changes a length, varchar to int a type."""
    old, new = ("".join(text.lower().split()) for text in (old, new))
    if old == new:
        return
    same = [match.group() if (match := BASE.match(text)) else text for text in (old, new)]
    event = "length" if same[0] == same[1] else "type"
    _note(pair, f"field-physical-{event}-changed", old=old, new=new)


def _note(pair: Pair, event: str, keyword: str = "", **words: Any) -> None:
    places = pair.old.place(keyword), pair.new.place(keyword)
    made = findings.make(rule(event), *places, **words)
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
            yield promise("quality-rule", gained=False, reads=reads), words
        elif name not in before:
            yield promise("quality-rule", gained=True, reads=reads), words
        elif _soft(before[name]) != _soft(after[name]):
            hard = not _soft(after[name])
            yield promise("quality-rule", gained=hard, reads=reads), words
        elif _demand(before[name]) != _demand(after[name]):
            yield _changed(before[name], after[name], reads=reads), words


def _name(check: JSON) -> str:
    own = check.get("id") or check.get("name")
    parts = (check.get("metric") or check.get("rule"), check.get("query"), check.get("engine"))
    kind = check.get("type", "library")
    return str(own or " ".join(str(part) for part in (kind, *parts) if part))


def _soft(check: JSON) -> bool:
    return str(check.get("severity", "")).lower() in SOFT


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
    return promise("quality-rule", gained=tighter, reads=reads)


def span(check: JSON) -> Span | None:
    """The range that a quality rule allows; None where it is no range of numbers."""
    low, high = (float("-inf"), True), (float("inf"), True)
    for key, value in check.items():
        if not key.startswith("must"):
            continue
        listed = value if isinstance(value, list) else [value]
        counted = all(isinstance(one, int | float | Decimal) for one in listed)
        if not counted or len(listed) not in (1, 2):
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
