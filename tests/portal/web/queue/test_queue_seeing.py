"""Saying what was seen at the target after a lost answer, in the browser and by REST."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integrations.cases.models import Case
from integrations.errors import UnknownOutcome
from integrations.messages.models import Operation
from tests.integrations.messages import path
from tests.portal.web.queue.test_queue_acts import act, fresh, said, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(firm) -> Case:
    agreement = path.flow("none")
    path.put("a")
    path.billing().fail_next(1, UnknownOutcome("reset"))
    path.settle(agreement)
    return Case.objects.get()


def test_the_case_asks_what_is_there_and_offers_no_replay(case, stan):
    told = text(stan.get(f"/queue/cases/{case.pk}/"))
    assert "Look in Billing: was it done?" in told
    assert "Record what you saw" in told
    assert "Replay r" not in told
    dry = text(stan.get(f"/queue/cases/{case.pk}/?fix=replay_all"))
    assert "Replay all" not in dry


def test_a_replay_that_is_posted_all_the_same_is_refused_with_the_reason(case, stan):
    answer = act(stan, case, "replay", reason="I am sure")
    assert answer.status_code == 422
    assert "it takes repeats for new ones" in text(answer)
    assert fresh(case).state == "open"


def test_found_needs_the_id_there(case, stan):
    answer = act(stan, case, "seen", outcome="found", reason="list of charges")
    assert (answer.status_code, "Say under which id it is there." in text(answer)) == (422, True)


def test_two_people_say_that_it_is_there(case, stan, client, person):
    answer = act(stan, case, "seen", outcome="found", reference="ch_7", reason="list of charges")
    assert said(answer) == ["Recorded. Money is in it, so a second person signs."]
    client.force_login(person("stella"))
    assert "Is it in Billing as ch_7?" in text(client.get(f"/queue/cases/{case.pk}/"))
    answer = act(client, case, "sign", reason="there it is")
    assert said(answer) == ["Signed. It was done, and what waited behind it goes on."]
    assert Operation.objects.get().state == "applied"


def test_two_people_say_that_it_is_not_there(case, stan, client, person):
    answer = act(stan, case, "seen", outcome="absent", reason="list of charges")
    assert said(answer) == [
        "Asked to send it again. A second person looks, too, before anything is sent."
    ]
    client.force_login(person("stella"))
    told = text(client.get(f"/queue/cases/{case.pk}/"))
    assert "Send it again to Billing?" in told
    assert "Billing takes repeats for new ones. Look there yourself" in told
    act(client, case, "sign", reason="not there")
    path.deliver(now=timezone.now())
    assert path.amounts() == [("a", 10_000)]
