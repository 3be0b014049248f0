"""CloudEvents that other systems push: each (source, id) is accepted once, a batch in one go.

`type` is `<entity>.<anything>` (`….deleted` marks a deletion), `subject` the flow's slug, `data`
the source record as the system's own interface shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from governance.agreements.mapping import MappingError, compile_expression
from governance.agreements.models import Agreement
from governance.agreements.queries import active_by_slug
from integrations.connectors.port import SourceRecord
from integrations.errors import PermissionRefused, Refused
from integrations.messages.inbox import Accepted
from integrations.messages.services import accept
from integrations.nudges import nudge
from integrations.sync.lifecycle import Trigger
from integrations.sync.models import ReceivedEvent, SyncRun

SEND = "integrations.start_run"
MOST = 1_000
REQUIRED = ("specversion", "id", "type", "subject", "data")


@dataclass(frozen=True, slots=True)
class Received:
    """`duplicates` are events seen before; `unchanged` said nothing new; `runs` were queued."""

    accepted: int
    unchanged: int
    duplicates: int
    runs: list[int]


def receive(
    *, source: str, events: Sequence[Mapping[str, Any]], by: Any, now: datetime
) -> Received:
    """All or none; `source` stands in for events that name none. Raises Refused."""
    if len(events) > MOST:
        raise Refused(f"a batch holds at most {MOST} events; this one has {len(events)}")
    named = [_named(event, source, place) for place, event in enumerate(events)]
    agreements = _agreements(named, by)
    try:
        with transaction.atomic():
            return _receive(named, agreements, by, now)
    except IntegrityError:
        with transaction.atomic():
            return _receive(named, agreements, by, now)


def _named(event: Mapping[str, Any], source: str, place: int) -> dict[str, Any]:
    if missing := [name for name in REQUIRED if not event.get(name)]:
        raise Refused(f"event {place} lacks {', '.join(missing)}; send a whole CloudEvent")
    if str(event["specversion"]) != "1.0":
        raise Refused(f"event {place} is CloudEvents {event['specversion']}; 1.0 is understood")
    if not isinstance(event["data"], Mapping):
        raise Refused(f"event {place}: data has to be the source record, a JSON object")
    origin = str(event.get("source") or source)
    if not origin:
        raise Refused(f"event {place} names no source")
    return {**event, "source": origin[:300], "id": str(event["id"])[:200]}


def _agreements(events: Sequence[Mapping[str, Any]], by: Any) -> dict[str, Agreement]:
    """Flow slug → what it runs under; every flow takes events, and the sender may send to it."""
    found: dict[str, Agreement] = {}
    for event in events:
        slug = str(event["subject"])
        if slug not in found:
            found[slug] = _agreement(slug, by)
        entity = found[slug].document["entity"]["slug"]
        if not str(event["type"]).startswith(f"{entity}."):
            raise Refused(f"flow {slug} takes events of type {entity}.…, not {event['type']}")
    return found


def _agreement(slug: str, by: Any) -> Agreement:
    agreement = active_by_slug(slug)
    if agreement is None:
        raise Refused(f"no active flow is called {slug!r}; `subject` is the flow's slug")
    if not by.has_perm(SEND, agreement.flow):
        raise PermissionRefused(f"you may not send events to {slug}")
    if agreement.document["flow"]["pattern"] != "event":
        raise Refused(f"flow {slug} is not an event flow")
    return agreement


def _receive(
    events: Sequence[Mapping[str, Any]], agreements: Mapping[str, Agreement], by: Any, now: datetime
) -> Received:
    fresh = _fresh(events, agreements, now)
    accepted = unchanged = 0
    runs: list[int] = []
    for slug, agreement in sorted(agreements.items()):
        mine = [event for event in fresh if event["subject"] == slug]
        if not mine:
            continue
        records = [_record(agreement, event) for event in mine]
        run, done = take(agreement=agreement, records=records, by=by, now=now)
        accepted, unchanged = accepted + done.accepted, unchanged + done.unchanged
        runs.append(run)
    return Received(accepted, unchanged, len(events) - len(fresh), runs)


def take(
    *, agreement: Agreement, records: Sequence[SourceRecord], by: Any, now: datetime
) -> tuple[int, Accepted]:
    """A run over records that were pushed, within the caller's transaction."""
    run = SyncRun.objects.create(
        flow_id=agreement.flow_id,
        agreement=agreement,
        trigger=Trigger.EVENTS,
        requested_by=by,
        due_at=now,
        created_at=now,
    )
    done = accept(agreement=agreement, run=run.pk, records=records, cursor=None, now=now)
    run.pages, run.read = 1, len(records)
    run.accepted, run.unchanged = done.accepted, done.unchanged
    run.save(update_fields=["pages", "read", "accepted", "unchanged"])
    nudge("integrations.run", run_id=run.pk)
    return run.pk, done


def _fresh(
    events: Sequence[Mapping[str, Any]], agreements: Mapping[str, Agreement], now: datetime
) -> list[Mapping[str, Any]]:
    """Events not seen before, each once; where a rival was faster, the insert fails."""
    by_id = {(event["source"], event["id"]): event for event in reversed(events)}
    rows = ReceivedEvent.objects.filter(event_id__in={event_id for _, event_id in by_id})
    known = set(rows.values_list("source", "event_id"))
    fresh = [event for name, event in reversed(by_id.items()) if name not in known]
    ReceivedEvent.objects.bulk_create(
        ReceivedEvent(
            source=event["source"],
            event_id=event["id"],
            flow_id=agreements[str(event["subject"])].flow_id,
            received_at=now,
        )
        for event in fresh
    )
    return fresh


def _record(agreement: Agreement, event: Mapping[str, Any]) -> SourceRecord:
    """Key and version stand where the connector's description says."""
    side = agreement.document["source"]
    objects = (side.get("connector") or {}).get("objects") or {}
    described = objects.get(side.get("object", "")) or {}
    data = dict(event["data"])
    key = _first(data, described.get("id", "id"))
    if key is None:
        raise Refused(f"event {event['id']}: its data has no {described.get('id', 'id')!r}")
    version = _first(data, described.get("version") or [])
    deleted = str(event["type"]).endswith(".deleted")
    return SourceRecord(str(key), "" if version is None else str(version), data, deleted)


def _first(data: dict[str, Any], paths: str | list[str]) -> Any:
    """The first of these paths that has a value."""
    try:
        for path in [paths] if isinstance(paths, str) else paths:
            if (found := compile_expression(path)(data)) is not None:
                return found
    except MappingError as error:
        raise Refused(str(error)) from error
    return None
