"""Calls that name an Idempotency-Key: one of them has the effect, the others get its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from governance.errors import GovernanceError
from portal.accounts.models import KeyedCall

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""A worker that has not answered by then is taken for dead; its fence keeps its effect out."""


class KeyReused(GovernanceError):
    """The key stands for another body already."""

    code = "idempotency_key_reused"


class StillRunning(GovernanceError):
    """The first call of this key has not ended."""

    code = "idempotency_key_running"


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls what, under which key, with which body (its SHA-256)."""

    caller: str
    route: str
    key: str
    body_digest: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a call."""

    id: int
    fence: int


def claim(call: Call, *, now: datetime) -> Claim | KeyedCall:
    """The right to run it, or the call that is answered. Raises KeyReused or StillRunning."""
    KeyedCall.objects.filter(expires_at__lte=now).delete()
    times = {"lease_until": now + LEASE, "expires_at": now + KEPT}
    try:
        with transaction.atomic():
            return Claim(KeyedCall.objects.create(**asdict(call), **times).pk, fence=1)
    except IntegrityError:
        return _met(call, times, now)


def _met(call: Call, times: dict[str, datetime], now: datetime) -> Claim | KeyedCall:
    names = {"caller": call.caller, "route": call.route, "key": call.key}
    row = KeyedCall.objects.filter(**names).first()
    if row is not None and row.body_digest != call.body_digest:
        raise KeyReused("this Idempotency-Key was used with another body: send a new key")
    if row is not None and row.status is not None:
        return row
    if row is None or row.lease_until > now or not _taken_over(row, times):
        raise StillRunning("the first call with this Idempotency-Key is still running: try later")
    return Claim(row.pk, row.fence + 1)


def _taken_over(row: KeyedCall, times: dict[str, datetime]) -> bool:
    same = KeyedCall.objects.filter(pk=row.pk, fence=row.fence, status=None)
    return same.update(fence=F("fence") + 1, **times) == 1


def keep(claimed: Claim, *, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Store the answer in the transaction of its effect. Raises StillRunning: undo the effect."""
    mine = KeyedCall.objects.filter(pk=claimed.id, fence=claimed.fence, status=None)
    if mine.update(status=status, headers=dict(headers), body=body) != 1:
        raise StillRunning("another worker took this call over: try later")


def release(claimed: Claim) -> None:
    """It had no effect: the key may be used again."""
    KeyedCall.objects.filter(pk=claimed.id, fence=claimed.fence, status=None).delete()
