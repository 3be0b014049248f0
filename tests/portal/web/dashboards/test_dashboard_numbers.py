"""Every number of the page opens a list whose rows come to it; so does each number found there."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.cache import cache

from tests.integrations.sla import story
from tests.integrations.sla.story import NOW
from tests.portal.web.dashboards.conftest import GB
from tests.portal.web.dashboards.walking import COMES_TO, Found, Walk

pytestmark = pytest.mark.django_db
VIEWS = ["", "?region=UKI", "?currency=EUR", "?constant_fx=1&period=2026-09", "?period=28d"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_number_is_what_the_rows_of_its_list_come_to(blocked, fiona, view):
    walk = Walk(fiona)
    found = walk.numbers(f"/dashboards/{view}")
    assert {one.of for one in found} >= {"worth", "n", "p95", "p50", "share", "expected"}
    if not view:
        assert {one.of for one in found} == set(COMES_TO) - {"p90"}
    for one in found:
        walk.check(one)


def test_they_still_are_after_a_late_event(blocked, fiona):
    before = {told(one) for one in Walk(fiona).numbers("/dashboards/")}
    late = story.told("line", "T-10", "time-approved", "2026-08-01T10:00", 999_99, **GB)
    story.tell("T-10", late, flow=blocked.flow_id)
    story.invoiced("INV-10", "2026-10-28T10:00", ("T-2", 200_03), **GB)
    story.exposed(NOW)
    walk = Walk(fiona)
    found = walk.numbers("/dashboards/")
    assert {told(one) for one in found} != before
    for one in found:
        walk.check(one)


def test_kept_numbers_follow_a_late_event_as_well(blocked, fiona, settings):
    """Where figures, heads and pieces are kept for a minute."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    for before in (Walk(fiona), Walk(fiona)):
        for one in before.numbers("/dashboards/"):
            before.check(one)
    late = story.told("line", "T-10", "time-approved", "2026-08-01T10:00", 999_99, **GB)
    story.tell("T-10", late, flow=blocked.flow_id)
    after = Walk(fiona)
    found = after.numbers("/dashboards/")
    assert set(map(told, found)) != set(map(told, before.numbers("/dashboards/")))
    for one in found:
        after.check(one)


def told(one: Found) -> tuple[str, str, str, str]:
    return one.url, one.of, one.currency, one.value


@pytest.mark.parametrize("slug", ["approved-not-billed", "revenue-at-risk", "issued-not-posted"])
@pytest.mark.parametrize("group", ["cause", "region", "stage", "currency", "part"])
def test_each_piece_of_a_list_opens_rows_that_come_to_it(blocked, fiona, slug, group):
    walk = Walk(fiona)
    pieces = [one for one in walk.read(f"/dashboards/{slug}/?group={group}").numbers if one.url]
    assert pieces
    for one in pieces:
        walk.check(one)


@pytest.mark.parametrize("order", ["oldest", "amount"])
def test_a_list_of_several_pages_comes_to_its_number(blocked, fiona, order):
    for number in range(60):
        line = story.told("line", f"M-{number}", "time-approved", "2026-10-28T10:00", 1_00, **GB)
        story.tell(f"M-{number}", line, flow=blocked.flow_id)
    walk = Walk(fiona)
    url = f"/dashboards/approved-not-billed/?sort={order}"
    rows = walk.rows_of(url)
    [head] = [
        one for one in walk.read(url).numbers if (one.of, one.row) == ("worth", "") and not one.url
    ]
    assert len(rows) == 60 + 6
    assert sum(row["worth"] for row in rows) == Decimal(head.value)
