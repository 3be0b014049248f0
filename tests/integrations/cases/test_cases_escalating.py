"""Escalation in business time: each step once, to those who may know, in one notice a problem."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from governance.agreements.models import Agreement
from governance.audit.models import AuditEntry
from governance.notifications.models import Delivery, Notification
from governance.notifications.queries import inbox
from integrations.cases import services
from integrations.cases.escalating import QUIET, escalate
from integrations.cases.handing import assign, snooze
from integrations.cases.models import Case
from integrations.cases.services import open_case
from integrations.cases.settling import settle
from integrations.sync.services import tick
from portal.accounts.models import User
from tests.firm import NOW, flow_item, register
from tests.integrations.cases import calendars

pytestmark = pytest.mark.django_db
STEPS = [{"after": "PT1H", "to": "team:operations"}, {"after": "PT10H", "to": "seat:owner"}]
ONE_HOUR = NOW + timedelta(hours=1)
WEDNESDAY = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
"""Seven hours on Monday from ten in Berlin, none on Tuesday's holiday, and three on Wednesday."""


def agree(steps: list[dict[str, Any]], members: list[str]) -> Agreement:
    """The flow's agreement names a path with these steps."""
    here = {"domain": "delivery"}
    team = {"slug": "operations", "name": "Operations", "members": members, **here}
    path = {"slug": "within-the-day", "name": "Within the day", "steps": steps, **here}
    register(
        [
            {"kind": "team", "document": team},
            {"kind": "escalation_path", "document": path},
            flow_item(escalation_path="within-the-day"),
        ]
    )
    return Agreement.objects.get(status="active")


@pytest.fixture
def opened(firm: Agreement, arrived: Callable[..., Any]) -> Callable[..., Case]:
    """A case under a path, by Berlin's hours."""
    calendars.keep()

    def make(
        key: str = "T-1", *, steps: Any = STEPS, members: Any = ("stan", "stella"), at: Any = NOW
    ) -> Case:
        agreed = agree(steps, list(members))
        detail = {"rule": "schema", "pointer": "/hours", "message": f"'{key}' is no number"}
        told = {"klass": "data", "title": "Hours are no number", "detail": detail}
        return open_case(**told, agreement=agreed, message=arrived(key), now=at)

    return make


def told(username: str) -> list[str]:
    rows = inbox(User.objects.get(username=username)).order_by("id")
    return [row.notification.subject for row in rows]


def lines(case: Case) -> list[str]:
    rows = case.events.filter(action__in=["escalated", "step passed over"]).order_by("pk")
    return [row.text for row in rows]


def timer(case: Case) -> tuple[int, datetime | None]:
    case.refresh_from_db()
    return case.step, case.step_at


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (NOW, ONE_HOUR),
        (datetime(2026, 3, 2, 15, 30, tzinfo=UTC), datetime(2026, 3, 4, 8, 30, tzinfo=UTC)),
        (datetime(2026, 3, 6, 15, 45, tzinfo=UTC), datetime(2026, 3, 9, 8, 45, tzinfo=UTC)),
        (datetime(2026, 3, 7, 12, 0, tzinfo=UTC), datetime(2026, 3, 9, 9, 0, tzinfo=UTC)),
        (datetime(2026, 3, 27, 15, 30, tzinfo=UTC), datetime(2026, 3, 30, 7, 30, tzinfo=UTC)),
    ],
    ids=["in the morning", "before a holiday", "before a weekend", "within it", "summer time"],
)
def test_a_step_counts_business_hours_alone(opened, at, first):
    assert timer(opened(at=at)) == (0, first)


def test_the_steps_are_told_in_turn_to_those_whom_they_name_and_in_the_history(opened):
    case = opened()
    assert escalate(now=ONE_HOUR - timedelta(seconds=1)) == 0
    assert escalate(now=ONE_HOUR) == 1
    assert told("stan") == told("stella") == ["Still open: Hours are no number"]
    assert told("olga") == told("ada") == []
    assert timer(case) == (1, WEDNESDAY)
    assert escalate(now=WEDNESDAY) == 1
    assert told("olga") == told("otto") == ["Still open: Hours are no number"]
    assert timer(case) == (2, None)
    assert escalate(now=WEDNESDAY + timedelta(days=30)) == 0
    assert lines(case) == [
        "Escalated to Operations (Stan Steward, Stella Steward)",
        "Escalated to owner of Delivery (Olga Owner, Otto Owner)",
    ]
    entries = AuditEntry.objects.filter(action="case.escalated").order_by("id")
    assert [one.after for one in entries] == [
        {"path": "within-the-day", "step": 1},
        {"path": "within-the-day", "step": 2},
    ]
    assert {one.by_label for one in entries} == {"the system"}


def test_the_notice_says_how_long_how_much_and_why(opened):
    case = opened()
    tick(now=ONE_HOUR)
    notice = Notification.objects.get()
    assert notice.link == f"/queue/problems/{case.fingerprint}/"
    assert notice.text.splitlines() == [
        "Nobody has taken it in 1 business hour.",
        "1 case in Delivery, EUR 1,200.00. Due 2 March 2026 13:00 UTC.",
        "Told: Operations, by step 1 of 2 of the escalation path within-the-day.",
    ]


def test_two_ticks_tell_a_step_once(opened):
    case = opened()
    assert [escalate(now=ONE_HOUR), escalate(now=ONE_HOUR)] == [1, 0]
    assert (Delivery.objects.count(), len(lines(case))) == (2, 1)


def test_many_cases_of_a_problem_are_one_notice_and_later_ones_wait_while_it_is_open(opened):
    cases = [opened(f"T-{n}") for n in range(14)]
    assert escalate(now=ONE_HOUR) == 14
    assert told("stan") == ["Still open: Hours are no number, 14 time entries"]
    notice = Notification.objects.get()
    assert notice.link == f"/queue/problems/{cases[0].fingerprint}/"
    assert "14 cases in Delivery, EUR 16,800.00." in notice.text
    later = opened("T-99", at=NOW + timedelta(minutes=10))
    assert escalate(now=ONE_HOUR + timedelta(minutes=10)) == 1
    assert len(told("stan")) == 1
    assert lines(later)[0].endswith("; they knew of this problem already")
    assert {len(lines(case)) for case in cases} == {1}


@pytest.mark.parametrize("ended", ["all closed", "a day on"])
def test_a_problem_that_comes_back_or_lasts_is_told_again(opened, ended):
    case = opened()
    escalate(now=ONE_HOUR)
    at = NOW + timedelta(minutes=10)
    if ended == "all closed":
        settle(messages=[case.message_id], now=at, resolution="Planned")
    else:
        at += QUIET
    other = opened("T-2", at=at)
    other.refresh_from_db()
    escalate(now=other.step_at)
    assert len([one for one in told("stan") if "Hours" in one]) == 2


def test_a_claim_stops_the_early_step_and_not_the_late_one(opened, person):
    case = opened()
    services.claim(case=case, by=person("stella"), now=NOW)
    escalate(now=ONE_HOUR)
    assert told("stan") == []
    assert lines(case) == ["Operations not told: Stella Steward has taken it"]
    escalate(now=WEDNESDAY)
    assert told("olga") == ["Still open: Hours are no number"]
    assert Notification.objects.get().text.startswith("Somebody has taken it, and it is open for")


def test_a_released_case_begins_the_stopped_step_anew(opened, person):
    case = opened()
    services.claim(case=case, by=person("stella"), now=NOW)
    escalate(now=ONE_HOUR)
    services.release(case=case, by=person("stella"), now=ONE_HOUR)
    assert timer(case) == (0, NOW + timedelta(hours=2))
    escalate(now=NOW + timedelta(hours=2))
    assert told("stan") == ["Still open: Hours are no number"]
    services.claim(case=case, by=person("stella"), now=ONE_HOUR)
    services.release(case=case, by=person("stella"), now=ONE_HOUR)
    assert timer(case) == (1, WEDNESDAY)


@pytest.mark.parametrize(("when", "heard"), [("open", 1), ("unclaimed", 0), ("", 0)])
def test_the_path_may_say_what_a_claim_stops(opened, person, when, heard):
    case = opened(steps=[{"after": "PT1H", "to": "team:operations", "when": when}])
    services.claim(case=case, by=person("stella"), now=NOW)
    escalate(now=ONE_HOUR)
    assert len(told("stan")) == heard


def test_what_is_snoozed_replayed_or_closed_is_told_to_nobody(opened, person):
    asleep, running, closed = opened("T-1"), opened("T-2"), opened("T-3")
    snooze(case=asleep, until=WEDNESDAY, by=person("stan"), reason="wait", now=NOW)
    Case.objects.filter(pk=running.pk).update(state="replaying")
    settle(messages=[closed.message_id], now=NOW, resolution="Planned")
    assert escalate(now=ONE_HOUR) == 0
    assert escalate(now=WEDNESDAY) == 1
    assert lines(asleep) != []


def test_who_may_not_see_the_case_is_not_told_and_an_empty_step_falls_to_the_owners(opened):
    case = opened(members=["fred"])
    escalate(now=ONE_HOUR)
    assert told("fred") == []
    assert told("olga") == told("otto") == ["Still open: Hours are no number"]
    assert lines(case) == [
        "Escalated to owner of Delivery (Olga Owner, Otto Owner), "
        "as nobody of Operations may see it"
    ]


def test_with_nobody_left_the_history_says_so(opened):
    case = opened(members=["fred"])
    User.objects.exclude(username="fred").update(is_active=False)
    escalate(now=ONE_HOUR)
    assert lines(case)[0].startswith("Escalated to nobody:")
    assert Delivery.objects.count() == 0


def test_a_step_may_name_a_webhook_or_the_ways(opened):
    hook = {"after": "PT1H", "to": "webhook:psa-main"}
    quiet = {"after": "PT2H", "to": "person:fiona", "by": ["inbox"], "when": "open"}
    User.objects.filter(username="fiona").update(email="fiona@example.com")
    case = opened(steps=[hook, quiet])
    escalate(now=ONE_HOUR)
    escalate(now=NOW + timedelta(hours=2))
    rows = Delivery.objects.order_by("id").values_list("channel", "address", "person__username")
    assert list(rows) == [("webhook", "psa-main", None), ("inbox", "", "fiona")]
    assert lines(case)[0] == "Escalated to webhook psa-main"


def test_a_case_without_a_path_has_no_timer(firm, case_of):
    assert timer(case_of()) == (0, None)


def test_a_path_that_was_shortened_ends(opened):
    case = opened()
    escalate(now=ONE_HOUR)
    shorter = agree(STEPS[:1], ["stan"])
    Case.objects.update(agreement=shorter)
    assert escalate(now=WEDNESDAY) == 1
    assert (timer(case), len(lines(case))) == ((2, None), 1)


def test_a_tick_costs_the_same_for_one_problem_of_any_size(opened, django_assert_max_num_queries):
    for n in range(10):
        opened(f"T-{n}")
    with django_assert_max_num_queries(40 + 2 * 10):
        escalate(now=ONE_HOUR)


def test_whoever_is_handed_a_case_is_told_and_who_takes_it_is_not(opened, person):
    case = opened()
    stan, stella = person("stan"), person("stella")
    assign(case=case, to=stella, by=stan, reason="She knows them", now=NOW)
    assign(case=case, to=stan, by=stan, reason="Back to me", now=NOW)
    assert told("stella") == ["Stan Steward hands you a case: Hours are no number"]
    assert told("stan") == []
