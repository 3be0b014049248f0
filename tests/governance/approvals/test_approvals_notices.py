"""Whom a change request tells: those whose vote is asked, and those who wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from governance.approvals import services
from governance.approvals.activating import scan
from governance.approvals.steps import current
from governance.notifications.models import Delivery
from governance.notifications.queries import inbox
from governance.ownership.models import Domain
from portal.accounts.models import User
from tests.firm import NOW, register
from tests.governance.approvals.acts import (
    DOLLARS,
    LATER,
    every,
    in_currency,
    opened,
    submitted,
    voted,
)
from tests.integrations.cases.calendars import BERLIN

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 9, 7, 59, tzinfo=UTC)
"""A minute before nine in Berlin."""


def told(username: str) -> list[str]:
    rows = inbox(User.objects.get(username=username)).order_by("id")
    return [row.notification.subject.partition(":")[0] for row in rows]


def unread(username: str) -> list[str]:
    rows = inbox(User.objects.get(username=username)).filter(read_at=None).order_by("id")
    return [row.notification.subject.partition(":")[0] for row in rows]


def test_those_who_could_vote_are_asked_and_nobody_else(person):
    request = submitted(person("otto"), every(5))
    assert told("olga") == ["Your vote is asked"]
    for other in ("otto", "ada", "stan", "fiona", "vera", "fred"):
        assert told(other) == []
    notice = inbox(person("olga")).get().notification
    assert notice.link == f"/changes/{request.pk}/"
    assert notice.text.splitlines()[0] == "Otto Owner proposes a change of class R2."
    assert notice.text.splitlines()[-1] == "Asked for: owner."


def test_a_draft_tells_nobody(person):
    opened(person("otto"), every(5))
    assert Delivery.objects.count() == 0


def test_the_author_hears_of_approval_and_activation_and_the_question_is_settled(person):
    request = submitted(person("otto"), every(5))
    voted(request, person("olga"))
    assert told("otto") == ["Approved"]
    assert (unread("olga"), told("olga")) == ([], ["Your vote is asked"])
    services.activate_due(now=LATER)
    services.activate_due(now=LATER)
    assert told("otto") == ["Approved", "Active"]
    assert inbox(person("otto"))[0].notification.text == (
        "From now on it holds. Flows that run under it: Approved time PSA → Billing."
    )


def test_one_vote_of_several_settles_its_own_question_alone(person):
    request = submitted(person("otto"), in_currency(DOLLARS))
    voted(request, person("olga"))
    assert (unread("olga"), told("otto")) == ([], [])
    assert unread("ada") == unread("fiona") == ["Your vote is asked"]


def test_what_comes_back_says_who_wants_what_and_is_asked_anew(person):
    request = submitted(person("otto"), every(5))
    voted(request, person("olga"), "request_changes", reason="five minutes are too few")
    assert (told("otto"), unread("olga")) == (["Changes requested"], [])
    text = inbox(person("otto")).get().notification.text
    assert text == "Olga Owner: five minutes are too few"
    request.refresh_from_db()
    seen = current(request).digest
    items = [every(10)]
    services.revise(request=request, by=person("otto"), items=items, seen=seen, now=LATER)
    assert unread("olga") == ["Your vote is asked"]


def test_an_edit_in_review_asks_anew_once(person):
    request = submitted(person("otto"), every(5))
    seen = current(request).digest
    services.revise(request=request, by=person("otto"), items=[every(7)], seen=seen, now=LATER)
    assert (told("olga"), unread("olga")) == (["Your vote is asked"] * 2, ["Your vote is asked"])


def test_a_rejection_and_a_withdrawal_leave_no_question_open(person):
    first = submitted(person("otto"), every(5))
    services.reject(request=first, by=person("olga"), reason="no", now=NOW)
    assert (told("otto"), unread("olga")) == (["Rejected"], [])
    second = submitted(person("otto"), every(5))
    services.withdraw(request=second, by=person("otto"), now=NOW)
    assert (told("otto"), unread("olga")) == (["Rejected"], [])


def test_lost_ground_tells_the_author_and_asks_who_is_left(person):
    request = submitted(person("otto"), every(5))
    tomorrow = NOW + timedelta(days=1)
    services.schedule(request=request, by=person("otto"), at=tomorrow, now=NOW)
    voted(request, person("olga"))
    seats = Domain.objects.get(slug="delivery").seats
    seats.create(person=person("ada"), seat="owner")
    seats.filter(person=person("olga")).delete()
    services.scan(now=LATER)
    assert told("otto") == ["Approved", "Back in review"]
    assert unread("ada") == ["Your vote is asked"]


def test_a_missing_vote_is_asked_for_again_once_each_business_day(person):
    register([{"kind": "business_calendar", "document": BERLIN}])
    request = submitted(person("otto"), every(5))
    friday = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
    services.comment(request=request, by=person("stan"), text="hm", now=friday)
    moments = {
        friday + timedelta(hours=3): 0,
        friday + timedelta(days=1): 0,
        MONDAY: 0,
        MONDAY + timedelta(minutes=2): 0,
        MONDAY + timedelta(hours=4, minutes=2): 1,
        MONDAY + timedelta(hours=6): 1,
        MONDAY + timedelta(days=1): 1,
        MONDAY + timedelta(days=1, minutes=2): 2,
        MONDAY + timedelta(days=1, hours=8): 2,
    }
    for moment, times in moments.items():
        scan(now=moment)
        scan(now=moment)
        assert told("olga").count("Your vote is still asked") == times, moment
    voted(request, person("olga"), now=MONDAY + timedelta(days=1, hours=8))
    assert unread("olga") == []
    scan(now=MONDAY + timedelta(days=3))
    assert told("olga").count("Your vote is still asked") == 2


def test_fourteen_silent_days_tell_the_author_once(person):
    submitted(person("otto"), every(5))
    for _ in range(2):
        services.expire_idle(now=NOW + timedelta(days=15))
    assert told("otto") == ["Expired"]
