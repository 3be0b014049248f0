"""Picking the matching record by REST."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integrations.cases.models import Case
from integrations.crossrefs.queries import resolve
from integrations.errors import UnknownOutcome
from tests.integrations.cases import ledger
from tests.integrations.cases.test_cases_picking import NAME, OTHERS, OURS, THEIRS
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(firm) -> Case:
    agreement = ledger.found()
    ledger.holds("psa", OURS)
    ledger.holds("erp", THEIRS, *OTHERS)
    return ledger.waiting(agreement, "T-1", "T-2")


def test_candidates_tell_what_they_have_in_common_with_ours(caller, case):
    told = caller("stan").get(f"/api/v1/cases/{case.pk}/candidates").json()
    assert (told["entity"], told["key"], told["system"], told["compared"]) == (*NAME, 4)
    assert told["candidates"] == [
        {
            "source_id": "70999",
            "label": "Timetable platfrm",
            "reasons": [
                {"kind": "equal", "field": "customer", "value": "C-26", "percent": 100},
                {"kind": "alike", "field": "name", "value": "Timetable platfrm", "percent": 97},
            ],
            "taken_by": "",
        }
    ]


def test_a_dry_run_then_two_people(caller, case):
    stan, stella = caller("stan"), caller("stella")
    address = f"/api/v1/cases/{case.pk}"
    dry = stan.send(f"{address}/pick", {"source_id": "70999", "dry_run": True}).json()
    assert (dry["cases"], dry["followers"]) == (1, 1)
    assert dry["money"] == [{"currency": "EUR", "minor": 20_000}]
    assert dry["writes"][0]["body"]["ledger_project"] == "70999"
    done = stan.send(f"{address}/pick", {"source_id": "70999", "reason": "checked"}).json()
    assert (done["state"], resolve([NAME])) == ("waiting_signature", {})
    refused = stan.send(f"{address}/sign", {"reason": "mine"})
    assert (refused.status_code, refused.json()["code"]) == (409, "needs_second_person")
    stella.send(f"{address}/sign", {"reason": "right"})
    assert resolve([NAME]) == {NAME: "70999"}


def test_a_pick_without_a_reason_or_scope_is_refused(caller, case):
    address = f"/api/v1/cases/{case.pk}/pick"
    answer = caller("stan").send(address, {"source_id": "70999"})
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert (
        caller("stan", scopes=["cases:read"]).send(address, {"source_id": "1"}).status_code == 403
    )
    assert caller("fred").send(address, {"source_id": "70999"}).status_code == 404


def test_after_a_lost_answer_a_person_records_what_is_there(caller, firm):
    agreement = path.flow("none")
    path.put("a")
    path.billing().fail_next(1, UnknownOutcome("reset"))
    path.settle(agreement)
    stan, stella = caller("stan"), caller("stella")
    address = f"/api/v1/cases/{Case.objects.get().pk}"
    assert "found" in stan.get(address).json()["allowed_moves"]
    blind = stan.send(f"{address}/replay", {"reason": "I am sure"})
    assert (blind.status_code, blind.json()["code"]) == (409, "refused")
    done = stan.send(f"{address}/found", {"reference": "ch_7", "reason": "list of charges"})
    assert done.json()["state"] == "waiting_signature"
    stella.send(f"{address}/sign", {"reason": "there it is"})
    assert stan.get(address).json()["resolution"] == "Found at billing as ch_7"
    assert path.states() == ["applied"]


def test_a_resend_waits_for_a_second_person(caller, firm):
    agreement = path.flow("none")
    path.put("a")
    path.billing().fail_next(1, UnknownOutcome("reset"))
    path.settle(agreement)
    address = f"/api/v1/cases/{Case.objects.get().pk}"
    asked = caller("stan").send(f"{address}/resend", {"reason": "not there"}).json()
    path.deliver(now=timezone.now())
    assert (asked["state"], path.amounts()) == ("waiting_signature", [])
    caller("stella").send(f"{address}/sign", {"reason": "nor for me"})
    path.deliver(now=timezone.now())
    assert path.amounts() == [("a", 10_000)]
