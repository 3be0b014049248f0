"""A crowd that does everything in any order, and what must hold all the same."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from governance.agreements.models import Agreement
from governance.approvals import services
from governance.approvals.lifecycle import FINAL
from governance.approvals.models import Activation, ChangeRequest, Revision, Vote
from governance.approvals.revisions import revision_digest
from governance.audit.models import AuditEntry
from governance.errors import GovernanceError
from governance.flows.models import Flow
from governance.ownership.models import Domain, DomainSeat
from portal.accounts.models import User
from tests import firm as sample
from tests.firm import NOW
from tests.governance.approvals.acts import noted

NAMES = ("ada", "olga", "otto", "stan", "stella", "fiona", "paul", "petra", "vera", "fred")
SEATED = ("olga", "otto", "stan", "stella", "fiona")
people = st.sampled_from((*NAMES, *("olga", "otto") * 5))
minutes = st.integers(2, 4)
MOST = 6
PICK = st.sampled_from([0, 0, 0, 1, 2, 3])
REACHED: Counter[str] = Counter()
"""So that the machine is known to have come where it matters."""


class Undone(Exception):
    """Ends one example's transaction."""


class Crowd(RuleBasedStateMachine):
    """A few requests over one flow and one value map, acted on by anyone at all."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        sample.found()
        self.now = NOW
        self.final: dict[int, str] = {}
        self.enacted = 0

    def teardown(self) -> None:
        self.outer.__exit__(Undone, Undone(), None)

    def person(self, name: str) -> User:
        return User.objects.get(username=name)

    def request(self, number: int) -> ChangeRequest | None:
        """Mostly one that is still moving; sometimes one that has ended."""
        moving = list(ChangeRequest.objects.exclude(state__in=(*FINAL, "draft")).order_by("-pk"))
        others = list(ChangeRequest.objects.filter(state__in=(*FINAL, "draft")).order_by("-pk"))
        rows = [*moving, *others]
        return rows[number % len(rows)] if rows else None

    def attempt(self, act, **words) -> None:
        with suppress(GovernanceError):
            act(now=self.now, **words)

    @rule(name=people, every=minutes, rows=st.booleans())
    def propose(self, name, every, rows):
        item = sample.flow_item(schedule={"every": f"PT{every}M"})
        if rows:
            item = sample.value_map_item((f"role-{every}", "R"))
        if ChangeRequest.objects.count() < MOST:
            self.attempt(services.open_request, by=self.person(name), title="It", items=[item])

    @rule(name=st.sampled_from(["otto", "olga", "ada"]), every=minutes, rows=st.booleans())
    def bring(self, name, every, rows):
        self.propose(name, every, rows)
        newest = ChangeRequest.objects.order_by("-pk").first()
        if newest and newest.state == "draft":
            self.attempt(services.submit, request=newest, by=self.person(name))

    @rule(name=st.sampled_from(["olga", "otto"]))
    def agree(self, name):
        self.vote(name, 0, "approve", fresh=True)

    @rule(name=st.sampled_from(["olga", "otto"]))
    def agree_and_wait(self, name):
        self.agree(name)
        self.now += timedelta(hours=1)
        self.scan()

    @rule(name=people, number=PICK)
    def submit(self, name, number):
        if request := self.request(number):
            self.attempt(services.submit, request=request, by=self.person(name))

    @rule(name=people, number=PICK, every=minutes, fresh=st.booleans())
    def revise(self, name, number, every, fresh):
        if request := self.request(number):
            item = sample.flow_item(schedule={"every": f"PT{every}M"})
            number_seen = request.revision_number if fresh else 1
            seen = Revision.objects.get(request=request, number=number_seen).digest
            words = {"request": request, "items": [item], "seen": seen}
            self.attempt(services.revise, by=self.person(name), **words)

    @rule(
        name=people,
        number=PICK,
        verdict=st.sampled_from(["approve"] * 5 + ["request_changes"]),
        fresh=st.sampled_from([True, True, False]),
    )
    def vote(self, name, number, verdict, fresh):
        if request := self.request(number):
            number_seen = request.revision_number if fresh else 1
            seen = Revision.objects.get(request=request, number=number_seen).digest
            words = {"request": request, "verdict": verdict, "seen": seen, "reason": "so"}
            words |= noted(request)
            self.attempt(services.vote, by=self.person(name), **words)

    @rule(
        name=st.sampled_from(NAMES),
        number=PICK,
        what=st.sampled_from(["withdraw", "reject", "rollback"]),
    )
    def end(self, name, number, what):
        if request := self.request(number):
            act = getattr(services, what)
            self.attempt(act, request=request, by=self.person(name), reason="so")

    @rule(name=people, number=PICK, hours=st.integers(1, 3))
    def plan(self, name, number, hours):
        if request := self.request(number):
            at = self.now + timedelta(hours=hours)
            self.attempt(services.schedule, request=request, by=self.person(name), at=at)

    @rule(name=st.sampled_from(SEATED), holds=st.booleans())
    def change_seats(self, name, holds):
        domain, person = Domain.objects.get(slug="delivery"), self.person(name)
        if holds:
            DomainSeat.objects.get_or_create(domain=domain, seat="owner", person=person)
        else:
            DomainSeat.objects.filter(domain=domain, seat="owner", person=person).delete()

    @rule(hours=st.sampled_from([0, 1, 1, 2, 2, 3, 24 * 15]))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @rule()
    def scan(self):
        """Whatever the clock activates has a quorum for that very hash at this very moment."""
        made = services.scan(now=self.now)
        for one in Activation.objects.filter(pk__in=made).select_related("request", "revision"):
            assert one.revision.number == one.request.revision_number
            votes = _counted(one)
            assert {vote.revision_hash for vote in votes} == {one.revision.digest}
            assert _agreed({vote.person.username for vote in votes}, one.request)
        self.enacted += len(made)
        REACHED.update(["activated"] * len(made))

    @invariant()
    def no_author_is_ever_counted_and_nobody_twice(self):
        for activation in Activation.objects.all():
            counted = [vote.person_id for vote in _counted(activation)]
            wrote = set(
                Revision.objects.filter(
                    request=activation.request, number__lte=activation.revision.number
                ).values_list("author_id", flat=True)
            )
            assert counted
            assert len(counted) == len(set(counted))
            assert not wrote & set(counted)

    @invariant()
    def no_vote_survives_an_edit(self):
        for vote in Vote.objects.filter(voided_at=None).select_related("request", "revision"):
            assert vote.revision.number == vote.request.revision_number
            assert vote.revision_hash == vote.revision.digest

    @invariant()
    def each_revision_is_what_its_hash_says(self):
        for one in Revision.objects.all():
            assert one.digest == revision_digest(one.content, one.base)

    @invariant()
    def what_is_active_was_activated(self):
        """The flow's document is that of the newest activation that names it."""
        flow = Flow.objects.get()
        newest = Activation.objects.filter(request__items__flow=flow).order_by("-pk").first()
        if newest:
            [document] = [o["document"] for o in newest.revision.content if o["kind"] == "flow"]
            assert flow.document == document
        assert Agreement.objects.filter(status="active").count() == 1
        assert Activation.objects.count() == self.enacted

    @invariant()
    def what_ended_stays_ended(self):
        now = dict(ChangeRequest.objects.values_list("pk", "state"))
        for pk, state in self.final.items():
            assert now[pk] == state
        self.final = {pk: state for pk, state in now.items() if state in FINAL}

    @invariant()
    def the_audit_log_rebuilds_every_state(self):
        told: dict[int, str] = {}
        for entry in AuditEntry.objects.filter(action__startswith="change.").order_by("pk"):
            assert entry.before["state"] == told.get(entry.change_request, "")
            told[entry.change_request] = entry.after["state"]
        assert told == dict(ChangeRequest.objects.values_list("pk", "state"))

    @invariant()
    def count_what_was_reached(self):
        REACHED.update(ChangeRequest.objects.values_list("state", flat=True))

    @invariant()
    def one_request_at_a_time_holds_a_thing(self):
        holding = ["in_review", "changes_requested", "approved", "scheduled"]
        held = ChangeRequest.objects.filter(state__in=holding, items__flow__isnull=False)
        assert held.count() <= 1


def _agreed(voters: set[str], request: ChangeRequest) -> bool:
    """The rule pack in other words: an owner, a steward for added rows, else an admin and one."""
    seats = ["owner", "steward"] if request.risk_class == "RV" else ["owner"]
    held = DomainSeat.objects.filter(domain__slug="delivery", seat__in=seats)
    if voters & set(held.values_list("person__username", flat=True)):
        return True
    return bool(voters & {"paul", "petra"}) and len(voters) >= 2


def _counted(activation: Activation) -> list[Vote]:
    return list(
        Vote.objects.filter(revision=activation.revision, verdict="approve", voided_at=None)
    )


@pytest.mark.django_db
def test_no_crowd_makes_anything_active_without_a_quorum():
    run_state_machine_as_test(
        Crowd,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert set(REACHED) >= {"activated", "active", "superseded", "scheduled", "in_review"}
