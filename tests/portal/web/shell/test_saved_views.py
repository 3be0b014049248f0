"""Filters under a name: kept, shared with a team, first choice, renamed and removed."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.ownership.lifecycle import Status
from governance.ownership.models import Domain, Team
from portal.access import saved_views
from portal.access.saved_views import ViewRefused
from portal.accounts.models import SavedView

pytestmark = pytest.mark.django_db
API = "/api/v1/views"


@pytest.fixture
def as_(client, person):
    def sign_in(username: str) -> Client:
        client.force_login(person(username))
        return client

    return sign_in


@pytest.fixture
def stewards(person) -> Team:
    """Stan and Stella."""
    domain = Domain.objects.get(slug="delivery")
    team = Team(slug="stewards", name="Stewards", domain=domain, status=Status.ACTIVE)
    team.save()
    team.members.set([person("stan"), person("stella")])
    return team


def keep(person, **more) -> SavedView:
    given = {"page": "queue", "name": "Mapping", "query": "t=class%3Amapping", **more}
    return saved_views.keep(by=person, now=timezone.now(), **given)


def post(client, path="/views/save/", **fields):
    given = {"page": "queue", "name": "Mapping", "query": "t=class%3Amapping", **fields}
    return client.post(path, given)


def linked(client, path) -> list[str]:
    """Saved views that a list's menu or pane offers."""
    found = client.get(path).context["saved"]
    return [one.url for one in found.entries]


def test_a_view_of_the_queue_is_kept_without_cursors_and_stands_in_its_pane(as_):
    stan = as_("stan")
    answer = post(stan, query="t=class%3Amapping&view=mine&after=abc&page=3")
    assert answer["Location"] == "/queue/?t=class%3Amapping&view=mine"
    page = stan.get(answer["Location"]).text
    pane = page[page.index('<h2 class="views__head">') : page.index("Save this view…")]
    href = "/queue/?t=class%3Amapping&amp;view=mine"
    assert f'<a class="view" href="{href}" aria-current="page">' in pane


@pytest.mark.parametrize(
    ("page", "list_", "query"),
    [
        ("changes", "/changes/", "group=&q=tax"),
        ("runs", "/runs/", "state=failed"),
        ("catalogue-kind/flows", "/catalogue/flows/", "status=active"),
        ("audit-log", "/audit/log/", "who=olga"),
    ],
)
def test_every_list_has_a_menu_of_its_own_views(as_, page, list_, query):
    aude = as_("aude")
    assert post(aude, page=page, query=query)["Location"] == f"{list_}?{query}"
    post(aude, page="queue")
    assert linked(aude, list_) == [f"{list_}?{query}"]
    shown = aude.get(f"{list_}?{query}").context["saved"]
    assert shown.current is not None
    assert shown.current.view.name == "Mapping"


def test_the_same_name_replaces_and_a_new_default_takes_over(person):
    stan = person("stan")
    keep(stan, is_default=True)
    keep(stan, query="t=system%3Apsa")
    keep(stan, name="Mine", query="view=mine", is_default=True)
    rows = SavedView.objects.order_by("name").values_list("name", "query", "is_default")
    assert list(rows) == [
        ("Mapping", "t=system%3Apsa", False),
        ("Mine", "view=mine", True),
    ]


def test_the_rail_leads_to_the_default_of_its_owner_only(as_, person):
    keep(person("stan"), is_default=True)
    href = {
        name: [one.url for one in as_(name).get("/").context["shell"].nav if "queue" in one.url]
        for name in ("stan", "stella")
    }
    assert href == {"stan": ["/queue/?t=class%3Amapping"], "stella": ["/queue/"]}


def test_a_private_view_is_for_its_owner_and_a_shared_one_for_the_team(as_, person, stewards):
    keep(person("stan"), name="Private")
    keep(person("stan"), name="Shared", shared_with="stewards")
    seen = {
        name: [one.view.name for one in as_(name).get("/queue/").context["saved"].entries]
        for name in ("stan", "stella", "olga")
    }
    assert seen == {"stan": ["Private", "Shared"], "stella": ["Shared"], "olga": []}
    assert "Stan Steward" in as_("stella").get("/views/").text


def test_nobody_shares_with_a_team_of_others(as_, person, stewards):
    with pytest.raises(ViewRefused, match="you are not in the team stewards"):
        keep(person("olga"), shared_with="stewards")
    told = as_("olga")
    answer = told.post(
        "/views/save/",
        {"page": "queue", "name": "x", "query": "", "shared_with": "stewards"},
        follow=True,
    )
    assert "You are not in the team stewards." in answer.text
    assert SavedView.objects.count() == 0


def test_its_owner_renames_shares_and_removes_it(as_, person, stewards):
    view = keep(person("stan"))
    stan = as_("stan")
    fields = {"name": "Codes", "shared_with": "stewards", "is_default": "on"}
    stan.post(f"/views/{view.pk}/", fields)
    view.refresh_from_db()
    assert (view.name, view.shared_with, view.is_default) == ("Codes", "stewards", True)
    assert "Removed “Codes”." in stan.post(f"/views/{view.pk}/", {"remove": "1"}, follow=True).text
    assert SavedView.objects.count() == 0


def test_a_name_is_taken_once_per_list(as_, person):
    keep(person("stan"), name="Mine")
    view = keep(person("stan"))
    answer = as_("stan").post(f"/views/{view.pk}/", {"name": "Mine"}, follow=True)
    assert "Another view of this list is called “Mine”." in " ".join(answer.text.split())


def test_whoever_only_sees_a_view_neither_changes_nor_removes_it(as_, person, stewards):
    view = keep(person("stan"), shared_with="stewards")
    stella = as_("stella")
    for fields in ({"name": "Hers"}, {"remove": "1"}):
        assert "whoever saved it" in stella.post(f"/views/{view.pk}/", fields, follow=True).text
    assert stella.delete(f"{API}/{view.pk}").status_code == 403
    assert as_("olga").post(f"/views/{view.pk}/", {"remove": "1"}).status_code == 404
    assert as_("olga").delete(f"{API}/{view.pk}").status_code == 404
    view.refresh_from_db()
    assert view.name == "Mapping"


@pytest.mark.parametrize("page", ["", "settings", "https://x.example", "catalogue-kind/a/b", "run"])
def test_only_lists_have_views(as_, person, page):
    with pytest.raises(ViewRefused, match="is no list"):
        keep(person("stan"), page=page)
    assert as_("stan").post("/views/save/", {"page": page, "name": "x"})["Location"] == "/"


def test_a_view_leads_nowhere_else(person):
    view = keep(person("stan"), query='//evil.example/?q="><script>')
    assert (view.query.startswith("%2F%2Fevil"), "<" in view.query) == (True, False)


def test_a_name_is_asked_for_and_what_is_saved_stays_within_bounds(as_, person, monkeypatch):
    told = as_("stan")
    answer = told.post("/views/save/", {"page": "queue", "name": " "}, follow=True)
    assert "Give the view a name" in answer.text
    with pytest.raises(ViewRefused, match="too long"):
        keep(person("stan"), query="q=" + "x" * 3000)
    monkeypatch.setattr(saved_views, "MOST", 1)
    keep(person("stan"))
    keep(person("stan"))
    with pytest.raises(ViewRefused, match="remove one first"):
        keep(person("stan"), name="Another")


def test_two_defaults_of_one_list_cannot_be_stored(person):
    row = {"user": person("stan"), "page": "queue", "is_default": True}
    SavedView.objects.create(name="a", created_at=timezone.now(), **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(name="b", created_at=timezone.now(), **row)


def test_the_menu_costs_the_same_for_any_number_of_views(as_, person, stewards):
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert stella.get(path).status_code == 200
        return len(queries)

    stella = as_("stella")
    keep(person("stan"), shared_with="stewards", page="runs", query="")
    cost("/runs/")
    few = [cost("/runs/"), cost("/views/")]
    for number in range(20):
        for name in ("stan", "stella"):
            given = {"page": "runs", "query": "state=done", "shared_with": "stewards"}
            keep(person(name), name=f"View {number}", **given)
    assert [cost("/runs/"), cost("/views/")] == few


def test_rest_keeps_lists_and_removes_views(as_, person, stewards):
    stan = as_("stan")
    body = {"page": "runs", "name": "Failed", "query": "state=failed", "shared_with": "stewards"}
    made = stan.post(API, body, content_type="application/json")
    assert (made.status_code, made.json()["url"]) == (201, "/runs/?state=failed")
    keep(person("stan"))
    listed = as_("stella").get(API).json()["items"]
    assert [(row["name"], row["by"]) for row in listed] == [("Failed", "stan")]
    stan = as_("stan")
    assert [row["name"] for row in stan.get(f"{API}?page=queue").json()["items"]] == ["Mapping"]
    assert stan.delete(f"{API}/{made.json()['id']}").status_code == 204
    assert stan.get(f"{API}?page=runs").json() == {"items": [], "next": None}
    refused = stan.post(API, {**body, "page": "nowhere"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "view_refused")


def test_a_stranger_keeps_nothing(client, db):
    answers = [post(client), client.get("/views/"), client.post("/views/1/", {"name": "x"})]
    assert {re.sub(r"\?.*", "", one["Location"]) for one in answers} == {"/accounts/login/"}
    assert client.get(API).status_code == 401
