"""Leases follow the database's clock, so that hosts whose clocks differ agree on who holds what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, Q
from django.db.models.functions import Now


def from_now(span: timedelta) -> Any:
    """The database's present time plus `span`, for an update or insert."""
    return ExpressionWrapper(Now() + span, output_field=DateTimeField())


def free(field: str = "lease_until") -> Q:
    """Nobody holds it, or whoever did was silent for too long."""
    return Q(**{field: None}) | Q(**{f"{field}__lt": Now()})
