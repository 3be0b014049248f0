"""Acts on cases in the browser: what each does, what it says, and what stays when it is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages

from governance.approvals.models import ChangeRequest
from integrations.cases.models import Case, Correction
from portal.web.queue import freezing

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def said(answer) -> list[str]:
    """What this very answer tells in toasts."""
    queued = get_messages(answer.wsgi_request)._queued_messages
    return [re.sub(r"<[^>]+>.*", "", str(one)).strip() for one in queued]


def act(client, case, name, **data):
    fields = {f"{name}-{key}": value for key, value in data.items()}
    return client.post(f"/queue/cases/{case.pk}/{name}/", fields)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_claim_is_told_in_a_toast_that_undoes_it(refused, stan, person):
    case = refused(1, role="partner")[0]
    answer = act(stan, case, "claim")
    assert (answer.status_code, answer.url) == (302, f"/queue/cases/{case.pk}/")
    assert fresh(case).claimed_by == person("stan")
    page = stan.get(answer.url).content.decode()
    assert 'form="undo">Undo</button>' in page
    assert 'id="undo"' in page
    act(stan, case, "release")
    assert fresh(case).claimed_by is None


def test_an_act_keeps_the_filters_that_the_person_had(refused, stan):
    case = refused(1, role="partner")[0]
    answer = stan.post(f"/queue/cases/{case.pk}/claim/?view=unclaimed&t=class:mapping")
    assert answer.url == f"/queue/cases/{case.pk}/?view=unclaimed&t=class%3Amapping"


def test_a_correction_takes_effect_and_the_record_goes_on(refused, stan):
    case = refused(1, hours="-1")[0]
    answer = act(stan, case, "correct", field="/hours", value="1.5", reason="typing error")
    assert said(answer) == ["Corrected. The record is being planned anew."]
    assert fresh(case).state == "replaying"
    assert Correction.objects.get().after == "1.5"


def test_what_the_data_contract_refuses_is_told_at_the_field_and_what_was_typed_stays(
    refused, stan
):
    case = refused(1, hours="-1")[0]
    answer = act(stan, case, "correct", field="/hours", value="-2", reason="halved")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hours: -2 is less than the minimum of 0" in page
    assert 'aria-invalid="true"' in page
    assert 'value="-2"' in page
    assert "halved" in page
    assert Correction.objects.count() == 0


def test_htmx_gets_the_refused_form_back_in_its_pane(refused, stan):
    case = refused(1, hours="-1")[0]
    fields = {"correct-field": "/hours", "correct-value": "-2", "correct-reason": "halved"}
    headers = {"HX-Request": "true", "HX-Target": "queue"}
    answer = stan.post(f"/queue/cases/{case.pk}/correct/", fields, headers=headers)
    assert (answer.status_code, "HX-Push-Url" in answer) == (200, False)
    assert answer.content.decode().lstrip().startswith('<div class="queue"')
    assert "Hours: -2 is less than the minimum of 0" in text(answer)


def test_a_reason_is_asked_for_at_its_field(refused, stan):
    case = refused(1, hours="-1")[0]
    answer = act(stan, case, "dismiss", reason=" ")
    assert answer.status_code == 422
    assert "Say why: the case" in text(answer)
    assert fresh(case).state == "open"


def test_money_is_corrected_by_two_people(refused, stan, client, person):
    case = refused(1, hours="-1")[0]
    act(stan, case, "correct", field="/hours", value="1", reason="x")
    Case.objects.update(state="open")
    answer = act(stan, case, "correct", field="/amount", value="90.00", reason="rate agreed")
    assert said(answer) == [
        "Correction proposed. A second person signs it before anything is sent."
    ]
    mine = text(stan.get(f"/queue/cases/{case.pk}/"))
    assert "You asked for this, so someone else signs: Stella Steward" in mine
    refusal = act(stan, case, "sign", reason="mine")
    assert (refusal.status_code, "someone else has to sign it" in text(refusal)) == (422, True)
    client.force_login(person("stella"))
    hers = client.get(f"/queue/cases/{case.pk}/").content.decode()
    assert "/amount: <mark>100.00</mark>" in hers
    assert "/amount: <mark>90.00</mark>" in hers
    answer = act(client, case, "sign", reason="checked the customer contract")
    assert said(answer) == ["Signed. The record is being planned anew."]
    signed = Correction.objects.get(field="/amount")
    assert (signed.state, signed.signed_by) == ("signed", person("stella"))


def test_a_dismissal_of_money_waits_for_a_second_person_who_may_refuse(
    refused, stan, client, person
):
    case = refused(1, hours="-1")[0]
    assert "Ask to dismiss" in text(stan.get(f"/queue/cases/{case.pk}/?fix=dismiss"))
    act(stan, case, "dismiss", reason="test data")
    assert fresh(case).state == "waiting_signature"
    client.force_login(person("fiona"))
    answer = act(client, case, "refuse", reason="it is real")
    assert said(answer) == ["Refused. The case is open again."]
    assert fresh(case).state == "open"


def test_a_missing_row_becomes_a_change_request_for_which_every_case_waits(refused, stan, person):
    case = refused(3, role="partner")[0]
    answer = act(stan, case, "row", there="PAR", reason="new role since March")
    request = ChangeRequest.objects.get()
    assert said(answer) == [
        f"CR-{request.pk:04d} is in review. 3 cases wait for it and will be planned anew."
    ]
    assert (request.state, request.risk_class, request.opened_by) == (
        "in_review",
        "RV",
        person("stan"),
    )
    [item] = request.revisions.get().content
    assert item["document"]["rows"][-1] == {"from": "partner", "to": "PAR"}
    assert len(item["document"]["rows"]) == 3
    waiting = Case.objects.values_list("state", "change_request").distinct()
    assert list(waiting) == [("waiting_change", request.pk)]
    page = stan.get(f"/queue/cases/{case.pk}/").content.decode()
    assert f'href="/changes/{request.pk}/"' in page


def test_a_row_that_another_request_holds_is_refused_and_nothing_is_left_behind(refused, stan):
    refused(1, role="partner")
    refused(1, start=2, role="director")
    partner, director = Case.objects.order_by("pk")
    act(stan, partner, "row", there="PAR", reason="new role")
    answer = act(stan, director, "row", there="DIR", reason="new role")
    assert answer.status_code == 422
    assert "is in CR-" in text(answer)
    assert 'value="DIR"' in answer.content.decode()
    assert ChangeRequest.objects.count() == 1
    assert fresh(director).state == "open"


def test_the_dry_run_of_a_row_tells_what_would_be_planned_and_stores_nothing(refused, stan):
    case = refused(3, role="partner", amount="100.00")[0]
    answer = stan.post(f"/queue/cases/{case.pk}/check/row/", {"row-there": "PAR"})
    told = text(answer)
    assert "3 of 3 would be planned" in told
    assert "€ 300.00 in these 3" in told.replace("\xa0", " ")
    assert (ChangeRequest.objects.count(), fresh(case).state) == (0, "open")


def test_the_check_of_a_correction_says_what_it_would_mean(refused, stan):
    case = refused(1, hours="-1")[0]
    address = f"/queue/cases/{case.pk}/check/correct/"
    bad = stan.post(address, {"correct-field": "/hours", "correct-value": "x"})
    assert "Hours:" in text(bad)
    good = stan.post(address, {"correct-field": "/hours", "correct-value": "2"})
    assert "Fits the data contract. Takes effect at once." in text(good)
    assert Correction.objects.count() == 0


def test_a_replay_is_shown_dry_before_it_is_done(refused, stan):
    case = refused(2, role="partner")[0]
    dry = text(stan.get(f"/queue/cases/{case.pk}/?fix=replay"))
    assert "1 would fail again" in dry
    assert "has no row" in dry
    answer = act(stan, case, "replay", reason="looked at it")
    assert said(answer) == ["Replaying. What becomes of it shows here."]
    assert fresh(case).state == "replaying"


def test_a_bulk_replay_touches_exactly_the_frozen_selection(refused, stan):
    first = refused(2, role="partner")
    page = stan.get(f"/queue/cases/{first[0].pk}/?fix=replay_all").content.decode()
    [frozen] = re.findall(r'name="frozen" value="([^"]+)"', page)
    refused(1, start=3, role="partner")
    answer = stan.post(
        f"/queue/problems/{first[0].fingerprint}/replay/",
        {"frozen": frozen, "replay-reason": "map approved"},
    )
    assert said(answer) == ["Replaying 2 cases."]
    states = list(Case.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["replaying", "replaying", "open"]


def test_a_selection_cannot_be_altered_or_borrowed(refused, stan, client, person):
    cases = refused(1, role="partner")
    frozen = freezing.freeze([cases[0].pk])
    address = f"/queue/problems/{cases[0].fingerprint}/replay/"
    stan.post(address, {"frozen": frozen + "x", "replay-reason": "x"})
    assert fresh(cases[0]).state == "open"
    client.force_login(person("fred"))
    assert client.post(address, {"frozen": frozen, "replay-reason": "x"}).status_code == 404
    assert fresh(cases[0]).state == "open"


def test_all_of_a_problem_is_claimed_and_released_at_once(refused, stan, person):
    case = refused(3, role="partner")[0]
    other = Case.objects.order_by("-pk").first()
    Case.objects.filter(pk=other.pk).update(claimed_by=person("stella"))
    answer = stan.post(f"/queue/problems/{case.fingerprint}/claim/")
    assert said(answer) == [
        "Claimed 2 cases.",
        "1 not touched: Stella Steward has claimed this case; ask them to release it",
    ]
    assert Case.objects.filter(claimed_by=person("stan")).count() == 2
    stan.post(f"/queue/problems/{case.fingerprint}/release/")
    assert list(Case.objects.order_by("pk").values_list("claimed_by", flat=True)) == [
        None,
        None,
        person("stella").pk,
    ]


def test_a_case_sent_to_its_author_waits(refused, stan):
    case = refused(1, hours="-1", amount=Decimal("10.00"))[0]
    answer = act(stan, case, "author", reason="hours are negative in the PSA")
    assert said(answer) == [
        "It waits for the author. The case closes when the record's next version settles."
    ]
    assert fresh(case).state == "waiting_source"


@pytest.mark.parametrize("name", ["nothing", "delete"])
def test_an_act_that_does_not_exist_is_a_404(refused, stan, name):
    case = refused(1, role="partner")[0]
    assert stan.post(f"/queue/cases/{case.pk}/{name}/").status_code == 404
    assert stan.get(f"/queue/cases/{case.pk}/claim/").status_code == 405
