"""API tokens: made once, found by prefix, limited to scopes and domains."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction

from governance.audit import services as audit
from governance.errors import GovernanceError
from governance.ownership.models import Domain
from portal.access.backend import limit_to
from portal.accounts.models import ApiToken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.accounts.models import User

MARK = "cdt"
LONGEST = timedelta(days=366)
USE_EVERY = timedelta(minutes=1)
"""`last_used_at` is written at most this often."""


class Scope(StrEnum):
    """What a token may be used for; its person's grants still decide."""

    REGISTRY_READ = "registry:read"
    CHANGES_READ = "changes:read"
    CHANGES_WRITE = "changes:write"
    RUNS_READ = "runs:read"
    RUNS_WRITE = "runs:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    EVENTS_WRITE = "events:write"
    AUDIT_READ = "audit:read"
    SLA_READ = "sla:read"
    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"


class TokenRefused(GovernanceError):
    """A token cannot be made like this."""

    code = "token_refused"


@transaction.atomic
def create(
    *,
    by: User,
    name: str,
    scopes: Sequence[str],
    domains: Sequence[str],
    expires_at: datetime,
    now: datetime,
) -> tuple[ApiToken, str]:
    """The row and the secret text, which is never shown again."""
    _refuse_unusable(scopes, domains, expires_at=expires_at, now=now)
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    token = ApiToken.objects.create(
        user=by,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        domains=sorted(set(domains)),
        created_at=now,
        expires_at=expires_at,
    )
    audit.record("token.created", subject=token, by=by, after={"scopes": token.scopes})
    return token, f"{MARK}_{prefix}_{secret}"


def _refuse_unusable(
    scopes: Sequence[str], domains: Sequence[str], *, expires_at: datetime, now: datetime
) -> None:
    unknown = sorted(set(scopes) - set(Scope))
    if unknown or not scopes:
        raise TokenRefused(
            f"unknown scopes: {', '.join(unknown) or 'none given'}; known: {', '.join(Scope)}"
        )
    known = set(Domain.objects.filter(slug__in=domains).values_list("slug", flat=True))
    if missing := sorted(set(domains) - known):
        raise TokenRefused(f"there is no domain {', '.join(missing)}")
    if not now < expires_at <= now + LONGEST:
        raise TokenRefused(f"a token lives at most {LONGEST.days} days and ends in the future")


@transaction.atomic
def revoke(*, token: ApiToken, by: User, now: datetime) -> None:
    """Ends it with the next request."""
    if token.user_id != by.pk and not by.has_perm("accounts.manage_tokens"):
        raise TokenRefused("only its person or a platform admin revokes a token")
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        audit.record("token.revoked", subject=token, by=by)


def recognise(text: str, *, now: datetime) -> ApiToken | None:
    """The live token behind the text; None for anything else. Its person is limited to it."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    token = ApiToken.objects.select_related("user").filter(prefix=prefix).first()
    held = token.digest if token else _digest("")
    fits = hmac.compare_digest(_digest(secret), held) and mark == MARK
    if token is None or not fits or token.revoked_at or token.expires_at <= now:
        return None
    if not token.user.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > USE_EVERY:
        token.last_used_at = now
        token.save(update_fields=["last_used_at"])
    if token.domains:
        limit_to(token.user, token.domains)
    return token


def _digest(secret: str) -> str:
    """A plain hash: the secret has 256 random bits, so there is nothing to stretch."""
    return hashlib.sha256(secret.encode()).hexdigest()
