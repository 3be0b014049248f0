"""Reading a source page by page, and what its refusals mean for the run and for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from governance.agreements.models import Agreement
from integrations.cases.lifecycle import CaseClass
from integrations.cases.services import open_case
from integrations.cases.settling import close as close_cases
from integrations.cases.settling import live
from integrations.connectors import queries as connections
from integrations.connectors import services as connectors
from integrations.connectors.models import Breaker
from integrations.connectors.port import ConnectionSpec, Connector, Page
from integrations.connectors.registry import open_connector
from integrations.errors import CursorExpired, NeedsAPerson, TryLater
from integrations.messages.inbox import cursor_of
from integrations.messages.services import accept
from integrations.sync.models import SyncRun
from integrations.sync.pulse import Pulse

PAGE = 1_000
REST = 30.0
"""Seconds until a run looks again whether its connection may be used."""


def read_source(run: SyncRun, pulse: Pulse, now: datetime) -> Iterator[int]:
    """Accept page after page; yields how many new versions each brought."""
    side = run.agreement.document["source"]
    _refuse_resting(side["connection"], now)
    connector = open_connector(ConnectionSpec.from_agreement(side))
    more, first = True, True
    while more:
        before = cursor_of(run.flow_id)
        page = _page(connector, side, before, run, now)
        accepted = _store(run, pulse, page, now)
        if first:
            _works_again(run, side["connection"], now)
        _refuse_endless(page, before)
        more, first = page.more, False
        yield accepted


def _refuse_resting(connection: str, now: datetime) -> None:
    """A breaker or a maintenance window costs the run no try."""
    if not connections.may_use(connection, now):
        reason = connections.resting_connections(now).get(connection, "")
        raise TryLater(f"{connection} rests: {reason}", after_seconds=REST, throttled=True)
    tripped = Breaker.objects.filter(connection=connection).exclude(state=Breaker.State.CLOSED)
    if tripped.exists() and not connectors.probe(connection=connection, now=now):
        raise TryLater(f"{connection} is being probed", after_seconds=REST, throttled=True)


def _page(
    connector: Connector, side: dict[str, Any], cursor: dict[str, Any], run: SyncRun, now: datetime
) -> Page:
    """One page; an expired cursor is forgotten once, and everything is read again."""
    where = side.get("where") or {}
    try:
        return connector.read(side["object"], cursor=cursor, limit=PAGE, where=where)
    except CursorExpired as error:
        if not cursor:
            raise NeedsAPerson(
                f"the source calls an empty cursor expired: {error}", klass=CaseClass.CONTRACT
            ) from error
    accept(agreement=run.agreement, run=run.pk, records=[], cursor={}, now=now)
    return connector.read(side["object"], cursor={}, limit=PAGE, where=where)


def _store(run: SyncRun, pulse: Pulse, page: Page, now: datetime) -> int:
    """Rows, cursor and counts in one transaction, under the fence."""
    with transaction.atomic():
        pulse.hold()
        done = accept(
            agreement=run.agreement, run=run.pk, records=page.records, cursor=page.cursor, now=now
        )
        SyncRun.objects.filter(pk=run.pk).update(
            pages=F("pages") + 1,
            read=F("read") + len(page.records),
            accepted=F("accepted") + done.accepted,
            unchanged=F("unchanged") + done.unchanged,
            tries=1,
        )
    run.tries = 1
    return done.accepted


def _refuse_endless(page: Page, before: dict[str, Any]) -> None:
    if page.more and page.cursor == before:
        raise NeedsAPerson(
            "the source says that there is more, but its cursor does not move",
            klass=CaseClass.CONTRACT,
        )


def _works_again(run: SyncRun, connection: str, now: datetime) -> None:
    """It answers: the breaker closes, and so do the cases that this disproves."""
    connectors.close(connection=connection)
    whole = Q(klass__in=[CaseClass.AUTH, CaseClass.EXHAUSTED])
    disproved = live().filter(
        whole | Q(agreement__flow=run.flow_id),
        connection=connection,
        message=None,
        operation=None,
    )
    close_cases(disproved, now=now, resolution="The system answers again")


def refused(agreement: Agreement, error: NeedsAPerson, *, now: datetime) -> None:
    """One case for the connection, which time does not heal; a refused key trips its breaker."""
    side = agreement.document["source"]
    klass = error.klass if error.klass in set(CaseClass) else CaseClass.CONTRACT
    if klass == CaseClass.AUTH:
        connectors.trip(connection=side["connection"], reason=str(error), now=now)
    titles = {CaseClass.AUTH: f"{side['system']} refuses our credentials"}
    _tell(
        agreement,
        klass=klass,
        title=titles.get(CaseClass(klass), f"{side['system']} does not answer as it was described"),
        message=str(error),
        status=error.status,
        now=now,
    )


def source_exhausted(agreement: Agreement, why: str, *, now: datetime) -> None:
    """Every try failed: one case for the connection."""
    side = agreement.document["source"]
    title = f"{side['system']} could not be read"
    _tell(agreement, klass=CaseClass.EXHAUSTED, title=title, message=why, status=None, now=now)


def _tell(
    agreement: Agreement, *, klass: str, title: str, message: str, status: int | None, now: datetime
) -> None:
    side = agreement.document["source"]
    open_case(
        klass=klass,
        title=f"{title} ({side['connection']})",
        detail={
            "rule": "source",
            "message": message[:2000],
            "status": status,
            "object": side.get("object", ""),
        },
        agreement=agreement,
        connection=side["connection"],
        now=now,
    )
