"""A POST that is sent twice has its effect once, and every caller learns the one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.approvals.models import ChangeRequest, Comment
from portal.access import keyed_calls
from portal.access.keyed_calls import Call, Claim, KeyReused, StillRunning
from portal.accounts.models import KeyedCall
from portal.api.urls import urlpatterns
from tests.firm import NOW, value_map_item

pytestmark = pytest.mark.django_db
ALL = "/api/v1/change-requests"
PROPOSAL = {"title": "Partners are billed", "items": [value_map_item(("partner", "PAR"))]}
CALL = Call("token 1", "/api/v1/x", "k", "a" * 64)
ANSWER = {"status": 201, "headers": {}, "body": b"{}"}
NOT_KEPT = {
    "create_token": "its answer holds a secret, which is stored nowhere",
    "compare_documents": "equal questions have one answer, and it must hold no transaction",
}


def keyed(client, path, body, key="k-1", **more):
    return client.send(path, body, Idempotency_Key=key, **more)


def test_the_second_call_gets_the_first_answer_and_has_no_effect(caller):
    client = caller("ada")
    first = keyed(client, ALL, PROPOSAL)
    second = keyed(client, ALL, PROPOSAL)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first["ETag"], "Idempotency-Replayed" in first) == (second["ETag"], False)
    assert (second["Idempotency-Replayed"], second["Content-Type"]) == ("true", "application/json")
    assert ChangeRequest.objects.count() == 1


def test_a_key_in_quotation_marks_is_the_same_key(caller):
    client = caller("ada")
    keyed(client, ALL, PROPOSAL)
    assert keyed(client, ALL, PROPOSAL, key='"k-1"')["Idempotency-Replayed"] == "true"


def test_the_same_key_with_another_body_is_refused(caller):
    client = caller("ada")
    keyed(client, ALL, PROPOSAL)
    other = keyed(client, ALL, {**PROPOSAL, "title": "Something else"})
    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    assert other.json()["code"] == "idempotency_key_reused"
    assert ChangeRequest.objects.count() == 1


def test_a_key_belongs_to_one_caller_and_one_address(caller):
    made = keyed(caller("ada"), ALL, PROPOSAL).json()["id"]
    keyed(caller("olga"), ALL, PROPOSAL)
    keyed(caller("ada"), ALL, PROPOSAL)
    remark = {"text": "Since when?"}
    keyed(caller("ada"), f"{ALL}/{made}/comments", remark)
    assert (ChangeRequest.objects.count(), Comment.objects.count()) == (3, 1)


def test_a_refusal_had_no_effect_so_its_key_is_free_again(caller):
    client = caller("ada")
    broken = {**PROPOSAL, "items": [{"kind": "nothing", "document": {}}]}
    assert keyed(client, ALL, broken).status_code == 422
    assert KeyedCall.objects.count() == 0
    assert keyed(client, ALL, PROPOSAL).status_code == 201


def test_a_vote_sent_again_is_answered_as_the_first_was(caller):
    made = caller("ada").send(ALL, {**PROPOSAL, "submit": True})
    votes = f"{ALL}/{made.json()['id']}/votes"
    client, vote = caller("olga"), {"verdict": "approve"}
    first = keyed(client, votes, vote, If_Match=made["ETag"])
    second = keyed(client, votes, vote, If_Match=made["ETag"])
    assert (first.status_code, second.json()) == (200, first.json())


def test_one_that_still_runs_is_told_so(caller):
    client = caller("ada")
    assert keyed(client, ALL, PROPOSAL).status_code == 201
    lease = timezone.now() + timedelta(seconds=30)
    KeyedCall.objects.update(status=None, lease_until=lease)
    busy = keyed(client, ALL, PROPOSAL)
    assert (busy.status_code, busy.json()["code"]) == (409, "idempotency_key_running")
    assert ChangeRequest.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, '"open', "é"])
def test_a_key_that_is_none_is_refused(caller, key):
    answer = keyed(caller("ada"), ALL, PROPOSAL, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert ChangeRequest.objects.count() == 0


def test_after_a_day_a_key_is_forgotten_and_swept(db):
    keyed_calls.claim(CALL, now=NOW)
    other = Call("token 2", "/", "k", "b" * 64)
    assert isinstance(keyed_calls.claim(other, now=NOW + timedelta(hours=24)), Claim)
    assert list(KeyedCall.objects.values_list("caller", flat=True)) == ["token 2"]


def test_a_dead_worker_is_taken_over_and_its_late_effect_kept_out(db):
    dead = keyed_calls.claim(CALL, now=NOW)
    with pytest.raises(StillRunning):
        keyed_calls.claim(CALL, now=NOW + timedelta(seconds=59))
    heir = keyed_calls.claim(CALL, now=NOW + timedelta(seconds=61))
    with pytest.raises(StillRunning):
        keyed_calls.keep(dead, **ANSWER)
    keyed_calls.release(dead)
    keyed_calls.keep(heir, **ANSWER)
    assert keyed_calls.claim(CALL, now=NOW).status == 201
    with pytest.raises(KeyReused):
        keyed_calls.claim(Call("token 1", "/api/v1/x", "k", "c" * 64), now=NOW)


def test_every_post_takes_a_key_and_the_schema_says_so(client, firm):
    paths = client.get("/api/schema/?format=json").json()["paths"]
    without = {
        one["post"]["operationId"]
        for one in paths.values()
        if "post" in one
        and "Idempotency-Key" not in [p["name"] for p in one["post"].get("parameters", [])]
    }
    assert without == set(NOT_KEPT)
    posts = [getattr(route.callback.cls, "post", None) for route in urlpatterns]
    bare = [post.__qualname__ for post in posts if post and not hasattr(post, "idempotent")]
    assert bare == ["Tokens.post", "Compare.post"]
