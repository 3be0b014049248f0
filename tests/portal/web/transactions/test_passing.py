"""The milestones that a business thing has passed, above its timeline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.sla.models import Unit
from portal.web.transactions.passing import passed, unit_of
from tests.integrations.sla import story

pytestmark = pytest.mark.django_db
NOW = story.NOW


def names(unit: Unit, *, stopped: bool = False) -> list[tuple[str, str]]:
    return [(one.name, one.kind) for one in passed(unit, now=NOW, stopped=stopped)]


def test_an_approved_line_waits_for_its_draft():
    story.approved("T-1", "2026-03-02", 900)
    line = unit_of("T-1")
    assert names(line)[:3] == [("Approved", "done"), ("Billable", "done"), ("Drafted", "next")]
    assert names(line, stopped=True)[2:4] == [("Not drafted", "stop"), ("Issued", "next")]


def test_a_milestone_that_nobody_told_of_is_left_out_once_a_later_one_is_passed():
    day = NOW - timedelta(days=1)
    invoice = Unit(unit="invoice", key="INV-1", issued_at=day, applied_at=day)
    assert names(invoice) == [("Issued", "done"), ("Paid", "done")]


def test_what_is_dated_later_than_now_is_still_to_come():
    invoice = Unit(unit="invoice", key="INV-1", issued_at=NOW + timedelta(days=1))
    assert ("Issued", "next") in names(invoice)


def test_the_business_time_since_the_milestone_before_is_told():
    begin = NOW - timedelta(days=4)
    invoice = Unit(unit="invoice", key="I", drafted_at=begin, issued_at=begin + timedelta(days=2))
    steps = passed(invoice, now=NOW, stopped=False)
    assert (steps[0].words, steps[1].words) == ("", "after 2.0 bd")


def test_nothing_is_known_of_a_key_that_no_record_told():
    assert unit_of("X-1") is None
