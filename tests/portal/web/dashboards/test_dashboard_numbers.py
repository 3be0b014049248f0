"""Every number of the page opens a list whose rows come to it; so does each number found there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations.sla.exposing import expose
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW
from tests.portal.web.dashboards.conftest import GB
from tests.portal.web.dashboards.walking import COMES_TO, Found, read, rows_of

pytestmark = pytest.mark.django_db
VIEWS = ["", "?region=UKI", "?currency=EUR", "?constant_fx=1&period=2026-09", "?period=28d"]


def check(client, one: Found) -> None:
    rows = rows_of(client, one.url)
    told = COMES_TO[one.of](rows, one.currency)
    assert float(told) == pytest.approx(float(one.value), abs=1e-9), one


def heads(client, one: Found) -> list[Found]:
    """The same number at the head of its own list."""
    listed = read(client, one.url).numbers
    return [
        each
        for each in listed
        if (each.of, each.currency) == (one.of, one.currency) and not each.url and not each.row
    ]


def numbers(client, url: str) -> list[Found]:
    """All numbers of a page; one without a name or without a list is a mistake."""
    found = read(client, url).numbers
    assert [one for one in found if not one.url or one.of not in COMES_TO] == []
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_every_number_is_what_the_rows_of_its_list_come_to(blocked, fiona, view):
    found = numbers(fiona, f"/dashboards/{view}")
    assert {one.of for one in found} >= {"worth", "n", "p95", "p50", "share", "expected"}
    for one in found:
        if one.value:
            check(fiona, one)
            assert Decimal(one.value) == Decimal(heads(fiona, one)[0].value)


def test_they_still_are_after_a_late_event(blocked, fiona):
    before = {(one.url, one.of, one.currency): one.value for one in numbers(fiona, "/dashboards/")}
    late = story.told("line", "T-10", "time-approved", "2026-08-01T10:00", 999_99, **GB)
    story.tell("T-10", late, flow=blocked.flow_id)
    story.invoiced("INV-10", "2026-10-28T10:00", ("T-2", 200_03), **GB)
    expose(now=NOW)
    found = numbers(fiona, "/dashboards/")
    after = {(one.url, one.of, one.currency): one.value for one in found}
    assert before != after
    for one in found:
        check(fiona, one)


@pytest.mark.parametrize("slug", ["approved-not-billed", "revenue-at-risk", "issued-not-posted"])
def test_each_piece_of_a_list_opens_rows_that_come_to_it(blocked, fiona, slug):
    for group in ("cause", "region", "stage", "currency", "part"):
        pieces = [
            one for one in read(fiona, f"/dashboards/{slug}/?group={group}").numbers if one.url
        ]
        assert pieces
        for one in pieces:
            check(fiona, one)


def test_numbers_hold_over_several_pages(blocked, fiona):
    for number in range(60):
        line = story.told("line", f"M-{number}", "time-approved", "2026-10-28T10:00", 1_00, **GB)
        story.tell(f"M-{number}", line, flow=blocked.flow_id)
    for order in ("oldest", "amount"):
        rows = rows_of(fiona, f"/dashboards/approved-not-billed/?sort={order}")
        assert len(rows) == 60 + 6
    for one in numbers(fiona, "/dashboards/"):
        check(fiona, one)
