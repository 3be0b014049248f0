"""What people do with change requests, short enough to read in a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from governance.approvals import services
from governance.approvals.impacts import impacts
from governance.approvals.models import ChangeRequest
from governance.approvals.steps import current
from portal.accounts.models import User
from tests import firm as sample
from tests.firm import NOW

LATER = NOW + timedelta(hours=1)


def opened(by: User, *items: dict[str, Any], **more: Any) -> ChangeRequest:
    return services.open_request(by=by, title="A change", items=list(items), now=NOW, **more)


def submitted(by: User, *items: dict[str, Any], **more: Any) -> ChangeRequest:
    return services.submit(request=opened(by, *items, **more), by=by, now=NOW)


def noted(request: ChangeRequest) -> dict[str, Any]:
    """What somebody brings who just signed in and ticked everything."""
    keys = [one.key for one in impacts(request, current(request))]
    return {"acknowledged": keys, "sign_in_age": timedelta(0)}


def voted(
    request: ChangeRequest,
    by: User,
    verdict: str = "approve",
    *,
    now: datetime = NOW,
    reason: str = "looked at it",
) -> ChangeRequest:
    return services.vote(
        request=request,
        by=by,
        verdict=verdict,
        seen=current(request).digest,
        reason=reason,
        **noted(request),
        now=now,
    )


def state(request: ChangeRequest) -> str:
    return ChangeRequest.objects.get(pk=request.pk).state


def every(minutes: int) -> dict[str, Any]:
    return sample.flow_item(schedule={"every": f"PT{minutes}M"})


EUROS = {"to": "currency", "constant": "EUR"}
DOLLARS = {"to": "currency", "constant": "USD"}


def in_currency(rule: dict[str, Any]) -> dict[str, Any]:
    """A mapping whose currency, a sensitive field, comes from elsewhere: class R3."""
    return sample.mapping_item(read={"rules": [*sample.READ_RULES[:-1], rule]})
