"""Automation proposes, people approve exactly what they saw, and what runs changes."""

from __future__ import annotations

import pytest
from django.utils import timezone

from governance.approvals import services
from governance.approvals.models import ChangeRequest
from tests.firm import contract_version_item, flow_item, mapping_item, value_map_item

pytestmark = pytest.mark.django_db
PROPOSAL = {"title": "Partners are billed", "items": [value_map_item(("partner", "PAR"))]}
COMPARED = {"slug": "x", "name": "X", "with": "y", "key": "id", "key_other": "id", "fields": []}
ALL = "/api/v1/change-requests"


@pytest.fixture
def proposed(caller):
    answer = caller("ada").send(ALL, {**PROPOSAL, "submit": True})
    assert answer.status_code == 201, answer.content
    return answer


def one(answer) -> str:
    return f"{ALL}/{answer.json()['id']}"


def test_an_approval_by_rest_changes_what_runs(caller, firm, proposed):
    assert proposed.json()["state"] == "in_review"
    reader = caller("vera")
    before = reader.get("/api/v1/flows/time-to-billing/agreement")
    vote = {"verdict": "approve", "reason": "partners exist"}
    voted = caller("olga").send(f"{one(proposed)}/votes", vote, If_Match=proposed["ETag"])
    assert voted.json()["state"] == "scheduled"
    services.activate_due(now=timezone.now())
    after = reader.get("/api/v1/flows/time-to-billing/agreement")
    assert before["ETag"] != after["ETag"]
    rows = after.json()["document"]["value_maps"]["role-codes"]["rows"]
    assert rows["partner"] == "PAR"
    done = reader.get(one(proposed)).json()
    assert (done["state"], done["agreements"]) == ("active", [after.json()["digest"]])


def test_a_vote_on_another_revision_is_refused(caller, proposed):
    edit = {"items": [value_map_item(("partner", "PRT"))], "note": "right code"}
    changed = caller("ada").put(
        one(proposed),
        edit,
        content_type="application/json",
        headers={"If-Match": proposed["ETag"]},
    )
    assert changed.status_code == 200
    vote = {"verdict": "approve"}
    late = caller("olga").send(f"{one(proposed)}/votes", vote, If_Match=proposed["ETag"])
    assert (late.status_code, late.json()["code"]) == (412, "stale_revision")
    blind = caller("olga").send(f"{one(proposed)}/votes", vote)
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")


def test_the_author_cannot_approve_by_token(caller, proposed):
    refused = caller("ada").send(
        f"{one(proposed)}/votes", {"verdict": "approve"}, If_Match=proposed["ETag"]
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "separation_of_duties")


def test_a_token_for_another_domain_cannot_propose(caller):
    refused = caller("ada", domains=["sales"]).send(ALL, PROPOSAL)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_refused")
    assert ChangeRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"kind": "nothing", "document": {}}, "/items/1/kind"),
        ({"kind": "flow", "document": {"slug": "x"}}, "/items/1/document"),
        ({"kind": "flow", "document": 7}, "/items/1/document"),
        (flow_item(schedule={"cron": "61 * * * *"}), "/items/1/document/schedule/cron"),
        (flow_item(lane="project ||"), "/items/1/document/lane"),
        (
            flow_item(reconciles=[{**COMPARED, "when": "a["}]),
            "/items/1/document/reconciles/0/when",
        ),
        (mapping_item(read={"rules": [{"to": "id", "from": "a["}]}), "/items/1/document/read/id"),
        (
            contract_version_item("2.0.0", schema={"type": "objekt"}),
            "/items/1/document/schema/type",
        ),
    ],
)
def test_one_broken_item_is_named_and_nothing_is_saved(caller, item, pointer):
    answer = caller("ada").send(ALL, {**PROPOSAL, "items": [PROPOSAL["items"][0], item]})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["pointer"] == pointer
    assert ChangeRequest.objects.count() == 0


def test_missing_fields_are_named(caller):
    answer = caller("ada").send(ALL, {"items": []})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"title", "items"}


def test_withdrawn_comes_from_the_author_only(caller, proposed):
    other = caller("olga").send(f"{one(proposed)}/withdraw", {"reason": "no"})
    assert other.status_code == 403
    mine = caller("ada").send(f"{one(proposed)}/withdraw", {"reason": "not needed"})
    assert mine.json()["state"] == "withdrawn"
    again = caller("ada").send(f"{one(proposed)}/submit", {})
    assert (again.status_code, again.json()["code"]) == (409, "transition_refused")


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_for_any_length(caller, count, django_assert_num_queries):
    client = caller("ada")
    for number in range(count):
        client.send(ALL, {**PROPOSAL, "title": f"Change {number}"})
    with django_assert_num_queries(3):
        answer = client.get(f"{ALL}?limit=100")
    assert len(answer.json()["items"]) == count
