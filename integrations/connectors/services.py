"""Every write to secrets, breakers, rate buckets and maintenance windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.db import transaction
from django.db.models import F, Q

from governance.audit import services as audit
from integrations.connectors import secrets
from integrations.connectors.description import compiled, seconds
from integrations.connectors.models import Breaker, MaintenanceWindow, RateBucket, Secret
from integrations.errors import PermissionRefused, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=30)
PROBE_LASTS = timedelta(seconds=60)
MANAGE = "integrations.manage_secrets"


class Person(Protocol):
    """Who acts: the portal's user."""

    @property
    def label(self) -> str: ...
    def has_perm(self, perm: str, obj: object = None) -> bool: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate bucket; `refill` is tokens per second, and its name begins with what it matches."""

    name: str
    capacity: float
    refill: float


def put_secret(*, name: str, value: str, by: Person, reason: str, now: datetime) -> Secret:
    """Store or replace a secret under the newest key. The value is shown nowhere afterwards."""
    _refuse_unless_allowed(by, reason)
    if not name or not value:
        raise Refused("a secret needs a name and a value")
    with transaction.atomic():
        row = _seal(name, value, by.label, now)
        audit.record("secret.put", subject=row, by=by, reason=reason, at=now)
    return row


def delete_secret(*, name: str, by: Person, reason: str) -> bool:
    _refuse_unless_allowed(by, reason)
    with transaction.atomic():
        row = Secret.objects.select_for_update().filter(name=name).first()
        if row is None:
            return False
        audit.record("secret.delete", subject=row, by=by, reason=reason)
        row.delete()
    return True


def reseal_secrets(*, by: Person, reason: str, now: datetime) -> int:
    """Seal under the newest key what an older one sealed; runs go on meanwhile. Rows changed."""
    _refuse_unless_allowed(by, reason)
    newest = secrets.keys()[0]
    older = list(Secret.objects.exclude(key_id=newest.id).order_by("id"))
    return sum(_reseal(row, newest, by=by, reason=reason, now=now) for row in older)


def trip(*, connection: str, reason: str, now: datetime) -> Breaker:
    """Stop using a connection; each failure in a row doubles the rest, up to 30 minutes."""
    with transaction.atomic():
        Breaker.objects.get_or_create(connection=connection)
        row = Breaker.objects.select_for_update().get(connection=connection)
        row.opened_at = row.opened_at or now
        row.retry_at = now + min(FIRST_REST * 2 ** min(row.failures, 10), LONGEST_REST)
        row.failures += 1
        row.state = Breaker.State.OPEN
        row.reason = reason[:1000]
        row.save()
    return row


def probe(*, connection: str, now: datetime) -> bool:
    """True for exactly one caller once the rest is over; if that caller dies, for one later."""
    due = Breaker.objects.filter(connection=connection, retry_at__lte=now).exclude(
        state=Breaker.State.CLOSED
    )
    return due.update(state=Breaker.State.HALF_OPEN, retry_at=now + PROBE_LASTS) == 1


def close(*, connection: str) -> bool:
    """The connection works again; true if it was not in use before."""
    tripped = ~Q(state=Breaker.State.CLOSED) | Q(failures__gt=0)
    closed = Breaker.objects.filter(tripped, connection=connection)
    return (
        closed.update(
            state=Breaker.State.CLOSED, failures=0, opened_at=None, retry_at=None, reason=""
        )
        == 1
    )


def limits_of(description: Mapping[str, Any]) -> list[Limit]:
    """The rate buckets that a connector description declares."""
    return [
        Limit(f"{row.match} {row.rate}/{row.per}", row.rate, row.rate / seconds(row.per))
        for row in compiled(description).limits
        if row.rate is not None
    ]


def set_limits(*, connection: str, limits: Iterable[Limit], now: datetime) -> None:
    """Make the buckets those of the description; buckets that stay keep their tokens."""
    wanted = {limit.name: limit for limit in limits}
    with transaction.atomic():
        RateBucket.objects.filter(connection=connection).exclude(name__in=wanted).delete()
        for row in RateBucket.objects.select_for_update().filter(connection=connection):
            limit = wanted.pop(row.name)
            row.capacity, row.refill = limit.capacity, limit.refill
            row.tokens = min(row.tokens, limit.capacity)
            row.save(update_fields=["capacity", "refill", "tokens"])
        RateBucket.objects.bulk_create(
            RateBucket(
                connection=connection,
                name=limit.name,
                tokens=limit.capacity,
                capacity=limit.capacity,
                refill=limit.refill,
                refilled_at=now,
            )
            for limit in wanted.values()
        )


def take(connection: str, n: int, now: datetime, *, match: str = "*") -> int:
    """Take up to n tokens from every bucket of that match at once; n where there is no bucket."""
    with transaction.atomic():
        buckets = RateBucket.objects.filter(connection=connection, name__startswith=f"{match} ")
        levels = {row.pk: _level(row, now) for row in buckets.select_for_update().order_by("pk")}
        granted = int(min([n, *levels.values()]))
        for pk, level in levels.items():
            RateBucket.objects.filter(pk=pk).update(tokens=level - granted, refilled_at=now)
    return granted


def give_back(connection: str, n: int, *, match: str = "*") -> None:
    """Return tokens of a block that were not used."""
    buckets = RateBucket.objects.filter(connection=connection, name__startswith=f"{match} ")
    fits = buckets.filter(tokens__lte=F("capacity") - n)
    full = list(buckets.exclude(tokens__lte=F("capacity") - n).values_list("pk", flat=True))
    fits.update(tokens=F("tokens") + n)
    RateBucket.objects.filter(pk__in=full).update(tokens=F("capacity"))


def plan_maintenance(
    *, connection: str, starts_at: datetime, ends_at: datetime, by: Person, reason: str
) -> MaintenanceWindow:
    _refuse_unless_allowed(by, reason)
    if ends_at <= starts_at:
        raise Refused("a maintenance window ends after it starts")
    with transaction.atomic():
        window = MaintenanceWindow.objects.create(
            connection=connection, starts_at=starts_at, ends_at=ends_at, reason=reason
        )
        audit.record("maintenance.plan", subject=window, by=by, reason=reason)
    return window


def _refuse_unless_allowed(by: Person, reason: str) -> None:
    if not by.has_perm(MANAGE):
        raise PermissionRefused("only a platform administrator manages secrets and windows")
    if not reason.strip():
        raise Refused("say why: the audit log keeps the reason")


def _seal(name: str, value: str, by: str, now: datetime) -> Secret:
    key = secrets.keys()[0]
    sealed = {
        "ciphertext": key.seal(name, value),
        "key_id": key.id,
        "updated_at": now,
        "updated_by": by,
    }
    return Secret.objects.update_or_create(name=name, defaults=sealed)[0]


def _reseal(row: Secret, newest: secrets.Key, *, by: Person, reason: str, now: datetime) -> int:
    """Compare-and-swap: a value stored meanwhile is never overwritten by the older one."""
    value = secrets.unseal(row.name, row.key_id, bytes(row.ciphertext))
    unchanged = Secret.objects.filter(pk=row.pk, key_id=row.key_id, updated_at=row.updated_at)
    sealed = newest.seal(row.name, value)
    with transaction.atomic():
        done = unchanged.update(ciphertext=sealed, key_id=newest.id, updated_at=now)
        if done:
            audit.record("secret.reseal", subject=row, by=by, reason=reason, at=now)
    return done


def _level(row: RateBucket, now: datetime) -> float:
    passed = max(0.0, (now - row.refilled_at).total_seconds())
    return min(row.capacity, row.tokens + passed * row.refill)
