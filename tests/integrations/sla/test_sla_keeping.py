"""Figures are kept for a moment, and never for longer than what they are made of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from integrations.sla import queries
from integrations.sla import terms as agreed
from integrations.sla.models import FoldTurn, Unit
from integrations.sla.queries import Filters
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS

SLUG = "approved-not-billed"
EVERYTHING = Filters()


@pytest.fixture(autouse=True)
def firm(db, monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    story.approved("T-1", "2026-10-20T10:00", 100_00, currency="EUR")
    yield
    cache.clear()


def shown(filters: Filters = EVERYTHING, now=NOW) -> int:
    """The figure, which the stack of ages and the roll-forward tell as well."""
    found = queries.dashboard(filters, now=now, more=())
    told = {
        found.figures[SLUG].value,
        sum(one.value for one in found.ageing),
        found.roll_forward.closing.value,
    }
    assert len(told) == 1
    return int(told.pop())


def listed(filters: Filters = EVERYTHING, now=NOW) -> int:
    return queries.head(SLUG, queries.items(SLUG, filters, now=now), now=now).money


def queries_of(filters: Filters = EVERYTHING, now=NOW) -> int:
    with CaptureQueriesContext(connection) as seen:
        shown(filters, now)
    return len(seen)


def test_a_figure_that_was_asked_for_a_moment_ago_is_not_computed_again():
    first = queries_of()
    assert queries_of() < first / 2
    assert queries_of(now=NOW + timedelta(seconds=59)) < first / 2
    assert shown() == listed() == 100_00


def test_what_is_folded_shows_at_once():
    assert shown() == listed() == 100_00
    story.approved("T-2", "2026-10-21T10:00", 50_00, currency="EUR")
    assert shown() == listed() == 150_00
    story.invoiced("INV-1", "2026-10-22T08:00", ("T-1", 100_00), currency="EUR")
    assert shown() == listed() == 50_00


def test_ages_grow_with_the_clock():
    late = NOW + timedelta(minutes=1)
    first = queries_of()
    assert queries_of(now=late) == first


def test_other_filters_and_other_domains_have_figures_of_their_own():
    assert shown() == 100_00
    assert shown(Filters(currency="GBP")) == 0
    assert shown(Filters(domains=frozenset())) == 0
    assert shown(Filters(domains=frozenset({1}))) == listed(Filters(domains=frozenset({1})))
    assert shown() == 100_00


def test_what_was_taken_back_is_shown_to_nobody():
    """The token is of the same transaction as the change."""
    before = FoldTurn.objects.get().token
    with transaction.atomic():
        story.approved("T-2", "2026-10-21T10:00", 50_00, currency="EUR")
        assert shown() == 150_00
        transaction.set_rollback(True)
    assert FoldTurn.objects.get().token == before
    assert shown() == listed() == 100_00


def test_before_anything_is_folded_nothing_is_kept():
    FoldTurn.objects.update(token="")
    assert shown() == 100_00
    Unit.objects.update(base_minor=1_00)
    assert shown() == listed() == 1_00
