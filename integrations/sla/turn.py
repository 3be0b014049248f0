"""Whose turn it is to fold: one at a time, under a lease; a fence tells a late one that it lost."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Now

from integrations.leases import from_now
from integrations.sla.models import FoldTurn

LEASE = timedelta(seconds=60)
PRICES_LAST = timedelta(minutes=15)
"""Ages grow, and expected losses with them."""


class Lost(Exception):
    """Somebody else took the turn, since this one was away for longer than its lease."""


class Turn:
    """Held from `take` to `leave`; by the database's clock."""

    def __init__(self, fence: int) -> None:
        self._fence = fence

    def guard(self) -> None:
        """Renew the lease; to be called first in every transaction that writes. Raises Lost."""
        mine = FoldTurn.objects.filter(pk=1, fence=self._fence)
        if mine.update(until=from_now(LEASE)) != 1:
            raise Lost

    def changed(self) -> None:
        """To be called in every transaction that writes facts, units or exposures: what readers
        keep of figures ends together with it.
        """
        FoldTurn.objects.filter(pk=1).update(token=secrets.token_hex(8))

    def unpriced(self, newest: int, *, now: datetime) -> bool:
        """Whether a case said something since money at risk was priced, or that is long ago."""
        row = FoldTurn.objects.get(pk=1)
        known = row.priced_at is not None and row.priced_upto == newest
        return not known or abs(now - (row.priced_at or now)) > PRICES_LAST

    def priced(self, newest: int, *, now: datetime) -> None:
        mine = FoldTurn.objects.filter(pk=1, fence=self._fence)
        mine.update(priced_at=now, priced_upto=newest)

    def leave(self) -> None:
        FoldTurn.objects.filter(pk=1, fence=self._fence).update(until=Now())


def take() -> Turn | None:
    """None while another folds."""
    FoldTurn.objects.get_or_create(pk=1)
    free = FoldTurn.objects.filter(pk=1, until__lte=Now())
    if free.update(until=from_now(LEASE), fence=F("fence") + 1) != 1:
        return None
    return Turn(FoldTurn.objects.get(pk=1).fence)


def token() -> str:
    """Of what figures are made of; the same one means the same facts, units and exposures."""
    return FoldTurn.objects.filter(pk=1).values_list("token", flat=True).first() or ""
