"""Change requests in the browser: decide on exactly what is shown."""

from __future__ import annotations

import json
import re
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.agreements.models import Agreement
from governance.approvals import services
from governance.approvals.impacts import impacts
from governance.approvals.models import ChangeRequest
from governance.flows.models import ValueMap
from tests import pipeline
from tests.firm import (
    READ_RULES,
    contract_version_item,
    flow_item,
    mapping_item,
    register,
    value_map_item,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of(person):
    def make(*rows, by="ada", title="Partners are billed") -> ChangeRequest:
        return services.propose(
            by=person(by), title=title, items=[value_map_item(*(rows or [("partner", "PAR")]))]
        )

    return make


@pytest.fixture
def as_(client, person):
    def sign_in(username: str):
        client.force_login(person(username))
        return client

    return sign_in


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def digest(row: ChangeRequest) -> str:
    return row.revisions.get(number=row.revision_number).digest


@pytest.mark.parametrize(
    "tab", ["diff", "impact", "shadow", "conversation", "checks", "rollout", "nonsense"]
)
def test_each_tab_of_a_request_opens(as_, request_of, tab):
    row = request_of()
    page = text(as_("olga").get(f"/changes/{row.pk}/?tab={tab}"))
    assert "Partners are billed" in page
    assert "waiting for you" in page


def test_an_owner_approves_and_the_next_agreement_has_the_row(as_, request_of):
    row = request_of()
    client = as_("olga")
    answer = client.post(
        f"/changes/{row.pk}/approve/", {"reason": "agreed", "seen": digest(row)}, follow=True
    )
    assert "completes the quorum" in text(answer)
    services.activate_due(now=timezone.now())
    assert len(ValueMap.objects.get(slug="role-codes").document["rows"]) == 3
    assert "Active since" in text(client.get(f"/changes/{row.pk}/"))


def test_a_vote_for_an_older_revision_comes_back_with_the_reason(as_, request_of, person):
    row = request_of()
    old = digest(row)
    services.revise(
        request=row, by=person("ada"), items=[value_map_item(("partner", "P"))], seen=old
    )
    answer = as_("olga").post(f"/changes/{row.pk}/approve/", {"reason": "mine", "seen": old})
    assert answer.status_code == 422
    assert "mine" in text(answer)
    row.refresh_from_db()
    assert row.state == "in_review"


def test_the_author_is_offered_no_vote_and_refused_one(as_, request_of):
    row = request_of()
    client = as_("ada")
    assert "Approve…" not in text(client.get(f"/changes/{row.pk}/"))
    answer = client.post(f"/changes/{row.pk}/approve/", {"seen": digest(row)})
    assert answer.status_code == 422
    assert row.votes.count() == 0


def test_a_broken_proposal_names_the_place_and_keeps_what_was_typed(as_):
    client = as_("ada")
    for items, place in (
        ("- kind: value_map\n  document: [", "line"),
        (json.dumps([{"kind": "flow", "document": {"slug": "x"}}]), "/items/0/document"),
        ("just words", "list of items"),
    ):
        answer = client.post("/changes/new/", {"title": "My title", "items": items})
        page = text(answer)
        assert place in page
        assert "My title" in page
    assert ChangeRequest.objects.count() == 0


def test_a_proposal_starts_from_what_is_active(as_):
    client = as_("ada")
    page = text(client.get("/changes/new/?kind=value_map&slug=role-codes"))
    assert "consultant" in page
    items = json.dumps([value_map_item(("partner", "PAR"))])
    answer = client.post("/changes/new/", {"title": "Partners", "items": items}, follow=True)
    assert "The request is in review." in text(answer)


def test_requested_changes_lead_to_an_edit_that_voids_votes(as_, request_of):
    row = request_of()
    as_("olga").post(
        f"/changes/{row.pk}/request_changes/", {"reason": "wrong code", "seen": digest(row)}
    )
    client = as_("ada")
    assert "wrong code" in text(client.get(f"/changes/{row.pk}/?tab=conversation"))
    items = json.dumps([value_map_item(("partner", "P"))])
    form = {"items": items, "seen": digest(row), "note": "shorter code"}
    client.post(f"/changes/{row.pk}/edit/", form)
    row.refresh_from_db()
    assert (row.revision_number, row.state) == (2, "in_review")


def test_a_comment_is_shown_as_text(as_, request_of):
    row = request_of()
    client = as_("olga")
    client.post(f"/changes/{row.pk}/comment/", {"text": "<script>alert(1)</script>"})
    page = text(client.get(f"/changes/{row.pk}/?tab=conversation"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("group", ["open", "mine", "active", ""])
def test_the_list_costs_the_same_for_any_length(as_, request_of, person, group):
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/changes/?group={group}").status_code == 200
        return len(queries)

    client = as_("olga")
    request_of(title="The one in review")
    cost()
    few = cost()
    for number in range(15):
        extra = [value_map_item(slug=f"map-{number}")]
        services.propose(by=person("ada"), title=f"Change {number}", items=extra)
    assert cost() == few <= 26


def test_viewers_read_but_find_no_doors(as_, request_of):
    row = request_of()
    client = as_("vera")
    page = text(client.get(f"/changes/{row.pk}/"))
    assert ("Approve…" in page, "Withdraw…" in page) == (False, False)
    assert client.get("/changes/new/").status_code == 403
    assert client.post(f"/changes/{row.pk}/withdraw/", {"reason": "x"}).status_code == 422
    assert client.post(f"/changes/{row.pk}/nonsense/", {}).status_code == 404


def test_the_impact_tells_money_only_to_those_who_may_read_the_records(as_, request_of, firm):
    pipeline.put(pipeline.time_entry("T-1", amount="4321.00"))
    pipeline.run(firm)
    row = request_of()
    mine = text(as_("olga").get(f"/changes/{row.pk}/"))
    other = text(as_("fred").get(f"/changes/{row.pk}/"))
    assert ("4,321.00" in mine, "4,321.00" in other) == (True, False)
    assert "Money of 1 flow is shown to that domain only." in other


def test_the_conversation_tells_decisions_and_remarks_in_order(as_, request_of):
    row = request_of()
    client = as_("olga")
    client.post(f"/changes/{row.pk}/comment/", {"text": "Which code?"})
    form = {"reason": "wrong code", "seen": digest(row)}
    client.post(f"/changes/{row.pk}/request_changes/", form)
    whole = text(client.get(f"/changes/{row.pk}/?tab=conversation"))
    page = whole[whole.index('<ol class="events">') :]
    said = ["opened the request", "submitted it for review", "Which code?", "asked for changes"]
    places = [page.index(words) for words in said]
    assert places == sorted(places)
    assert re.search(r"asked for changes *: wrong code", page)


def test_the_shadow_replay_shows_samples_side_by_side_to_its_domain_only(as_, firm, person):
    pipeline.put(pipeline.time_entry("T-1", amount="4321.00", gross="5141.99"))
    pipeline.run(firm)
    rules = [{**one, "from": "gross"} if one["to"] == "amount" else one for one in READ_RULES]
    item = mapping_item(read={"rules": rules})
    row = services.propose(by=person("ada"), title="Gross", items=[item])
    mine = text(as_("olga").get(f"/changes/{row.pk}/?tab=shadow"))
    other = text(as_("fred").get(f"/changes/{row.pk}/?tab=shadow"))
    seen = ["<code>4321.00</code>", "<code>5141.99</code>", "820.99", "1 different"]
    assert [words in mine for words in seen] == [True] * 4
    assert [words in other for words in seen] == [False, False, False, True]
    assert "shown to that domain only" in other


@pytest.fixture
def gross(person):
    """An R3 request: the amount of the data contract becomes gross."""
    fields = {"amount": {"kind": "money", "currency": "currency", "tax_basis": "gross"}}
    item = contract_version_item("1.1.0", fields=fields)
    return services.propose(by=person("ada"), title="Gross", items=[item])


def freshly(client):
    """As if the password had just been given."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


def test_class_r3_is_approved_item_by_item_after_a_fresh_sign_in(as_, gross):
    client = as_("olga")
    keys = [one.key for one in impacts(gross, gross.revisions.get())]
    page = text(client.get(f"/changes/{gross.pk}/"))
    assert [f'value="{key}"' in page for key in keys] == [True] * len(keys)
    assert "left for you to acknowledge" in page
    form = {"reason": "agreed", "seen": digest(gross), "acknowledged": keys}
    stale = text(client.post(f"/changes/{gross.pk}/approve/", form))
    assert "Sign in again" in stale
    assert stale.count(" checked>") == len(keys)
    freshly(client)
    left = client.post(f"/changes/{gross.pk}/approve/", {**form, "acknowledged": keys[1:]})
    assert (left.status_code, gross.votes.count()) == (422, 0)
    client.post(f"/changes/{gross.pk}/approve/", form)
    assert gross.votes.get().acknowledged == keys
    assert "Acknowledged by Olga Owner" in text(client.get(f"/changes/{gross.pk}/"))


def test_a_breaking_meaning_shows_its_clause_and_the_flow_that_it_reaches(as_, gross):
    page = text(as_("olga").get(f"/changes/{gross.pk}/"))
    assert "The tax basis (net or gross) changed from net to gross" in page
    assert "data contract time-entry 1.1.0, amount" in page
    assert "field <code>amount</code>" in page


def test_the_impact_names_consumers_mappings_authors_and_people(as_, request_of):
    row = request_of()
    page = text(as_("olga").get(f"/changes/{row.pk}/?tab=impact"))
    for path in ("systems/billing", "mappings/time-to-billing", "flows/time-to-billing"):
        assert f'href="/catalogue/{path}/"' in page
    assert "/catalogue/authorities/time-entry.money.everywhere.2020-01-01/" in page
    assert "owner of Delivery" in page
    assert "Stan Steward" in page


@pytest.mark.parametrize("tab", ["impact", "shadow", "diff", "rollout"])
def test_a_tab_costs_the_same_for_one_flow_and_for_many(as_, request_of, tab):
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/changes/{row.pk}/?tab={tab}").status_code == 200
        return len(queries)

    client, row = as_("olga"), request_of()
    cost()
    few = cost()
    register([flow_item(slug=f"copy-{number}", name=f"Copy {number}") for number in range(6)])
    assert cost() == few


def test_the_rollout_leads_from_the_digests_to_the_first_run_that_used_them(as_, request_of, firm):
    row = request_of()
    client = as_("olga")
    before = text(client.get(f"/changes/{row.pk}/?tab=rollout"))
    assert "as soon as it is approved" in before
    client.post(f"/changes/{row.pk}/approve/", {"reason": "agreed", "seen": digest(row)})
    services.activate_due(now=timezone.now())
    running = Agreement.objects.get(flow=firm.flow, status="active")
    page = text(client.get(f"/changes/{row.pk}/?tab=rollout"))
    assert [one.digest[:8] in page for one in (firm, running)] == [True, True]
    assert "not run since" in page
    made = pipeline.run(running)
    later = text(client.get(f"/changes/{row.pk}/?tab=rollout"))
    assert f'<a href="/runs/{made.pk}/">Run {made.pk}</a>' in later
    assert "Roll back…" in later
