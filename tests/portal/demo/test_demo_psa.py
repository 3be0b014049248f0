"""The sample PSA, asked by the connector that its approved description makes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.demo.psa.firm import CLIENTS, PEOPLE, PROJECTS
from portal.demo.psa.work import BACKLOG, PLANTED, SUBMITTED_EVERY, entry
from portal.demo.serving import Request
from tests.portal.demo.conftest import START

TODAY = START.date()


def _everything(connector, object, cursor=None, limit=7):
    """All records from the cursor on, in pages, and where the next run starts."""
    records, cursor, more = [], cursor or {}, True
    while more:
        page = connector.read(object, cursor=cursor, limit=limit, where={})
        records += page.records
        cursor, more = page.cursor, page.more
    return records, cursor


def test_the_firm_has_its_clients_projects_and_people(systems):
    assert (len(CLIENTS), len(PROJECTS), len(PEOPLE)) == (12, 15, 20)
    clients, _ = _everything(systems.connect("psa"), "client")
    assert {one.key for one in clients} == {client.id for client in CLIENTS}


def test_paging_loses_and_doubles_nothing_although_times_are_equal(systems):
    entries, _ = _everything(systems.connect("psa"), "time_entry")
    assert sorted(one.key for one in entries) == [f"TE-{100_001 + n}" for n in range(BACKLOG)]


def test_the_next_run_reads_what_was_approved_since(systems):
    connector = systems.connect("psa")
    _, cursor = _everything(connector, "time_entry")
    for minute in (5, 6):
        systems.psa.approve_next(now=START + timedelta(minutes=minute))
    news, _ = _everything(connector, "time_entry", cursor=cursor)
    fresh = {one.key for one in news if one.data["updated_at"] > "2026-11-19T09:04"}
    assert fresh >= {f"TE-{100_001 + BACKLOG}", f"TE-{100_002 + BACKLOG}"}


def test_an_entry_that_was_only_submitted_is_approved_by_the_next(systems):
    number = SUBMITTED_EVERY * 10
    while systems.worked.get("time_entries", f"TE-{100_000 + number}") is None:
        systems.psa.approve_next(now=START)
    name = f"TE-{100_000 + number}"
    assert systems.worked.get("time_entries", name)["status"] == "submitted"
    systems.psa.approve_next(now=START + timedelta(minutes=1))
    assert systems.worked.get("time_entries", name)["status"] == "approved"


def test_decimals_travel_as_text(systems):
    one = systems.connect("psa").fetch("time_entry", "TE-100001")
    assert one.data["hours"] == entry(1, today=TODAY)["hours"]
    assert isinstance(one.data["bill_rate"], str)


def test_the_same_number_is_the_same_entry():
    assert entry(123, today=TODAY) == entry(123, today=TODAY)
    assert entry(123, today=TODAY) != entry(124, today=TODAY)


def test_what_is_planted_is_wrong_and_the_rest_is_right():
    wrong = {
        number
        for number in range(1, 200)
        for made in [entry(number, today=TODAY)]
        if made["service"] == "training"
        or float(made["hours"]) > 24
        or made["client_id"] == CLIENTS[-1].id
        or made["currency"] not in {"EUR", "GBP", "USD"}
    }
    assert wrong == set(PLANTED)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/v2/time_entries?updated_since=yesterday", 400),
        ("/api/v2/time_entries?cursor=nonsense", 400),
        ("/api/v2/time_entries?limit=0", 400),
        ("/api/v2/time_entries?colour=red", 400),
        ("/api/v2/wishes", 404),
        ("/api/v2/clients/CL-999", 404),
        ("/elsewhere", 404),
    ],
)
def test_the_psa_refuses_what_it_does_not_know(systems, target, status):
    headers = {"authorization": "Bearer a-key-for-the-psa"}
    answer = _ask(systems, Request("GET", target, headers))
    assert answer.status == status


def test_a_wrong_key_is_refused_in_plain_words(systems):
    answer = _ask(systems, Request("GET", "/api/v2/clients", {"authorization": "Bearer wrong"}))
    assert (answer.status, answer.media_type) == (401, "text/plain; charset=utf-8")


def test_a_correction_on_its_own_screen_is_a_new_version(systems):
    before = systems.worked.get("time_entries", "TE-100017")
    assert before["hours"] == "75.00"
    form = Request("POST", "/entries/TE-100017", {}, b"hours=7.50&status=hacked")
    assert _ask(systems, form).status == 303
    after = systems.worked.get("time_entries", "TE-100017")
    assert (after["hours"], after["status"]) == ("7.50", before["status"])
    assert after["updated_at"] > before["updated_at"]
    assert b"TE-100017" in _ask(systems, Request("GET", "/", {})).body


def _ask(systems, request):
    from_app = systems.psa.app()
    try:
        return from_app(request)
    except Exception as refusal:
        return refusal.response
