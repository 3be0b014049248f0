"""Picking the matching record in the browser, from the offer to the second signature."""

from __future__ import annotations

import re

import pytest

from integrations.cases.models import Case
from integrations.crossrefs.queries import resolve
from tests.integrations.cases import ledger
from tests.integrations.cases.test_cases_picking import NAME, OTHERS, OURS, THEIRS
from tests.portal.web.queue.test_queue_acts import act, said, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(firm) -> Case:
    agreement = ledger.found()
    ledger.holds("psa", OURS)
    ledger.holds("erp", THEIRS, *OTHERS)
    return ledger.waiting(agreement, "T-1", "T-2")


def ask(client, case, target, **data):
    headers = {"HX-Request": "true", "HX-Target": target}
    fields = {f"pick-{name}": value for name, value in data.items()}
    return client.post(f"/queue/cases/{case.pk}/check/pick/", fields, headers=headers)


def test_the_case_says_what_is_unknown_and_offers_the_likeliest_record_with_its_reasons(case, stan):
    told = text(stan.get(f"/queue/cases/{case.pk}/"))
    assert "Project P-2041 is unknown in ERP" in told
    assert "Which project of ERP is P-2041?" in told
    assert "Here it is called Timetable platform . 4 read from ERP were compared." in told
    assert "Timetable platfrm 70999 likeliest the same customer C-26 · name 97 % alike" in told


def test_a_search_narrows_and_tells_what_is_taken(case, stan):
    answer = ask(stan, case, "candidates", words="grid")
    assert text(answer) == "Grid planning 70001 is P-1955 already"
    assert "disabled" in answer.content.decode()
    nothing = text(ask(stan, case, "candidates", words="zzz"))
    assert nothing == "No record of ERP has “zzz” in its id or name."


def test_a_choice_shows_what_would_be_sent_and_released_and_stores_nothing(case, stan):
    told = text(ask(stan, case, "outlook", source_id="70999")).replace("\xa0", " ")
    assert "1 sent to Billing Ledger project: nothing → 70999" in told
    assert "1 follower released blocked behind it until now" in told
    assert "€ 200.00 waits for this record" in told
    assert (resolve([NAME]), Case.objects.get(pk=case.pk).state) == ({}, "open")


def test_nothing_chosen_is_told_at_the_list(case, stan):
    answer = act(stan, case, "pick", reason="x")
    assert (answer.status_code, "Choose the record that it is." in text(answer)) == (422, True)


def test_what_was_chosen_and_typed_stays_when_it_is_refused(case, stan):
    answer = act(stan, case, "pick", source_id="70999", reason=" ")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'value="70999" checked', page)
    assert "1 follower released" in text(answer)


def test_two_people_match_the_record_and_the_second_sees_the_same_preview(
    case, stan, client, person
):
    answer = act(stan, case, "pick", source_id="70999", reason="checked with the clerk")
    assert said(answer) == ["Asked to match. Money hangs on it, so a second person signs."]
    client.force_login(person("stella"))
    told = text(client.get(f"/queue/cases/{case.pk}/"))
    assert "Is 70999 the right project?" in told
    assert "70999 Timetable platfrm the same customer C-26 · name 97 % alike" in told
    assert "1 follower released" in told
    answer = act(client, case, "sign", reason="looked it up")
    assert said(answer) == ["Signed. The record is being planned anew."]
    assert resolve([NAME]) == {NAME: "70999"}


@pytest.mark.parametrize("count", [1, 60])
def test_the_panel_costs_the_same_at_any_number_of_records(
    case, stan, count, django_assert_max_num_queries
):
    ledger.holds("erp", *({"id": f"8{n:04}", "name": f"No {n}"} for n in range(count)))
    stan.get("/queue/")
    with django_assert_max_num_queries(57):
        stan.get(f"/queue/cases/{case.pk}/?fix=pick")
