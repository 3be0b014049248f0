"""What may be used now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from integrations.connectors.models import Breaker, MaintenanceWindow, Secret

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


def open_breakers(now: datetime) -> QuerySet[Breaker]:
    """Breakers that keep their connection from being used. One that is due may be probed."""
    resting = Q(state=Breaker.State.OPEN) | Q(state=Breaker.State.HALF_OPEN)
    return Breaker.objects.filter(resting, Q(retry_at__gt=now) | Q(retry_at__isnull=True))


def windows_at(now: datetime) -> QuerySet[MaintenanceWindow]:
    return MaintenanceWindow.objects.filter(starts_at__lte=now, ends_at__gt=now)


def resting_connections(now: datetime) -> dict[str, str]:
    """Connection → why nothing is sent to it now."""
    reasons = dict(windows_at(now).values_list("connection", "reason"))
    return reasons | dict(open_breakers(now).values_list("connection", "reason"))


def may_use(connection: str, now: datetime) -> bool:
    rests = open_breakers(now).filter(connection=connection).exists()
    return not rests and not windows_at(now).filter(connection=connection).exists()


def secret_names() -> list[str]:
    """Names only: no page, log or export ever shows more."""
    return list(Secret.objects.order_by("name").values_list("name", flat=True))
