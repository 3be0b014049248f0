"""Home tells each role what needs it: clocks, activations, money, seals, or where to start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance import clock
from governance.approvals import services as approvals
from governance.approvals.lifecycle import State, Verdict
from governance.approvals.models import ChangeRequest
from governance.audit import services as audit
from governance.audit.models import AuditEntry
from governance.audit.sealing import seal
from governance.audit.verifying import verify_last
from governance.database import install
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status
from governance.rules import RULES
from integrations.cases.lifecycle import Urgency
from integrations.cases.models import Case
from portal.web.shell.needs import Need
from tests import pipeline
from tests.firm import value_map_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client, person):
    def sign_in(username: str) -> Client:
        client.force_login(person(username))
        return client

    return sign_in


@pytest.fixture
def late(firm):
    """`late(2)`: two cases past their time, each a problem of its own."""

    def make(number: int) -> None:
        pipeline.put(*(pipeline.time_entry(f"L-{n}", role=f"role-{n}") for n in range(number)))
        pipeline.run(firm)
        due = clock.now() - timedelta(hours=1)
        Case.objects.update(due_at=due, urgency=Urgency.BREACHED)

    return make


@pytest.fixture
def request_of(person):
    def propose(number: int, *, approve: bool = False) -> ChangeRequest:
        item = value_map_item(("x", "X"), slug=f"map-{number}", name=f"Map {number}")
        row = approvals.propose(by=person("ada"), title=f"Map {number}", items=[item])
        if approve:
            seen = row.revisions.get().digest
            by = person("olga")
            approvals.vote(request=row, by=by, verdict=Verdict.APPROVE, reason="ok", seen=seen)
            approvals.activate_due(now=clock.now())
        row.refresh_from_db()
        return row

    return propose


def section(client: Client, title: str) -> Need | None:
    page = client.get("/")
    found = [*page.context["main"], *page.context["aside"]]
    return next((need for need in found if need.title == title), None)


def titles(client: Client) -> list[str]:
    page = client.get("/")
    return [need.title for need in [*page.context["main"], *page.context["aside"]]]


def test_each_role_sees_its_own_sections(as_, firm):
    clocks, week = "Breaches in my domains", "Activating this week"
    assert {name: titles(as_(name)) for name in ("stan", "fiona", "aude", "vera")} == {
        "stan": ["My approvals", "My cases", clocks, week],
        "fiona": ["My approvals", "My cases", "Money", clocks, week],
        "aude": ["Activated in the last seven days", clocks, week, "Seals of the log"],
        "vera": [week],
    }


def test_breaches_are_told_by_problem_and_only_of_own_domains(as_, late):
    late(2)
    told = section(as_("stan"), "Breaches in my domains")
    assert told is not None
    assert (told.count, told.summary, [row.late for row in told.rows]) == (
        2,
        "2 breaches",
        [True, True],
    )
    foreign = section(as_("fred"), "Breaches in my domains")
    assert foreign is not None
    assert (foreign.count, list(foreign.rows)) == (0, [])
    assert "L-0" not in as_("fred").get("/").text


def test_what_will_be_late_within_two_hours_is_close(as_, late):
    late(2)
    soon = clock.now() + timedelta(minutes=90)
    Case.objects.filter(pk=Case.objects.order_by("pk").values("pk")[:1]).update(
        due_at=soon, urgency=Urgency.IN_TIME
    )
    told = section(as_("stan"), "Breaches in my domains")
    assert told is not None
    assert (told.summary, [row.late for row in told.rows]) == (
        "1 breach and 1 close",
        [True, False],
    )


def test_changes_of_the_next_seven_days_stand_in_their_order(as_, request_of):
    waiting = {number: request_of(number) for number in (1, 2, 3)}
    for number, days in ((1, 6), (2, 1), (3, 9)):
        ChangeRequest.objects.filter(pk=waiting[number].pk).update(
            state=State.SCHEDULED, scheduled_for=clock.now() + timedelta(days=days)
        )
    told = section(as_("vera"), "Activating this week")
    assert told is not None
    assert [row.title for row in told.rows] == ["Map 2", "Map 1"]
    assert f"CR-{waiting[2].pk:04}" in as_("vera").get("/").text


def test_an_auditor_sees_what_was_activated_and_that_the_seal_holds(as_, request_of):
    request_of(1, approve=True)
    seal(now=clock.now())
    aude = as_("aude")
    told = section(aude, "Activated in the last seven days")
    assert told is not None
    assert [row.request.title for row in told.rows] == ["Map 1"]
    assert "Seal 1 verifies" in aude.get("/").text


@pytest.mark.sqlite
def test_an_altered_entry_becomes_the_headline_of_the_auditor(as_, firm, person):
    audit.record("flow.paused", subject=Flow.objects.get(), by=person("olga"))
    seal(now=clock.now())
    with connection.cursor() as cursor:
        for rule in RULES:
            for name in rule.triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    try:
        AuditEntry.objects.update(reason="never mind")
        page = as_("aude").get("/")
        assert page.context["lead"].sentence == "The audit log does not verify."
        assert "was altered" in page.text
    finally:
        install(connection, RULES)


def test_a_log_without_seals_has_nothing_to_verify(firm):
    assert verify_last() == []


def test_an_empty_portal_says_what_to_do_next(as_, firm):
    Flow.objects.update(status=Status.RETIRED)
    page = as_("ada").get("/")
    assert (page.context["lead"].title, page.context["lead"].action) == (
        "Start here",
        "Propose a change",
    )
    assert "an architect does" in as_("vera").get("/").text


@pytest.mark.parametrize("username", ["olga", "aude", "fiona"])
def test_home_costs_the_same_however_much_waits(as_, late, request_of, username):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/").status_code == 200
        return len(queries)

    late(1)
    request_of(0, approve=True)
    request_of(1)
    client = as_(username)
    cost()
    few = cost()
    for number in range(2, 8):
        request_of(number, approve=number % 2 == 0)
    late(9)
    assert cost() == few
