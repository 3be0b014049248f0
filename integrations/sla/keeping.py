"""Figures that were computed a moment ago, as long as nothing that they are made of has changed.

Only what follows from facts, units, exposures and terms alone may be kept: each of their changes
gives the figures another token, in the same transaction. The token is read first, so that what is
kept may be newer than it and never older. Ages grow with the clock: nothing is kept for longer
than the minute. What readers see depends on their domains and the flows in these, so those are
part of the name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.core.cache import cache

from governance.agreements.models import Agreement
from integrations.sla import turn
from integrations.sla.selecting import Filters
from integrations.sla.terms import Terms

T = TypeVar("T")
Compute = Callable[[Filters, Terms, datetime], T]
SECONDS = 60


class Keeper:
    """What one reader asks for. `now` is the moment as of which all that is kept was computed, so
    that a number and its list agree on what is late.
    """

    def __init__(self, filters: Filters, terms: Terms, now: datetime) -> None:
        token, self.now = turn.token(), now
        self._name = ""
        if token:
            minute = now.replace(second=0, microsecond=0).isoformat()
            self.now = cache.get_or_set(f"figures:{token}:{minute}", now, SECONDS) or now
            told = (token, terms.digest, minute, sorted(filters.query().items()), _reach(filters))
            self._name = hashlib.sha256(repr(told).encode()).hexdigest()
        self._asked = (filters, terms, self.now)

    def __call__(self, compute: Compute[T]) -> T:
        """As it was kept, or computed and kept."""
        name = f"{compute.__module__}.{compute.__qualname__}"
        return self.named(name, lambda: compute(*self._asked))

    def named(self, name: str, compute: Callable[[], T]) -> T:
        """What goes by this name under these filters."""
        if not self._name:
            return compute()
        whole = f"figure:{hashlib.sha256(name.encode()).hexdigest()}:{self._name}"
        held: tuple[T] | None = cache.get(whole)
        if held is None:
            held = (compute(),)
            cache.set(whole, held, SECONDS)
        return held[0]


def _reach(filters: Filters) -> Any:
    """Domains of the reader and the flows that are theirs now; None for all."""
    if filters.domains is None:
        return None
    flows = Agreement.objects.filter(flow__domain__in=filters.domains).order_by("flow")
    return sorted(filters.domains), list(flows.values_list("flow", flat=True).distinct())
