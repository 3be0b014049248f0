"""The sample firm's first day, through the ordinary doors: people, registry, secrets, proposals."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from governance.approvals import services as approvals
from governance.approvals.impacts import impacts
from governance.approvals.lifecycle import State, Verdict
from governance.approvals.models import ChangeRequest, Revision
from governance.catalog.specifications import store_specification
from integrations.connectors.services import put_secret
from portal.accounts.models import User
from portal.demo import charter
from portal.demo.places import FIRM, SYSTEMS, Places

AUTHOR = "devon"
SIGNERS = ("aoife", "karl")
COLLEAGUES = {
    "owner": ("jonas", "priya"),
    "finance_owner": ("helen",),
    "steward": ("tomasz", "sofia"),
}
"""Seat → who has looked at the open proposals already; what is missing is the architect's vote."""


def is_founded() -> bool:
    """Whether the first day has been."""
    return ChangeRequest.objects.filter(is_foundation=True, state=State.ACTIVE).exists()


@transaction.atomic
def found(*, places: Places, now: datetime) -> None:
    """An empty portal becomes Meridian Consulting's, all at once or not at all."""
    people = {one.username: _account(one, places.password) for one in charter.people()}
    for content in charter.specifications():
        store_specification(content)
    request = approvals.open_foundation(
        by=people[AUTHOR],
        title=f"Foundation of {FIRM}",
        description="People, the canonical pack, four systems and all that flows between them.",
        items=charter.foundation(places.urls),
        signers=[people[name] for name in SIGNERS],
        now=now,
    )
    for name in SIGNERS:
        _vote(request, people[name], reason="Our first day", now=now)
    approvals.activate_due(now=now)
    request.refresh_from_db()
    if request.state != State.ACTIVE:
        raise RuntimeError(f"the foundation is {request.state}, not active")
    _store_secrets(places, by=User.objects.get(username=SIGNERS[0]), now=now)


@transaction.atomic
def propose(*, now: datetime) -> None:
    """What Devon proposes once there are records to try it on; a second call changes nothing."""
    if not ChangeRequest.objects.filter(is_foundation=False, opened_by__username=AUTHOR).exists():
        for proposal in charter.proposals():
            _propose(proposal, now=now)


def _account(one: charter.Person, password: str) -> User:
    return User.objects.create_user(
        one.username,
        email=one.email,
        password=password,
        first_name=one.first,
        last_name=one.last,
        time_zone=one.zone,
    )


def _store_secrets(places: Places, *, by: User, now: datetime) -> None:
    for name, title in SYSTEMS.items():
        put_secret(name=name, value=places.keys[name], by=by, reason=f"Key of {title}", now=now)
    reason = "Signs what billing tells us"
    put_secret(name="hook/billing", value=places.webhook, by=by, reason=reason, now=now)


def _propose(proposal: charter.Proposal, *, now: datetime) -> None:
    author = User.objects.get(username=AUTHOR)
    request = approvals.open_request(
        by=author,
        title=proposal.title,
        description=proposal.description,
        items=proposal.items,
        now=now,
    )
    request = approvals.submit(request=request, by=author, now=now)
    free = {seat: list(names) for seat, names in COLLEAGUES.items()}
    for seat in _seats_of_others(request):
        _vote(request, User.objects.get(username=free[seat].pop(0)), reason="Seen", now=now)


def _seats_of_others(request: ChangeRequest) -> list[str]:
    """Every seat, of each domain, but the one that is left for the architect."""
    asked = [rule["seat"] for rule in request.rules]
    asked.remove("platform_architect" if "platform_architect" in asked else "owner")
    return asked


def _vote(request: ChangeRequest, by: User, *, reason: str, now: datetime) -> None:
    shown = Revision.objects.filter(request=request).latest("number")
    approvals.vote(
        request=request,
        by=by,
        verdict=Verdict.APPROVE,
        reason=reason,
        seen=shown.digest,
        acknowledged=[one.key for one in impacts(request, shown)],
        sign_in_age=timedelta(0),
        now=now,
    )
