"""Assigning, snoozing, grouping and counting down, in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.cases.models import Case
from portal.templatetags.clocks import business
from tests.integrations.cases import calendars
from tests.portal.web.queue.test_queue_acts import act, fresh, said, text

pytestmark = pytest.mark.django_db


def test_a_case_is_assigned_to_one_of_those_who_may(refused, stan, person):
    case = refused(1, hours="-1")[0]
    page = stan.get(f"/queue/cases/{case.pk}/").content.decode()
    assert re.findall(r'<option value="(\w+)">', page)[:4] == ["fiona", "olga", "otto", "stella"]
    answer = act(stan, case, "assign", to="stella", reason="knows the project")
    assert said(answer) == ["Assigned to Stella Steward."]
    assert fresh(case).claimed_by == person("stella")


def test_what_is_missing_is_told_in_a_toast(refused, stan):
    case = refused(1, hours="-1")[0]
    answer = act(stan, case, "assign", to="stella")
    assert said(answer) == ["Say why: the case's history keeps the reason."]
    assert said(act(stan, case, "snooze", until="9y", reason="x")) == ["Choose until when."]
    assert said(act(stan, case, "assign", to="nobody", reason="x")) == [
        "there is no such colleague"
    ]


def test_a_case_is_snoozed_until_a_business_time_and_woken(refused, stan):
    calendars.keep(holidays=[])
    case = refused(1, hours="-1")[0]
    act(stan, case, "snooze", until="open", reason="the office opens")
    until = fresh(case).snoozed_until
    assert (until > timezone.now(), until.minute) == (True, 0)
    assert "0 open in 0 problems" in text(stan.get("/queue/"))
    assert "1 open in 1 problem" in text(stan.get("/queue/?view=snoozed"))
    assert said(act(stan, case, "unsnooze")) == ["Awake. It stands in the queue again."]
    assert fresh(case).snoozed_until is None


@pytest.mark.parametrize(
    ("group", "title", "link"),
    [
        ("customer", "ACME UK", "?t=customer%3A%22ACME+UK%22"),
        ("project", "P-1", "?t=project%3AP-1"),
        ("system", "PSA", "?t=system%3Apsa"),
    ],
)
def test_a_group_leads_to_its_cases_by_problem(refused, stan, group, title, link):
    refused(1, role="partner", customer="ACME UK", amount="100.00")
    page = stan.get(f"/queue/?group={group}").content.decode()
    assert (f'href="/queue/{link}"' in page, title in page) == (True, True)
    assert "1 open in 1 problem " in text(stan.get(f"/queue/{link}"))


@pytest.mark.parametrize("group", ["customer", "project", "system"])
def test_groups_cost_the_same_for_any_number(refused, stan, group):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            stan.get(f"/queue/?group={group}")
        return len(found)

    refused(1, role="partner", customer="C-1")
    few = asked()
    for number in range(2, 12):
        refused(1, start=number, role="partner", customer=f"C-{number}")
    assert asked() == few


def test_what_names_no_customer_is_a_group_of_its_own(refused, stan):
    refused(1, role="partner")
    page = stan.get("/queue/?group=customer").content.decode()
    assert "No customer" in page
    assert 'href="/queue/?t=customer%3A-"' in page


def test_the_countdown_runs_in_business_time(refused, stan):
    calendars.keep(holidays=[], opens="00:00", closes="00:01", weekdays=[1, 2, 3, 4, 5, 6, 7])
    refused(1, role="partner")
    Case.objects.update(due_at=timezone.now() + timedelta(days=3, hours=1))
    told = text(stan.get("/queue/?group=record"))
    assert re.search(r"[34] bd left", told)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 m"), (59 * 60, "59 m"), (5400, "1 h 30 m"), (100_800, "3 bd 4 h")]
)
def test_business_days_are_as_long_as_the_calendar_says(seconds, words):
    assert business(seconds, 8 * 3600) == words
