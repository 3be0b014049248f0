"""A connector to a system held in this process: for tests, benches and the demo."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from integrations.connectors.conditions import conditions, holds
from integrations.connectors.description import action_of, compiled, effect_of, object_of
from integrations.connectors.port import Answer, EffectClass, Page, SourceRecord
from integrations.connectors.stores import Store, store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.connectors.conditions import Condition
    from integrations.connectors.description import Description
    from integrations.connectors.port import ConnectionSpec, Connector, Write


class MemoryConnector:
    """Reads by change number; writes by the class that a description, or else the store, says."""

    def __init__(self, held: Store, description: Description | None) -> None:
        self._store = held
        self._description = description

    def read(
        self, object: str, *, cursor: dict[str, Any], limit: int, where: Mapping[str, Any]
    ) -> Page:
        found = partial(_meets, conditions(where)) if where else None
        rows, at, more = self._store.read(object, cursor.get("at", 0), limit, found)
        return Page(rows, {"at": at}, more)

    def write(self, write: Write) -> Answer:
        effect, upsert_by = self._declared(write.object, write.action)
        return self._store.write(write, effect, upsert_by)

    def find(self, write: Write) -> Answer | None:
        return self._store.find(write)

    def effect_class(self, object: str, action: str) -> EffectClass:
        return self._declared(object, action)[0]

    def fetch(self, object: str, key: str) -> SourceRecord | None:
        return self._store.get(object, key)

    def _declared(self, object: str, action: str) -> tuple[EffectClass, str]:
        if self._description is None:
            return self._store.effect, "external_id"
        described = action_of(object_of(self._description, object), action)
        return effect_of(described, action), described.upsert_by


def _meets(found: list[Condition], record: SourceRecord) -> bool:
    return holds(found, record.data)


def open_memory(spec: ConnectionSpec) -> Connector:
    """The store has the connection's name."""
    description = compiled(spec.description) if spec.description else None
    return MemoryConnector(store(spec.connection), description)
