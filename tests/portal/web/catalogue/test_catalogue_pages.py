"""The catalogue pages: who sees what, at what cost, as of when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.approvals import services
from governance.approvals.kinds import KINDS
from governance.flows.models import ValueMap
from tests.firm import register, value_map_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client, person) -> Client:
    client.force_login(person("vera"))
    return client


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_every_kind_can_be_opened_down_to_each_row(viewer, firm):
    assert viewer.get("/catalogue/").status_code == 200
    opened = 0
    for kind in KINDS.values():
        assert viewer.get(f"/catalogue/{kind.plural}/").status_code == 200
        for row in kind.model._default_manager.all():
            for tab in ("overview", "document", "history"):
                answer = viewer.get(f"/catalogue/{kind.plural}/{row.slug}/?tab={tab}")
                assert (kind.plural, row.slug, tab, answer.status_code) == (
                    kind.plural,
                    row.slug,
                    tab,
                    200,
                )
                opened += 1
    assert opened > 60


def test_a_list_costs_the_same_for_any_length(viewer, firm):
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert viewer.get("/catalogue/value-maps/").status_code == 200
        return len(queries)

    cost()
    few = cost()
    register([value_map_item(slug=f"map-{number:03d}") for number in range(40)])
    assert cost() == few <= 20


def test_the_history_says_what_changed(viewer, firm):
    register([value_map_item(("partner", "PAR"))])
    page = text(viewer.get("/catalogue/value-maps/role-codes/?tab=history"))
    assert "Revision 2" in page
    assert "rows / 2" in page
    assert "partner" in page


def test_the_history_says_who_changed_it_why_and_by_which_request(viewer, person):
    items = [value_map_item(("partner", "PAR"))]
    row = services.propose(by=person("ada"), title="Partners are billed", items=items)
    seen = row.revisions.get().digest
    services.vote(request=row, by=person("olga"), verdict="approve", seen=seen)
    services.activate_due(now=timezone.now())
    page = text(viewer.get("/catalogue/value-maps/role-codes/?tab=history"))
    second, _, first = page.partition("Revision 2")[2].partition("Revision 1")
    told = ("Ada Architect", "Partners are billed", f'href="/changes/{row.pk}/"')
    assert [(one in second, one in first) for one in told] == [(True, False)] * 3


def test_as_of_shows_the_document_of_that_day(viewer, firm):
    row = ValueMap.objects.get(slug="role-codes")
    row.history.update(history_date=timezone.now() - timedelta(days=10))
    register([value_map_item(("partner", "PAR"))])
    week_ago = (timezone.now() - timedelta(days=7)).date()
    before = text(viewer.get(f"/catalogue/value-maps/role-codes/?tab=document&as_of={week_ago}"))
    today = text(viewer.get("/catalogue/value-maps/role-codes/?tab=document"))
    assert ("partner" in before, "partner" in today) == (False, True)
    long_ago = text(viewer.get("/catalogue/value-maps/role-codes/?as_of=2001-01-01"))
    assert "not registered yet on that day" in long_ago


@pytest.mark.parametrize("address", ["/catalogue/nothing/", "/catalogue/flows/nothing/"])
def test_what_is_not_there_is_a_404(viewer, firm, address):
    assert viewer.get(address).status_code == 404


@pytest.mark.parametrize("day", ["x", "2026-02-31", "", "0"])
def test_a_day_that_is_none_means_today(viewer, firm, day):
    answer = viewer.get(f"/catalogue/flows/time-to-billing/?as_of={day}")
    assert answer.status_code == 200


def test_strangers_are_sent_to_sign_in(client, firm):
    assert client.get("/catalogue/").status_code == 302


def test_names_are_shown_as_text(viewer, firm):
    register([value_map_item(name="<script>alert(1)</script>")])
    page = text(viewer.get("/catalogue/value-maps/"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
