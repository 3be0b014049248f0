"""How much of what sources said reached where it had to, in the time that was promised.

Versions of source records count, not attempts: what failed before it was planned counts, too.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_duration

from governance.agreements.models import Agreement
from integrations.cases.opening import SETTLE_WITHIN
from integrations.messages.lifecycle import MessageState, OperationState
from integrations.messages.models import InboxMessage, Operation
from integrations.sla.elapsed import longer
from integrations.sla.narrowing import narrowed, priced
from integrations.sla.objectives import kept, limit, measure, plain, share
from integrations.sla.periods import ROLLING, trailing
from integrations.sla.selecting import Filters
from integrations.sla.shapes import Figure
from integrations.sla.terms import Terms

METRIC = "sync-failure-rate"
ARRIVED = (OperationState.APPLIED, OperationState.UNCHANGED, OperationState.SUPERSEDED)
"""An effect that a person gave up did not arrive."""
STOPPED = (MessageState.ACCEPTED, MessageState.REJECTED, MessageState.DISMISSED)


def sync_failures(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Failed ÷ those that arrived in time or whose time is up."""
    rows = _versions(filters, terms, now)
    told = rows.filter(unsettled()).aggregate(
        failed=Count("pk", filter=_over(now)), waiting=Count("pk", filter=~_over(now))
    )
    due, bad = rows.count() - told["waiting"], told["failed"]
    rate, wanted = (100 * bad / due if due else None), share(METRIC, terms, "99.9")
    said = f"{bad} of {due} record versions did not settle in time" if due else "nothing was due"
    return Figure(
        slug=METRIC,
        title="Sync failure rate",
        value=rate,
        unit="percent",
        n=due,
        state=kept(None if rate is None else 100 - rate, wanted, slack=1),
        said=said,
        objective=f"{plain(wanted)} % settle within the time of their data contract",
        measure=measure(METRIC, terms),
        parts={"failed": bad, "due": due, "waiting": told["waiting"]},
    )


def failures(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """The record versions behind the rate."""
    return priced(_versions(filters, terms, now).filter(unsettled(), _over(now)), terms, now)


def _versions(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Accepted in the period; a version that a newer one replaced is not waited for."""
    days = int(limit(METRIC, "rolling_days", terms, str(ROLLING)))
    span = trailing(filters, terms, now, days)
    rows = InboxMessage.objects.filter(span.holds("accepted_at"))
    return narrowed(rows.exclude(state=MessageState.SUPERSEDED), filters, domain="flow__domain")


def unsettled() -> Q:
    """It had not settled within its time, or has not yet."""
    return _by_time(_unsettled)


def _over(now: datetime) -> Q:
    """Its time is up."""
    return _by_time(lambda time: Q(accepted_at__lte=now - time))


def _by_time(condition: Any) -> Q:
    """The condition for each promised time, on the messages under agreements that promise it."""
    found = Q(pk__in=[])
    for time, agreements in promised().items():
        found |= Q(agreement__in=agreements) & condition(time)
    return found


def _unsettled(time: timedelta) -> Q:
    seconds = time.total_seconds()
    behind = Operation.objects.filter(
        ~Q(state__in=ARRIVED) | longer("message__accepted_at", "settled_at", seconds)
    )
    late = longer("accepted_at", "planned_at", seconds)
    return Q(state__in=STOPPED) | late | Q(pk__in=behind.values("message"))


def promised() -> dict[timedelta, list[int]]:
    """Time to settle → agreements that promise it."""
    named = Agreement.objects.order_by("pk").values_list("pk", "digest")
    return _promised(tuple(named))


@lru_cache(maxsize=4)
def _promised(named: tuple[tuple[int, str], ...]) -> dict[timedelta, list[int]]:
    told = Agreement.objects.values_list("pk", "document__contract__sla__settle_within")
    found: dict[timedelta, list[int]] = defaultdict(list)
    for pk, within in told.filter(pk__in=[pk for pk, _ in named]):
        found[parse_duration(within or "") or SETTLE_WITHIN].append(pk)
    return found
