"""What a record brings to a comparison: its key, its money, what has to agree. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from governance.agreements.expressions import MappingError, Read, compile_expression
from governance.agreements.transforms import TransformRefused, digits_of, exact, rounded
from integrations.reconciliation.lifecycle import Side

Record = Mapping[str, Any]
DAY = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Field:
    """One field that has to agree. `tolerance`: units of the currency, or days."""

    name: str
    kind: str
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One record on one side. `values`: field name → text, None where it says nothing."""

    record: str
    key: str
    values: Mapping[str, str | None]
    amount_minor: int | None = None
    currency: str = ""


def fields_of(rule: Mapping[str, Any]) -> tuple[Field, ...]:
    """In the order of the agreement."""
    return tuple(
        Field(one["name"], one.get("kind", "text"), Decimal(one.get("tolerance", "0")))
        for one in rule["fields"]
    )


def entry_reader(rule: Mapping[str, Any], side: Side) -> Callable[[str, Record], Entry | None]:
    """(record's name, canonical record) → its entry; None where it takes no part."""
    left = side is Side.LEFT
    when = _optional(rule.get("when" if left else "when_other", ""))
    key = compile_expression(rule["key" if left else "key_other"])
    amount = _optional(rule.get("amount", "") if left else _other_amount(rule))
    currency = _optional(rule.get("currency", ""))
    reads = [
        (one["name"], one.get("kind", "text"), compile_expression(one[side]))
        for one in rule["fields"]
    ]

    def read(name: str, record: Record) -> Entry | None:
        found = _asked(key, record)
        if found in (None, "") or (when is not None and not _asked(when, record)):
            return None
        code = str(_asked(currency, record) or "")[:3].upper()
        return Entry(
            record=name,
            key=str(found)[:200],
            values={label: _text(kind, _asked(one, record)) for label, kind, one in reads},
            amount_minor=_minor(_asked(amount, record), code),
            currency=code,
        )

    return read


def _other_amount(rule: Mapping[str, Any]) -> str:
    """On the right the same amount stands where the field does that compares it."""
    amount: str = rule.get("amount", "")
    return next((one["right"] for one in rule["fields"] if one["left"] == amount), amount)


def _optional(text: str) -> Read | None:
    return compile_expression(text) if text else None


def _asked(read: Read | None, record: Record) -> Any:
    try:
        return read(record) if read is not None else None
    except MappingError:
        return None


def _text(kind: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if kind == "date":
        return str(value)[:DAY]
    if kind == "money":
        try:
            return format(exact(value).normalize(), "f")
        except TransformRefused:
            return str(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _minor(value: Any, currency: str) -> int | None:
    if value is None or not currency:
        return None
    digits = digits_of(currency)
    try:
        return int(rounded(exact(value), digits).scaleb(digits))
    except TransformRefused:
        return None
