"""Reconciliation in the browser and by REST: figures, breaks, export, sign-off."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.reconciliation.models import Break, PeriodSignOff, Reconciliation
from tests.integrations.reconciliation import story

pytestmark = pytest.mark.django_db
PAGE = "/reconciliation/"


@pytest.fixture
def both(firm):
    return story.agreed()


@pytest.fixture
def broken(both):
    """One that matches, one that is missing, one of another amount."""
    for name in ("T-1", "T-2", "T-3"):
        story.here(name)
    story.there("T-1")
    story.there("T-3", amount="99.00")
    story.looked(both)


@pytest.fixture
def finance(client, person):
    client.force_login(person("fiona"))
    return client


def test_the_page_shows_figures_and_both_sides_of_each_break(finance, broken):
    text = " ".join(finance.get(PAGE).text.split())
    assert "Time and charges" in text
    assert "33.33 % EUR" in text
    assert [f">{key}<" in text for key in ("T-1", "T-2", "T-3")] == [False, True, True]


def test_it_costs_the_same_for_any_number_of_breaks(finance, both):
    counted = []
    for minute, many in enumerate((1, 20)):
        for n in range(many):
            story.here(f"M{minute}-{n}")
        story.looked(both, minute=minute * 10)
        with CaptureQueriesContext(connection) as queries:
            assert finance.get(PAGE).status_code == 200
        counted.append(len(queries))
    assert Break.objects.filter(state="open").count() == 21
    assert counted[0] == counted[1]


def test_the_export_is_what_is_filtered(finance, broken):
    answer = finance.get(f"{PAGE}export/?kind=amount&as=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["record", "T-3"]


def test_finance_signs_and_with_breaks_it_waits(finance, broken):
    row = Reconciliation.objects.get()
    given = {"begin": "2026-02-01", "end": "2026-02-28", "reason": "looked at both"}
    finance.post(f"{PAGE}{row.pk}/sign/", given)
    assert PeriodSignOff.objects.get().state == "waiting"
    assert "Waiting for a second person" in finance.get(PAGE).text


@pytest.mark.parametrize(
    ("username", "status", "rows"), [("aude", 200, 2), ("fred", 200, 0), ("vera", 403, None)]
)
def test_who_reads_what(client, person, broken, username, status, rows):
    client.force_login(person(username))
    assert client.get(PAGE).status_code == status
    answer = client.get("/api/v1/breaks")
    assert answer.status_code == status
    if rows is not None:
        assert len(answer.json()["items"]) == rows
    assert client.post(f"{PAGE}{Reconciliation.objects.get().pk}/sign/").status_code == 403
