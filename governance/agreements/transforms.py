"""The closed catalogue of mapping transforms: exact, total, without side effects.

Fractions are `Decimal` throughout; a float never appears. Each entry takes two textual arguments
(`by`, `of`) once, when the mapping is compiled, and answers the step that runs per record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

Step = Callable[[Any], Any]

CURRENCY_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "TND": 3}
"""ISO 4217 minor units that are not 2."""


class TransformRefused(ValueError):
    """The value does not fit the transform; the text says why."""


def exact(value: Any) -> Decimal:
    """A Decimal of a number or numeric text. Source of every arithmetic step."""
    if isinstance(value, bool) or value is None:
        raise TransformRefused(f"{value!r} is no number")
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation as error:
        raise TransformRefused(f"{value!r} is no number") from error
    if not number.is_finite():
        raise TransformRefused(f"{value!r} is no finite number")
    return number


def rounded(number: Decimal, digits: int) -> Decimal:
    """Half up, as EN 16931 rounds."""
    try:
        return number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    except InvalidOperation as error:
        raise TransformRefused(f"{number} has too many digits") from error


def digits_of(currency: str) -> int:
    """Minor-unit digits of an ISO 4217 code."""
    return CURRENCY_DIGITS.get(currency.upper(), 2)


def minor_units(number: Decimal, digits: int) -> int:
    """Whole minor units; a fraction of a minor unit is refused, never rounded away."""
    scaled = number.scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise TransformRefused(f"{number} has more than {digits} decimals")
    return int(scaled)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict | list):
        raise TransformRefused("a record or list is no text")
    return str(value)


def _date(pattern: str) -> Step:
    def step(value: Any) -> str:
        text = _text(value)
        try:
            if pattern:
                return datetime.strptime(text, pattern).date().isoformat()  # noqa: DTZ007
            return date.fromisoformat(text[:10]).isoformat()
        except ValueError as error:
            raise TransformRefused(
                f"{text!r} is no date in the form {pattern or 'YYYY-MM-DD'}"
            ) from error

    return step


def _epoch(value: Any) -> str:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(exact(value)))
    except OverflowError as error:
        raise TransformRefused(f"{value} seconds is no date") from error
    return moment.isoformat().replace("+00:00", "Z")


def _hours(value: Any) -> Decimal:
    seconds = value.get("seconds") if isinstance(value, dict) else value
    return exact(seconds) / 3600


def _multiply(by: str, of: str) -> Step:
    factor = exact(by)
    return lambda value: exact(value) * factor


def _divide(by: str, of: str) -> Step:
    factor = exact(by)
    if not factor:
        raise TransformRefused("cannot divide by 0")
    return lambda value: exact(value) / factor


def _round(by: str, of: str) -> Step:
    digits = int(exact(by or "2"))
    return lambda value: rounded(exact(value), digits)


def _to_minor(by: str, of: str) -> Step:
    digits = digits_of(by)
    return lambda value: minor_units(exact(value), digits)


def _from_minor(by: str, of: str) -> Step:
    digits = digits_of(by)
    return lambda value: exact(value).scaleb(-digits)


def _product(by: str, of: str) -> Step:
    """Multiplies the members of a list, such as `[hours, rate]`."""

    def step(value: Any) -> Decimal:
        if not isinstance(value, list) or not value:
            raise TransformRefused("product needs a list of numbers")
        result = Decimal(1)
        for member in value:
            result *= exact(member)
        return result

    return step


def _sum(by: str, of: str) -> Step:
    def step(value: Any) -> Decimal:
        if not isinstance(value, list):
            raise TransformRefused("sum needs a list of numbers")
        return sum((exact(member) for member in value), Decimal(0))

    return step


CATALOGUE: dict[str, Callable[[str, str], Step]] = {
    "decimal": lambda by, of: exact,
    "multiply": _multiply,
    "divide": _divide,
    "product": _product,
    "sum": _sum,
    "round": _round,
    "minor_units": _to_minor,
    "from_minor_units": _from_minor,
    "hours_from_seconds": lambda by, of: _hours,
    "integer": lambda by, of: lambda value: minor_units(exact(value), 0),
    "date": lambda by, of: _date(by),
    "datetime_from_epoch": lambda by, of: _epoch,
    "text": lambda by, of: _text,
    "upper": lambda by, of: lambda value: _text(value).upper(),
    "lower": lambda by, of: lambda value: _text(value).lower(),
    "strip": lambda by, of: lambda value: _text(value).strip(),
    "prefix": lambda by, of: lambda value: by + _text(value),
    "suffix": lambda by, of: lambda value: _text(value) + by,
    "replace": lambda by, of: lambda value: _text(value).replace(by, of),
    "concat": lambda by, of: lambda value: by.join(_text(member) for member in value),
    "truncate": lambda by, of: lambda value: _text(value)[: int(exact(by))],
}
"""Name → compiled step. `by` and `of` are documented in `docs/mappings.md`."""


def build(name: str, *, by: str, of: str) -> Step:
    """The step, or TransformRefused when the name or its arguments are unusable."""
    if name not in CATALOGUE:
        raise TransformRefused(f"there is no transform {name!r}; known: {', '.join(CATALOGUE)}")
    return CATALOGUE[name](by, of)
