"""Signed news that a system pushes: an event flow takes the record, any other flow looks now.

The connection's own description says how it signs; without a word it is Standard Webhooks. Each
event has its effect on a flow once. The signature is the authority: nobody is signed in here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.agreements.models import Agreement
from governance.agreements.queries import reading_from
from governance.catalog.connector_grammar import parse
from governance.catalog.connector_words import Description, Webhook
from governance.catalog.models import Connection
from governance.ownership.lifecycle import Status
from integrations.connectors.description import compiled, object_of
from integrations.connectors.port import SourceRecord
from integrations.connectors.reading import Recorder, meets, wanted
from integrations.connectors.secrets import webhook_secrets
from integrations.connectors.webhooks import Event, receive
from integrations.errors import Refused
from integrations.sync.events import take
from integrations.sync.lifecycle import Trigger
from integrations.sync.models import ReceivedEvent
from integrations.sync.runs import start

STANDARD = Webhook(
    scheme="standard", header="webhook-signature", event_id="id", type="type", object="data"
)


class UnknownConnection(Refused):
    """No active connection has this name."""

    code = "unknown_connection"


@dataclass(frozen=True, slots=True)
class Heard:
    """Records `accepted`, `runs` started or waiting, and flows that knew of it (`duplicates`)."""

    accepted: int
    duplicates: int
    runs: list[int]


def hear(*, connection: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Heard:
    """All flows that the event concerns, or none. Raises UnknownConnection or WebhookRefused."""
    named = Connection.objects.select_related("connector").filter(slug=connection)
    row = named.filter(status=Status.ACTIVE).first()
    if row is None:
        raise UnknownConnection("no active connection has this name")
    description = compiled(parse(row.connector.document["text"]))
    event = receive(
        description.webhook or STANDARD,
        secrets=webhook_secrets(connection),
        headers=headers,
        body=body,
        now=now,
    )
    event = replace(event, id=event.id or hashlib.sha256(body).hexdigest())
    concerned = [one for one in reading_from(connection) if concerns(one.document, event.type)]
    with transaction.atomic():
        return _told(concerned, description, event, now)


def concerns(document: Mapping[str, Any], kind: str) -> bool:
    """`invoice.issued` concerns flows of the object or entity `invoice`; "" concerns all."""
    words = kind.lower().replace("-", "_").split(".")
    subject = words[:-1] or words
    names = {document["source"]["object"], document["entity"]["slug"]}
    told = {name.lower().replace("-", "_") for name in names}
    return not kind or ".".join(subject) in told or subject[-1] in told


def _told(
    agreements: list[Agreement], description: Description, event: Event, now: datetime
) -> Heard:
    accepted, runs = 0, []
    fresh = [one for one in agreements if _is_news(one, event, now)]
    for agreement in fresh:
        if agreement.document["flow"]["pattern"] != "event" or not event.carries_all:
            run = start(flow=agreement.flow, by=None, trigger=Trigger.WEBHOOK, now=now)
            runs.append(run.pk)
        elif records := _records(agreement, description, event):
            taken, done = take(agreement=agreement, records=records, by=None, now=now)
            accepted += done.accepted
            runs.append(taken)
    return Heard(accepted, len(agreements) - len(fresh), runs)


def _is_news(agreement: Agreement, event: Event, now: datetime) -> bool:
    """True once for each event and flow, however many workers hear it."""
    source = f"/hooks/{agreement.document['source']['connection']}/{agreement.flow.slug}"
    _, fresh = ReceivedEvent.objects.get_or_create(
        source=source[-300:],
        event_id=event.id[:200],
        defaults={"flow_id": agreement.flow_id, "received_at": now},
    )
    return fresh


def _records(agreement: Agreement, description: Description, event: Event) -> list[SourceRecord]:
    """The record as a poll would have read it; none where the flow leaves such records out."""
    if not isinstance(event.object, dict):
        raise Refused("the event carries no record where its connector says that one stands")
    side = agreement.document["source"]
    spec = object_of(description, side["object"])
    found = Recorder(spec, description.values.datetime).record(event.object)
    fits = meets(wanted(spec, side.get("where") or {}), found.data)
    gone = event.type.endswith(".deleted")
    return [replace(found, deleted=found.deleted or gone)] if fits or gone else []
