"""A parsed description as frozen structures, compiled once per digest and process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from governance.catalog.connector_checks import actions
from governance.catalog.connector_grammar import parse, structure
from governance.catalog.connector_words import Action, Description, Lookup, seconds
from integrations.connectors.port import EffectClass
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.catalog.connector_words import ObjectSpec, WriteSpec

REPEATABLE = {"PUT", "PATCH", "DELETE"}


def parse_description(source: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    """The description as plain data, checked. Raises governance.errors.InvalidDocument."""
    return parse(source)


def compiled(document: Mapping[str, Any]) -> Description:
    """Structures of a parsed description; equal documents share one."""
    return _compiled(msgspec.json.encode(document, order="sorted"))


@lru_cache(maxsize=256)
def _compiled(document: bytes) -> Description:
    return structure(msgspec.json.decode(document))


def object_of(description: Description, name: str) -> ObjectSpec:
    try:
        return description.objects[name]
    except KeyError:
        raise NeedsAPerson(
            f"the connector {description.connector} describes no object {name!r}; it has "
            f"{', '.join(sorted(description.objects))}",
            klass="contract",
        ) from None


def action_of(spec: ObjectSpec, name: str) -> Action:
    """The action in its long form, with what the object declares for all its writes."""
    action = actions(spec.write).get(name)
    if action is None or spec.write is None:
        raise NeedsAPerson(f"the connector describes no write {name!r} here", klass="contract")
    return _inherited(action, name, spec.write)


def _inherited(action: Action, name: str, write: WriteSpec) -> Action:
    """A key header serves every call; where our reference shows is told of creation alone."""
    creates = name in {"create", "upsert"}
    own_proof = action.idempotency or action.upsert_by or action.lookup or action.effect
    shared: dict[str, Any] = {"body": action.body or write.body}
    if not own_proof:
        shared["idempotency"] = write.idempotency
    if not own_proof and creates:
        shared |= {"upsert_by": write.upsert_by, "lookup": write.lookup}
    if action.reference is None:
        shared["reference"] = write.reference if creates else ""
    return msgspec.structs.replace(action, **shared)


def effect_of(action: Action, name: str) -> EffectClass:
    """What makes a repeat safe. An update sets values: sent twice it leaves the same state."""
    if action.effect:
        return EffectClass(action.effect)
    if action.idempotency:
        return EffectClass.IDEMPOTENCY_KEY
    if action.upsert_by or name in {"update", "upsert"} or _replaces(action):
        return EffectClass.UPSERT
    return EffectClass.LOOKUP if action.lookup else EffectClass.NONE


def _replaces(action: Action) -> bool:
    return action.call.partition(" ")[0] in REPEATABLE


def lookup_of(action: Action) -> Lookup | None:
    """The lookup in its long form; `field={reference}` is the short one."""
    if isinstance(action.lookup, str):
        return Lookup(field=action.lookup.partition("=")[0])
    return action.lookup


__all__ = [
    "Action",
    "Description",
    "action_of",
    "compiled",
    "effect_of",
    "lookup_of",
    "object_of",
    "parse_description",
    "seconds",
]
