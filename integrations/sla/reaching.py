"""Whose money a thing is: that of the domains whose flows told of it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from governance.agreements.models import Agreement
from integrations.sla.models import MilestoneFact


def within(domains: Collection[int] | None, prefix: str = "") -> Q:
    """The condition on units below `prefix` that a flow of these domains told of; None: all."""
    if domains is None:
        return Q()
    flows = Agreement.objects.filter(flow__domain__in=domains).values("flow")
    told = MilestoneFact.objects.filter(
        unit=OuterRef(f"{prefix}unit"), key=OuterRef(f"{prefix}key"), flow__in=flows
    )
    return Q(Exists(told))
