"""The table of facts: the newest version of each record speaks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from integrations.messages.bodies import month_of
from integrations.sla.models import MilestoneFact
from integrations.sla.telling import Told

if TYPE_CHECKING:
    from integrations.messages.models import InboxMessage

Name = tuple[str, str]
"""Unit and key."""
CHUNK = 400


def replace(messages: Sequence[InboxMessage], told: Mapping[int, Sequence[Told]]) -> set[Name]:
    """The newest version of each record speaks for it; the units that are touched."""
    touched: set[Name] = set()
    current = []
    for chunk in chunks(messages):
        newest, names = _forget(chunk)
        touched |= names
        current += [one for one in chunk if newest.get((one.flow_id, one.key), 0) <= one.sequence]
    rows = [row for one in current for row in _rows(one, told[one.pk])]
    MilestoneFact.objects.bulk_create(rows, batch_size=1_000)
    return touched | {(row.unit, row.key) for row in rows}


def _forget(messages: Sequence[InboxMessage]) -> tuple[dict[tuple[int, str], int], set[Name]]:
    """Drop what older versions told. The newest sequence that stands, and the units touched."""
    flows = {one.flow_id for one in messages}
    sequences = {(one.flow_id, one.key): one.sequence for one in messages}
    held = MilestoneFact.objects.filter(flow__in=flows, record__in=[one.key for one in messages])
    newest: dict[tuple[int, str], int] = {}
    names: set[Name] = set()
    gone: list[tuple[int, str]] = []
    rows = held.values_list("flow", "record", "sequence", "unit", "key")
    for flow, record, sequence, unit, key in rows:
        mine = sequences.get((flow, record))
        if mine is None:
            continue
        if sequence > mine:
            newest[flow, record] = sequence
            continue
        names.add((unit, key))
        gone.append((flow, record))
    for flow in {flow for flow, _ in gone}:
        records = [record for other, record in set(gone) if other == flow]
        MilestoneFact.objects.filter(flow=flow, record__in=records).delete()
    return newest, names


def _rows(message: InboxMessage, told: Iterable[Told]) -> Iterator[MilestoneFact]:
    for position, one in enumerate(told):
        yield MilestoneFact(
            month=month_of(one.at),
            flow=message.flow_id,
            record=message.key,
            position=position,
            sequence=message.sequence,
            unit=one.unit,
            key=one.key,
            milestone=one.milestone,
            occurred_at=one.at,
            recorded_at=message.accepted_at,
            message=message.pk,
            agreement=message.agreement_id,
            amount_minor=one.amount_minor,
            currency=one.currency,
            attributes=one.attributes,
        )


def chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Few enough for one statement's parameters."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
