"""Arithmetic that a data contract promises: this amount is those others added up. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Any

from governance.agreements.expressions import MappingError, Read, compile_expression
from governance.agreements.transforms import TransformRefused, exact, rounded

CENTS = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """An amount that is not what it should be; `place` is its JSON Pointer."""

    name: str
    place: str
    value: Any
    expected: Decimal


Check = Callable[[dict[str, Any]], Broken | None]


def compile_sums(specs: Iterable[dict[str, Any]]) -> Check:
    """The first sum that a record breaks. Raises MappingError where an expression is none."""
    checks = [_sum(spec) for spec in specs]

    def check(record: dict[str, Any]) -> Broken | None:
        return next((found for one in checks if (found := one(record))), None)

    return check


def _sum(spec: dict[str, Any]) -> Check:
    """`of` is what `plus` adds up to, less `minus`, plus the product over `per`. Absent terms count
    nothing; where all of `plus` and `product` are absent there is nothing to compare with."""
    tolerance = _number(spec.get("tolerance") or "0", "tolerance")
    expect = _expected(spec)
    each = compile_expression(spec["each"], pointer="each") if spec.get("each") else None
    of = compile_expression(spec["of"], pointer="of")

    def check(record: dict[str, Any]) -> Broken | None:
        elements = (each(record) or []) if each else [record]
        for number, element in enumerate(elements):
            value = of(element)
            if value is None:
                continue
            expected = expect(element)
            if expected is not None and abs(_number(value, spec["of"]) - expected) > tolerance:
                below = f"/{spec['each'].removesuffix('[]')}/{number}" if each else ""
                return Broken(spec["name"], f"{below}/{spec['of']}", value, expected)
        return None

    return check


def _expected(spec: dict[str, Any]) -> Callable[[Any], Decimal | None]:
    plus, minus, factors = (_reads(spec, name) for name in ("plus", "minus", "product"))
    per = _number(spec.get("per") or "1", "per")

    def expected(element: Any) -> Decimal | None:
        terms = _terms(plus, element)
        scaled = [found for read in factors if (found := read(element)) is not None]
        if len(scaled) == len(factors) > 0:
            product = prod((_number(one, spec["name"]) for one in scaled), start=Decimal(1))
            terms.append(rounded(product / per, CENTS))
        return sum(terms, Decimal(0)) - sum(_terms(minus, element)) if terms else None

    return expected


def _reads(spec: dict[str, Any], name: str) -> list[Read]:
    return [
        compile_expression(text, pointer=f"{name}/{number}")
        for number, text in enumerate(spec.get(name, ()))
    ]


def _terms(reads: Sequence[Read], element: Any) -> list[Decimal]:
    found = [value for read in reads for value in _each(read(element))]
    return [_number(value, "a term") for value in found if value is not None]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _number(value: Any, what: str) -> Decimal:
    try:
        return exact(value)
    except TransformRefused as error:
        raise MappingError(f"{what}: {error}", pointer=what) from error
