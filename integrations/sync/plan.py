"""One message becomes operations, or a reason why not. Pure.

Order: read mapping → signed corrections → data contract → authority → effects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from governance.agreements.mapping import MappingError
from governance.agreements.transforms import TransformRefused, digits_of, exact, minor_units
from integrations.cases import candidate
from integrations.messages import bodies
from integrations.messages.plans import MessagePlan, PlannedEffect

if TYPE_CHECKING:
    from governance.agreements.mapping import CompiledEffect
    from integrations.sync.compiled import Compiled

LONGEST_KEY = 200
ONCE = "0"
MOST_MINOR = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Arrived:
    """An accepted message with its decoded body; `day` is the day of planning, in UTC."""

    id: int
    key: str
    version: str
    sequence: int
    content_hash: str
    deleted: bool
    source: Any
    day: date


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why nothing can be planned; becomes a case. `detail` is as in `Case.detail`."""

    klass: str
    title: str
    detail: dict[str, Any]
    business_key: str = ""
    amount_minor: int | None = None
    currency: str = ""


class _Reject(Exception):
    """Carries a rejection up to `plan`."""

    def __init__(self, klass: str, title: str, **detail: Any) -> None:
        super().__init__(title)
        self.rejection = Rejection(klass, title, {"message": title, **detail})


def input_hash(message: Arrived, corrections: Mapping[str, Any], compiled: Compiled) -> str:
    """SHA-256 of everything that the plan depends on."""
    facts = [message.key, message.version, message.content_hash, message.deleted]
    raw = bodies.encode([compiled.digest, message.day.isoformat(), *facts, dict(corrections)])
    return hashlib.sha256(raw).hexdigest()


def plan(
    message: Arrived, corrections: Mapping[str, Any], compiled: Compiled
) -> MessagePlan | Rejection:
    """`corrections`: JSON Pointer into the canonical record → signed value."""
    record: dict[str, Any] | None = None
    try:
        source = _readable(message.source)
        if compiled.read.when is not None and not compiled.read.when(source):
            return _nothing(message, input_hash(message, corrections, compiled))
        record = compiled.read.canonical(source)
        if corrections:
            record = candidate.corrected(record, corrections, schema=compiled.schema)
        return _plan(message, record, input_hash(message, corrections, compiled), compiled)
    except _Reject as refused:
        found = refused.rejection
    except MappingError as error:
        found = _unmapped(error)
    except Exception as error:  # whatever a record breaks is its own case, not the batch's end
        found = _Reject("poison", f"The record cannot be planned: {error}"[:300]).rejection
    return found if record is None else _valued(found, record, compiled)


def _plan(message: Arrived, record: dict[str, Any], made: str, compiled: Compiled) -> MessagePlan:
    if not message.deleted:
        _validate(record, compiled)
    _authorise(record, compiled, message.day)
    amount, currency = _amount(record, compiled)
    return MessagePlan(
        message=message.id,
        key=message.key,
        sequence=message.sequence,
        lane=_named(compiled.lane(record), "the lane"),
        plan_hash=made,
        business_key=_business_key(record, compiled),
        amount_minor=amount,
        currency=currency,
        effects=tuple(_effects(record, message, compiled)),
        known_as=_known_as(record, message, compiled),
        broken="" if message.deleted else _broken(record, compiled),
    )


def _broken(record: dict[str, Any], compiled: Compiled) -> str:
    return next((slug for slug, when in compiled.controls if when(record)), "")


def _known_as(
    record: dict[str, Any], message: Arrived, compiled: Compiled
) -> tuple[str, str] | None:
    if compiled.read.known_as is None or message.deleted:
        return None
    entity, read = compiled.read.known_as
    key = read(record)
    return None if key in (None, "") else (entity, _named(key, f"the key of {entity}"))


def _valued(found: Rejection, record: dict[str, Any], compiled: Compiled) -> Rejection:
    """What is known of a refused record all the same: people search and sort cases by it."""
    with suppress(Exception):
        found = replace(found, business_key=_business_key(record, compiled))
        amount, currency = _amount(record, compiled)
        found = replace(found, amount_minor=amount, currency=currency)
    return found


def _business_key(record: dict[str, Any], compiled: Compiled) -> str:
    return bodies.short(str(compiled.business_key(record) or ""), LONGEST_KEY)


def _nothing(message: Arrived, made: str) -> MessagePlan:
    """The mapping says that this record is not ours."""
    return MessagePlan(message.id, message.key, message.sequence, "", made, "", None, "", ())


def _readable(source: Any) -> Any:
    if isinstance(source, dict) and bodies.UNREADABLE in source:
        raise _Reject("poison", f"The record could not be kept: {source[bodies.UNREADABLE]}"[:300])
    if source is None:
        raise _Reject("poison", "The record's body is no longer kept")
    return source


def _validate(record: dict[str, Any], compiled: Compiled) -> None:
    if compiled.validator.is_valid(record):
        _add_up(record, compiled)
        return
    error = next(iter(compiled.validator.iter_errors(record)))
    pointer = "".join(f"/{step}" for step in error.instance_path)
    terms = compiled.document["contract"]
    raise _Reject(
        "contract",
        f"{pointer or 'The record'} breaks the data contract {terms['slug']} {terms['version']}",
        rule="data contract",
        clause="/".join(str(step) for step in error.schema_path),
        pointer=pointer,
        value=candidate.value_at(record, pointer) if pointer else None,
        expected=str(error.message)[:500],
    )


def _add_up(record: dict[str, Any], compiled: Compiled) -> None:
    broken = compiled.sums(record)
    if broken is None:
        return
    terms = compiled.document["contract"]
    raise _Reject(
        "contract",
        f"{broken.place} is {broken.value}, not {broken.expected} as {broken.name} of the data "
        f"contract {terms['slug']} {terms['version']} has it",
        rule="data contract",
        clause=broken.name,
        pointer=broken.place,
        value=broken.value,
        expected=str(broken.expected),
    )


def _authorise(record: dict[str, Any], compiled: Compiled, day: date) -> None:
    foreign = compiled.foreign(str(compiled.scope(record) or ""), day)
    if not foreign:
        return
    name = next((name for name in record if name in foreign), "")
    if name:
        raise _Reject(
            "authority",
            f"{name} is authored by {foreign[name]}, not by {compiled.source_system}",
            rule="authority",
            pointer=f"/{name}",
            value=record[name],
            expected=foreign[name],
        )


def _unmapped(error: MappingError) -> Rejection:
    pointer = "/" + error.pointer.replace("[", "/").replace("]", "").replace(".", "/")
    fix = {"value_map": error.value_map, "value": error.value} if error.value_map else None
    text = str(error)
    return _Reject(
        "mapping",
        text[:1].upper() + text[1:299],
        rule=error.value_map or "mapping",
        pointer=pointer,
        value=error.value,
        fix=fix,
    ).rejection


def _amount(record: dict[str, Any], compiled: Compiled) -> tuple[int | None, str]:
    """Money in whole minor units of its currency."""
    if compiled.amount is None:
        return None, ""
    value, currency = (read(record) for read in compiled.amount)
    if value is None:
        return None, ""
    code = str(currency or "")[:3].upper()
    try:
        minor = minor_units(exact(value), digits_of(code))
    except TransformRefused as error:
        raise _Reject("mapping", f"The amount {value} {code} is unusable: {error}") from error
    if abs(minor) > MOST_MINOR:
        raise _Reject("data", f"The amount {value} {code} is too large")
    return minor, code


def _effects(record: dict[str, Any], message: Arrived, compiled: Compiled) -> list[PlannedEffect]:
    """A deleted record has only the effects that delete."""
    wanted = [one for one in compiled.effects if (one.action == "delete") is message.deleted]
    if message.deleted and not wanted and message.sequence > 1 and compiled.effects:
        raise _Reject(
            "data",
            "The source deleted this record, and the flow has no effect for that",
            rule="deleted",
        )
    found = [one for one in wanted if one.when is None or one.when(record)]
    return [_effect(one, place, record, message) for place, one in enumerate(found)]


def _effect(
    effect: CompiledEffect, position: int, record: dict[str, Any], message: Arrived
) -> PlannedEffect:
    needs = effect.needs(record)
    raw = bodies.encode(
        {
            "object": effect.object,
            "action": effect.action,
            "path": effect.path(record),
            "body": effect.body(record),
            "reference": _named(effect.reference(record), f"the reference of {effect.kind}"),
            "saves": effect.saves,
            "saves_key": str(effect.saves_key(record) or "") if effect.saves else "",
            **({"needs": needs} if needs else {}),
        }
    )
    return PlannedEffect(
        kind=effect.kind,
        business_key=_named(effect.business_key(record), f"the key of {effect.kind}"),
        revision=ONCE if effect.once else message.version,
        position=position,
        raw=raw,
        digest=bodies.digest(raw),
    )


def _named(value: Any, what: str) -> str:
    text = "" if value is None or isinstance(value, dict | list | bool) else str(value)
    if not text or len(text) > LONGEST_KEY or "\x00" in text:
        raise _Reject("mapping", f"{what} is no short text: {str(value)[:80]!r}"[:300])
    return text
