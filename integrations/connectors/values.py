"""Values as they travel: exact decimals, moments in several spellings, JSON within bounds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.catalog.connector_words import Incremental, Values

MAX_DEPTH = 64
MS_DATE = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/\Z")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
DIGITS = {"us": 6, "ms": 3, "s": 0, "day": 0}
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_numbers = msgspec.json.Encoder(decimal_format="number")
_strings = msgspec.json.Encoder(decimal_format="string")


class NotJson(Exception):
    """The bytes are not JSON that we read."""


def decode(content: bytes) -> Any:
    """Fractions become Decimal. An empty answer is None."""
    if not content.strip():
        return None
    try:
        value = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidOperation) as error:
        raise NotJson(f"not JSON: {error}") from None
    except RecursionError:
        raise NotJson(f"nested deeper than {MAX_DEPTH} levels") from None
    _refuse_deep(value)
    return value


def _refuse_deep(value: Any) -> None:
    """Level by level, so that no depth is deep for us."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if type(item) is dict else item)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return
    raise NotJson(f"nested deeper than {MAX_DEPTH} levels")


def encode(body: Any, values: Values) -> bytes:
    """JSON as the system wants its decimals."""
    if values.decimal == "typed":
        return _numbers.encode(typed(body))
    return (_strings if values.decimal == "string" else _numbers).encode(body)


def typed(value: Any) -> Any:
    """Decimals as {"__class__": "Decimal", "decimal": "60.00"}."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return [typed(item) for item in value] if isinstance(value, list) else value


def unwrapped(value: Any) -> Any:
    """The plain value of every typed or /Date(ms)/ one, as deep as they stand."""
    if isinstance(value, dict):
        kind = value.get("__class__")
        if kind in UNWRAP:
            return UNWRAP[kind](value)
        return {key: unwrapped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unwrapped(item) for item in value]
    if isinstance(value, str) and value.startswith("/Date("):
        return _ms_date(value)
    return value


def _decimal(value: dict[str, Any]) -> Any:
    try:
        return Decimal(str(value.get("decimal")))
    except InvalidOperation:
        return value


def _moment(value: dict[str, Any]) -> str:
    parts: dict[str, Any] = {name: int(value.get(name) or 0) for name in PARTS}
    return stamp(EPOCH.replace(**parts))


def _day(value: dict[str, Any]) -> str:
    return date(value["year"], value["month"], value["day"]).isoformat()


def _clock(value: dict[str, Any]) -> str:
    return ":".join(f"{int(value.get(name) or 0):02}" for name in ("hour", "minute", "second"))


def _span(value: dict[str, Any]) -> Decimal:
    """Seconds."""
    days = Decimal(str(value.get("days") or 0))
    return days * 86400 + Decimal(str(value.get("seconds") or 0))


def _bytes(value: dict[str, Any]) -> Any:
    return value.get("base64")


UNWRAP: dict[Any, Callable[[dict[str, Any]], Any]] = {
    "Decimal": _decimal,
    "datetime": _moment,
    "date": _day,
    "time": _clock,
    "timedelta": _span,
    "bytes": _bytes,
}


def _ms_date(value: str) -> str:
    found = MS_DATE.match(value)
    return value if found is None else stamp(EPOCH + timedelta(milliseconds=int(found.group(1))))


def stamp(moment: datetime) -> str:
    """The one spelling of moments in cursors and unwrapped data: UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(value: Any, style: str) -> datetime | None:
    """A moment in any of the spellings; one without a zone is UTC."""
    if value is None or value == "":
        return None
    if style in {"epoch", "epoch_ms"}:
        micros = Decimal(str(value)) * (1_000_000 if style == "epoch" else 1000)
        return EPOCH + timedelta(microseconds=int(micros))
    found = datetime.fromisoformat(str(unwrapped(value)))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def spelled(moment: datetime, values: Values, incremental: Incremental) -> Any:
    """A moment as the system's filter wants it, cut to its precision."""
    moment = moment.astimezone(UTC)
    if values.datetime in {"epoch", "epoch_ms"}:
        milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
        return milliseconds // 1000 if values.datetime == "epoch" else milliseconds
    if incremental.precision == "day":
        return moment.date().isoformat()
    if values.datetime == "typed":
        return {"__class__": "datetime", **{name: getattr(moment, name) for name in PARTS}}
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if digits := DIGITS[incremental.precision]:
        text += f".{moment.microsecond:06}"[: digits + 1]
    return text + {"Z": "Z", "offset": "+00:00", "none": ""}[values.zone]
