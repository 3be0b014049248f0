"""A person's own settings: what is shown, made, kept and refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.audit.models import AuditEntry
from portal.access import tokens
from portal.access.tokens import Scope
from portal.accounts.models import ApiToken
from portal.web.settings import reach
from portal.web.settings.forms import zones

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client, person) -> Client:
    client.force_login(person("olga"))
    return client


@pytest.fixture
def token(person):
    """`token("olga", "ci")`: a live token and its secret."""

    def make(username: str, name: str = "ci", days: int = 30):
        now = timezone.now()
        return tokens.create(
            by=person(username),
            name=name,
            scopes=[Scope.RUNS_READ],
            domains=[],
            expires_at=now + timedelta(days=days),
            now=now,
        )

    return make


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def wanted(**more):
    day = timezone.localdate() + timedelta(days=30)
    return {
        "name": "nightly",
        "scopes": ["runs:read"],
        "domains": ["delivery"],
        "expires_on": day.isoformat(),
        **more,
    }


def test_every_scope_is_explained():
    assert list(reach.SCOPES) == list(Scope)


def test_strangers_are_sent_to_sign_in(client, firm):
    for path in ("/settings/", "/settings/tokens/new/"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_somebody_without_any_role_has_settings_too(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="new"))
    page = text(client.get("/settings/"))
    assert "You hold no role yet" in page
    assert "No token yet" in page


def test_roles_are_listed_with_their_domain(olga):
    page = text(olga.get("/settings/"))
    found = re.findall(r"role-grants/olga\.(\w+)\.delivery/\">(\w+)</a></td><td[^>]*>(\w+)<", page)
    assert found == [("architect", "Architect", "Delivery"), ("steward", "Steward", "Delivery")]


def test_a_token_opens_the_rest_interface_and_its_secret_is_shown_once(olga):
    made = olga.post("/settings/tokens/new/", wanted())
    [secret] = re.findall(r'value="(cdt_[^"]+)"', text(made))
    row = ApiToken.objects.get()
    assert (row.user.username, row.scopes, row.domains) == ("olga", ["runs:read"], ["delivery"])
    assert "no-store" in made["Cache-Control"]
    me = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me")
    assert me.json()["scopes"] == ["runs:read"]
    page = text(olga.get("/settings/"))
    assert (f"cdt_{row.prefix}_…" in page, secret in page, row.digest in page) == (
        True,
        False,
        False,
    )


def test_a_form_sent_twice_makes_one_token(olga):
    olga.post("/settings/tokens/new/", wanted())
    again = olga.post("/settings/tokens/new/", wanted())
    assert (again.status_code, ApiToken.objects.count()) == (422, 1)
    assert "You have a live token of this name." in text(again)


def test_the_name_of_a_revoked_token_is_free_again(olga, token, person):
    row, _ = token("olga", "nightly")
    tokens.revoke(token=row, by=person("olga"), now=timezone.now())
    assert olga.post("/settings/tokens/new/", wanted()).status_code == 200


def test_a_token_lives_to_the_end_of_its_last_day_in_the_persons_zone(client, person):
    olga = person("olga")
    olga.time_zone = "Pacific/Auckland"
    olga.save()
    client.force_login(olga)
    with timezone.override("Pacific/Auckland"):
        day = timezone.localdate()
        client.post("/settings/tokens/new/", wanted(expires_on=day.isoformat()))
        last = timezone.localtime(ApiToken.objects.get().expires_at)
    assert (last.date(), last.hour, last.minute) == (day, 23, 59)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": " "}, "This field is required."),
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["everything"]}, "everything is not one of the available choices."),
        ({"domains": ["sales"]}, "sales is not one of the available choices."),
        ({"expires_on": "2001-01-01"}, "Give a day from"),
        ({"expires_on": "2999-01-01"}, "Give a day from"),
        ({"expires_on": "soon"}, "Enter a valid date."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(olga, more, said):
    answer = olga.post("/settings/tokens/new/", wanted(**more))
    assert (answer.status_code, ApiToken.objects.count()) == (422, 0)
    assert said in text(answer)


def test_domains_offered_are_those_of_the_persons_grants(person):
    assert reach.domains(person("olga")) == [("delivery", "Delivery")]
    assert reach.domains(person("ada")) == [("delivery", "Delivery"), ("sales", "Sales")]


def test_a_revoked_token_is_refused_from_its_next_request_on(olga, token):
    row, secret = token("olga")
    caller = Client(headers={"Authorization": f"Bearer {secret}"})
    assert caller.get("/api/v1/me").status_code == 200
    answer = olga.post(f"/settings/tokens/{row.pk}/revoke/", follow=True)
    assert "ci is revoked." in text(answer)
    assert caller.get("/api/v1/me").status_code == 401
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


def test_nobody_sees_or_revokes_the_token_of_another(olga, token):
    row, _ = token("stan", "stans own")
    assert "stans own" not in text(olga.get("/settings/"))
    assert olga.post(f"/settings/tokens/{row.pk}/revoke/").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_token_tells_how_it_stands(token, person):
    now = timezone.now()
    fine, _ = token("olga", "fine", 90)
    soon, _ = token("olga", "soon", 3)
    gone, _ = token("olga", "gone")
    tokens.revoke(token=gone, by=person("olga"), now=now)
    later = now + timedelta(days=100)
    assert [reach.held(one, now=now).word for one in (fine, soon, gone)] == [
        "Active",
        "Ends soon",
        "Revoked",
    ]
    assert reach.held(fine, now=later).word == "Expired"


def test_a_scope_that_is_no_more_is_still_told(token):
    row, _ = token("olga")
    row.scopes = ["old:scope"]
    assert reach.held(row, now=timezone.now()).may == [("old:scope", "")]


def test_the_page_costs_the_same_for_any_number_of_tokens(olga, token):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert olga.get("/settings/").status_code == 200
        return len(queries)

    token("olga", "first")
    cost()
    few = cost()
    for number in range(18):
        token("olga", f"more {number}")
    assert cost() == few


def test_times_are_told_in_the_zone_that_was_chosen(olga, person):
    olga.post("/settings/time-zone/", {"time_zone": "Asia/Tokyo"})
    assert person("olga").time_zone == "Asia/Tokyo"
    assert re.search(r"Your time is \d\d:\d\d JST\.", text(olga.get("/settings/")))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc"])
def test_a_place_that_is_none_is_refused(olga, person, zone):
    assert olga.post("/settings/time-zone/", {"time_zone": zone}).status_code == 422
    assert person("olga").time_zone == "UTC"


def test_zones_are_places():
    names = [name for name, _ in zones()]
    assert names[0] == "UTC"
    assert {"Europe/Berlin", "America/New_York"} < set(names)
    assert [name for name in names if name.startswith("Etc/")] == []


def test_the_chosen_theme_is_the_pressed_one(olga):
    olga.post("/preferences/", {"theme": "dark", "next": "/settings/"})
    page = text(olga.get("/settings/"))
    main = page[page.index("<main") :]
    assert re.findall(r'value="(\w+)" aria-pressed="true"', main) == ["dark", "on"]


def test_names_are_shown_as_text(olga, token):
    token("olga", "<script>alert(1)</script>")
    page = text(olga.get("/settings/"))
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)
