"""The sample firm's first day, through the ordinary doors: people, registry, secrets, proposals."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.approvals import services as approvals
from governance.approvals.lifecycle import State, Verdict
from governance.approvals.models import ChangeRequest, Revision
from governance.catalog.specifications import store_specification
from integrations.connectors.services import put_secret
from portal.accounts.models import User
from portal.demo import documents
from portal.demo.places import FIRM, Places

AUTHOR = "devon"
SIGNERS = ("aoife", "karl")
COLLEAGUES = {"owner": "jonas", "finance_owner": "helen", "steward": "tomasz"}
"""Seat → who has looked at the open proposals already; what is missing is the architect's vote."""


def is_founded() -> bool:
    """Whether the first day has been."""
    return ChangeRequest.objects.filter(is_foundation=True, state=State.ACTIVE).exists()


@transaction.atomic
def found(*, places: Places, now: datetime) -> None:
    """An empty portal becomes Meridian Consulting's, all at once or not at all."""
    people = {one.username: _account(one, places.password) for one in documents.people()}
    for content in documents.specifications():
        store_specification(content)
    addresses = {"psa": places.psa, "billing": places.billing}
    request = approvals.open_foundation(
        by=people[AUTHOR],
        title=f"Foundation of {FIRM}",
        description="Domains, people, systems, data contracts and the first two flows.",
        items=documents.foundation(addresses),
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
    for proposal in documents.proposals():
        _propose(proposal, now=now)


def _account(one: documents.Person, password: str) -> User:
    return User.objects.create_user(
        one.username,
        password=password,
        first_name=one.first,
        last_name=one.last,
        time_zone=one.zone,
    )


def _store_secrets(places: Places, *, by: User, now: datetime) -> None:
    for name, value in (("psa", places.psa_key), ("billing", places.billing_client)):
        put_secret(name=name, value=value, by=by, reason=f"Key of {FIRM}'s {name}", now=now)


def _propose(proposal: documents.Proposal, *, now: datetime) -> None:
    author = User.objects.get(username=AUTHOR)
    request = approvals.open_request(
        by=author,
        title=proposal.title,
        description=proposal.description,
        items=proposal.items,
        now=now,
    )
    request = approvals.submit(request=request, by=author, now=now)
    for seat in _seats_of_others(request):
        _vote(request, User.objects.get(username=COLLEAGUES[seat]), reason="Seen", now=now)


def _seats_of_others(request: ChangeRequest) -> list[str]:
    """Every seat but the one that is left for the architect, who owns both domains too."""
    asked = [rule["seat"] for rule in request.rules]
    left = "platform_architect" if "platform_architect" in asked else "owner"
    return [seat for seat in asked if seat != left and seat in COLLEAGUES]


def _vote(request: ChangeRequest, by: User, *, reason: str, now: datetime) -> None:
    shown = Revision.objects.filter(request=request).latest("number").digest
    approvals.vote(
        request=request, by=by, verdict=Verdict.APPROVE, reason=reason, seen=shown, now=now
    )
