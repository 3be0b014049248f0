"""What one record says of a process: the milestone rules of its flow agreement. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from governance.agreements.expressions import MappingError, Read, compile_expression
from governance.agreements.transforms import TransformRefused, digits_of, exact, minor_units

Record = Mapping[str, Any]
MONEY = frozenset({"tax", "gross", "rate"})
"""Attributes that are amounts of the same currency, kept in minor units."""


@dataclass(frozen=True, slots=True)
class Told:
    """A unit passed a milestone. Money in minor units."""

    unit: str
    key: str
    milestone: str
    at: datetime
    amount_minor: int | None
    currency: str
    attributes: dict[str, Any]


def compile_telling(rules: list[dict[str, Any]]) -> Callable[[Record], list[Told]]:
    """All that a canonical record tells; a rule that finds no key or time tells nothing."""
    made = [_rule(one) for one in rules]

    def tell(record: Record) -> list[Told]:
        return [told for rule in made for told in rule(record)]

    return tell


def _rule(spec: dict[str, Any]) -> Callable[[Record], Iterator[Told]]:
    each, when = _optional(spec.get("each")), _optional(spec.get("when"))
    reads = {name: _optional(spec.get(name)) for name in ("key", "at", "amount", "currency")}
    attributes = {
        name: compile_expression(text) for name, text in spec.get("attributes", {}).items()
    }

    def tell(record: Record) -> Iterator[Told]:
        for subject in _subjects(record, each):
            if when is not None and not _asked(when, subject):
                continue
            key, moment = _asked(reads["key"], subject), moment_of(_asked(reads["at"], subject))
            if key in (None, "") or moment is None:
                continue
            currency = str(_asked(reads["currency"], subject) or "")[:3].upper()
            yield Told(
                unit=spec["unit"],
                key=str(key)[:200],
                milestone=spec["milestone"],
                at=moment,
                amount_minor=_minor(_asked(reads["amount"], subject), currency),
                currency=currency,
                attributes=_attributes(attributes, subject, currency),
            )

    return tell


def _subjects(record: Record, each: Read | None) -> Iterator[Record]:
    if each is None:
        yield record
        return
    for item in _asked(each, record) or []:
        yield {**record, "item": item}


def _optional(text: str | None) -> Read | None:
    return compile_expression(text) if text else None


def _asked(read: Read | None, record: Record) -> Any:
    """An expression that fails on one record finds nothing there."""
    if read is None:
        return None
    try:
        return read(record)
    except MappingError:
        return None


def _attributes(reads: Mapping[str, Read], record: Record, currency: str) -> dict[str, Any]:
    found = {name: _asked(read, record) for name, read in reads.items()}
    return {
        name: _minor(value, currency) if name in MONEY else _plain(value)
        for name, value in found.items()
        if value not in (None, "")
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _minor(value: Any, currency: str) -> int | None:
    if value is None or not currency:
        return None
    try:
        return minor_units(exact(value), digits_of(currency))
    except TransformRefused:
        return None


@lru_cache(maxsize=65536)
def _parsed(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment_of(value: Any) -> datetime | None:
    """ISO 8601; a day is its first moment in UTC."""
    return _parsed(value) if isinstance(value, str) else None
