"""What fields mean: unit, currency, tax basis, sign, rounding, dates, status maps.

The same words are read from `x-` annotations in a schema and from the field meanings of a data
contract. Changing one is breaking although every payload stays valid.
"""

import re
from collections.abc import Iterator
from typing import Any

from governance.compatibility import findings, pointers, rules
from governance.compatibility.findings import Finding
from governance.compatibility.rules import PLACES
from governance.compatibility.schema_events import MEANINGS

ALIASES = {
    "tax": "tax-basis",
    "timezone": "time-zone",
    "status-mapping": "status-map",
    "statuses": "status-map",
    "owner": "ownership",
    "rounding-mode": "rounding",
    "sign-convention": "sign",
    "currency-code": "currency",
    "kind": "meaning",
    "amount-basis": "tax-basis",
    "data-classification": "classification",
    "minor-units": "scale",
}
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
Change = tuple[str, str, dict[str, Any]]
"""Event, keyword and words."""


def meaning_of(keyword: str) -> str:
    """The meaning that a keyword such as `x-taxBasis` or `tax_basis` states, or nothing."""
    name = HUMP.sub("-", keyword.removeprefix("x-")).replace("_", "-").lower()
    name = ALIASES.get(name, name)
    return name if name in MEANINGS else ""


def changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Meanings that differ; stating one where there was none is a note."""
    for keyword in {**old, **new}:
        if keyword.startswith("x-") and (name := meaning_of(keyword)):
            yield from change(name, keyword, old.get(keyword), new.get(keyword))


def change(name: str, keyword: str, old: Any, new: Any) -> Iterator[Change]:
    if old in (None, "", {}) and new not in (None, "", {}):
        yield "meaning-stated", keyword, {"name": MEANINGS[name], "new": new}
    elif new in (None, "", {}) and old not in (None, "", {}):
        yield "meaning-dropped", keyword, {"name": MEANINGS[name], "old": old}
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _rows(name, keyword, old, new)
    elif old != new:
        yield f"{name}-changed", keyword, {"old": old, "new": new}


def _rows(name: str, keyword: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """A map of values: existing rows keep their meaning, new rows may come."""
    for row in {**old, **new}:
        before, after = old.get(row), new.get(row)
        if before is None:
            yield "meaning-stated", keyword, {"name": f"{row!r}", "new": after}
        elif before != after:
            words = {"old": f"{row!r}: {before!r}", "new": f"{row!r}: {after!r}"}
            yield f"{name}-changed", keyword, words


def compare_fields(
    old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]], at: str = "/fields"
) -> list[Finding]:
    """Findings about the field meanings of two versions of a data contract."""
    found = []
    for field in {**old, **new}:
        before, after = old.get(field, {}), new.get(field, {})
        for key in {**before, **after}:
            name = meaning_of(key)
            for event, keyword, words in (
                change(name, key, before.get(key), after.get(key)) if name else ()
            ):
                place = pointers.join(at, field, keyword)
                rule = rules.schema_rule(PLACES["schema"], event)
                found.append(findings.make(rule, place, place, **words))
    return found
