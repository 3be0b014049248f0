"""The queue's figures: waits in business time, and every number is the length of its list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.ownership.models import Domain
from integrations.cases.models import Case, CaseEvent
from integrations.sla import terms as agreed
from integrations.sla.backlog import PIECES, backlog
from integrations.sla.queries import Filters, entry, items
from integrations.sla.queueing import acknowledged, resolved
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS, at

EVERYTHING = Filters()


@pytest.fixture
def domain(db, monkeypatch):
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    return Domain.objects.create(slug="billing", name="Billing", status="active")


def case(domain, key: str, opened: str, *, claimed: str = "", closed: str = "") -> Case:
    """London's hours are 9:00 to 17:30, and in October an hour ahead of UTC until the 25th."""
    made = Case.objects.create(
        klass="mapping",
        title=f"About {key}",
        fingerprint=key,
        domain=domain,
        system="erp",
        connection=key,
        business_key=key,
        opened_at=at(opened),
        due_at=at(opened) + timedelta(hours=4),
        state="resolved" if closed else "open",
        closed_at=at(closed) if closed else None,
    )
    if claimed:
        CaseEvent.objects.create(case=made, at=at(claimed), action="claimed")
        CaseEvent.objects.create(case=made, at=at(claimed) + timedelta(hours=3), action="claimed")
    return made


@pytest.fixture
def queue(domain):
    case(domain, "A", "2026-10-26T10:00", claimed="2026-10-26T11:00", closed="2026-10-26T12:00")
    case(domain, "B", "2026-10-23T15:30", claimed="2026-10-26T10:00", closed="2026-10-27T17:30")
    case(domain, "C", "2026-10-27T10:00")
    case(domain, "D", "2026-10-29T07:50")
    return case(domain, "E", "2026-08-03T10:00", closed="2026-08-04T10:00")


def test_waits_are_business_time_and_old_open_cases_count_as_bad(queue):
    taken = acknowledged(EVERYTHING, TERMS, NOW)
    assert (taken.n, taken.unit) == (3, "business_hours")
    assert (taken.parts["p50"], taken.parts["p90"]) == (pytest.approx(2.0), pytest.approx(16.0))
    assert taken.parts["share"] == pytest.approx(200 / 3)
    closed = resolved(EVERYTHING, TERMS, NOW)
    assert (closed.n, closed.unit) == (3, "business_days")
    assert closed.objective == "90 % within 1 business days"


@pytest.mark.parametrize("filters", [EVERYTHING, Filters(region="UKI")])
def test_every_number_of_the_queue_is_the_length_of_its_list(queue, domain, filters):
    story.approved("B", "2026-10-20T10:00", 1, region="UKI")
    for _ in range(2):
        for figure in (acknowledged, resolved, backlog):
            found = figure(filters, TERMS, NOW)
            assert found.n == len(items(found.slug, filters, now=NOW))
        counts = backlog(filters, TERMS, NOW).parts
        for name in PIECES:
            assert counts[name] == len(items(f"cases-{name}", filters, now=NOW))
        CaseEvent.objects.create(case=queue, at=NOW - timedelta(hours=1), action="failed again")
        story.approved("E", "2026-10-20T10:00", 1, region="UKI")


def test_the_backlog_tells_what_came_and_went_and_how_old_the_rest_is(queue):
    CaseEvent.objects.create(case=queue, at=NOW - timedelta(hours=1), action="failed again")
    found = backlog(EVERYTHING, TERMS, NOW)
    assert (found.value, found.said) == (2, "4 came, 2 went, 1 came back")
    assert found.parts["alone"] == 2
    assert found.parts["p50"] == 0.0
    assert found.parts["p90"] == pytest.approx(15.5 / 8.5 + 0.5 / 8.5)
    shown = entry(items("case-backlog", EVERYTHING, now=NOW).order_by("opened_at")[0])
    assert (shown.kind, shown.key, shown.title) == ("case", "C", "About C")
