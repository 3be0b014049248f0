"""What the health page and the run pages read. Liveness is the age of the oldest due row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as Choice
from django.db.models import CharField, Min, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Now

from integrations.cases.models import Case
from integrations.cases.queries import live
from integrations.messages.lifecycle import MessageState
from integrations.messages.models import InboxMessage
from integrations.messages.queries import oldest_due, overdue_leases
from integrations.sync.beat import NAME
from integrations.sync.lifecycle import ENDED
from integrations.sync.models import BeatLease, SyncRun
from integrations.sync.runs import ready


@dataclass(frozen=True, slots=True)
class Beat:
    """Who rings. `alive` is told by the database's clock."""

    holder: str
    taken_at: datetime
    until: datetime
    alive: bool


@dataclass(frozen=True, slots=True)
class Health:
    """`oldest_due_seconds` is the one sign of life: 0 where nothing is due."""

    oldest_due_seconds: float
    overdue_leases: int
    open_runs: int
    open_cases: int
    beat: Beat | None


def health(*, now: datetime) -> Health:
    """A handful of indexed reads."""
    due = [moment for moment in _oldest(now) if moment is not None]
    age = (now - min(due)).total_seconds() if due else 0.0
    return Health(
        oldest_due_seconds=max(age, 0.0),
        overdue_leases=overdue_leases(),
        open_runs=SyncRun.objects.exclude(state__in=ENDED).count(),
        open_cases=live(Case.objects.all()).count(),
        beat=beat(),
    )


def _oldest(now: datetime) -> list[datetime | None]:
    """Lanes, runs and accepted messages that wait for a worker."""
    waiting = InboxMessage.objects.filter(state=MessageState.ACCEPTED, accepted_at__lte=now)
    return [
        oldest_due(now),
        ready(now).aggregate(oldest=Min("due_at"))["oldest"],
        waiting.aggregate(oldest=Min("accepted_at"))["oldest"],
    ]


def beat() -> Beat | None:
    """The lease of beat; None before the first one started."""
    alive = Choice(
        When(until__gte=Now(), then=Value("yes")), default=Value(""), output_field=CharField()
    )
    row = BeatLease.objects.filter(name=NAME).annotate(alive=alive).first()
    return Beat(row.holder, row.taken_at, row.until, bool(row.alive)) if row else None


def last_runs() -> QuerySet[SyncRun]:
    """The newest run of each flow, with its flow."""
    newest = SyncRun.objects.filter(flow=OuterRef("flow")).order_by("-pk").values("pk")[:1]
    rows = SyncRun.objects.filter(pk=Subquery(newest))
    return rows.select_related("flow", "agreement").order_by("flow__slug")
