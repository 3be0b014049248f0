"""The frame around every page."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from portal.accounts.models import User
from portal.web.home.greeting import greeting
from portal.web.shell import navigation, needs, search
from portal.web.shell.errors import broken
from portal.web.shell.navigation import Count, Health, Place
from portal.web.shell.needs import Need
from portal.web.shell.people import title_of
from portal.web.shell.search import Hit


def test_the_rail_holds_only_places_that_exist(her: Client) -> None:
    page = her.get("/")
    assert [e.place.label for e in page.context["shell"].nav] == [
        place.label
        for place in navigation.NAV
        if navigation.address(place.url_name) and not place.permission
    ]


def test_a_place_is_hidden_from_whoever_lacks_its_permission(
    her: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = Place("Home", "home", "home", "h", "governance.view_audit")
    monkeypatch.setattr(navigation, "NAV", (locked,))
    assert her.get("/").context["shell"].nav == []


def test_counts_and_health_come_from_whoever_can_answer(her: Client) -> None:
    navigation.counts["home"] = lambda request: Count(1200, "waiting", hot=True)
    navigation.health.append(lambda request: Health("active", "All feeds fresh", "Oldest 12 s"))
    html = her.get("/").text
    assert '<span class="count count--hot">1,200<span class="sr"> waiting</span></span>' in html
    assert ("All feeds fresh" in html, "No role yet" in html) == (True, True)


def test_home_stands_only_for_itself_and_other_places_for_what_lies_below() -> None:
    assert [
        navigation._is_here("/", "/"),
        navigation._is_here("/", "/changes/"),
        navigation._is_here("/changes/", "/changes/CR-1/"),
    ] == [True, False, True]


def test_home_leads_with_the_most_urgent_sentence(her: Client) -> None:
    needs.askers += [
        lambda request: None,
        lambda request: Need("My cases", "shell/_hits.html", summary="2 cases"),
        lambda request: Need(
            "My approvals",
            "shell/_hits.html",
            count=1,
            summary="1 approval",
            sentence="One vote of yours releases a change.",
            action="Review CR-0148",
            action_url="/changes/CR-0148/",
        ),
    ]
    page = her.get("/")
    assert page.context["lead"].title == "My approvals"
    assert page.context["summaries"] == ["2 cases", "1 approval"]
    assert "One vote of yours releases a change.</h1>" in page.text
    assert "Nothing waits for you." in page.text


@pytest.mark.parametrize(
    ("hour", "words"),
    [(5, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening"), (3, "evening")],
)
def test_the_greeting_follows_the_readers_clock(hour: int, words: str) -> None:
    assert greeting("Marta", SimpleNamespace(hour=hour)) == f"Good {words}, Marta."  # type: ignore[arg-type]


def test_search_asks_every_finder_and_drops_empty_groups(her: Client) -> None:
    asked: list[tuple[str, int]] = []

    def invoices(request: object, words: str, limit: int) -> list[Hit]:
        asked.append((words, limit))
        return [Hit("INV-24817", "/audit/INV-24817/", "invoice")]

    search.finders += [("Invoices", invoices), ("People", lambda request, words, limit: [])]
    page = her.get("/search/?q=INV", headers={"HX-Request": "true"})
    assert [(g.title, len(g.hits)) for g in page.context["groups"]] == [("Invoices", 1)]
    assert asked == [("INV", 6)]
    assert "<html" not in page.text


def test_search_does_not_bother_anybody_with_one_letter(her: Client) -> None:
    search.finders.append(("All", lambda request, words, limit: 1 / 0))  # type: ignore[arg-type,return-value]
    assert her.get("/search/?q=I").context["groups"] == []


def test_a_boosted_link_and_a_plain_one_get_the_page(her: Client) -> None:
    both = {"HX-Request": "true", "HX-Boosted": "true"}
    assert "<html" in her.get("/search/", headers=both).text
    assert her.get("/search/")["Vary"].split(", ").count("HX-Request") == 1


def test_a_theme_is_kept_and_rendered_by_the_server(her: Client) -> None:
    answer = her.post("/preferences/", {"theme": "dark", "next": "/search/"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    assert '<html lang="en" data-keys="on" data-theme="dark" ' in her.get("/").text


@pytest.mark.parametrize(
    ("sent", "kept"), [({"theme": "pink"}, set()), ({"keys": "off", "csrf": "x"}, {"keys"})]
)
def test_only_known_preferences_become_cookies(
    her: Client, sent: dict[str, str], kept: set[str]
) -> None:
    assert set(her.post("/preferences/", sent).cookies) == kept


def test_preferences_never_send_a_person_to_another_site(her: Client) -> None:
    answer = her.post("/preferences/", {"theme": "dark", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_the_sheet_of_components_is_there_only_while_developing(
    her: Client, settings: Settings
) -> None:
    assert her.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    assert her.get("/styleguide/").status_code == 200


def test_demo_sign_ins_are_offered_only_where_they_are_configured(
    client: Client, db: None, settings: Settings
) -> None:
    assert "Look around as" not in client.get("/accounts/login/").text
    settings.DEMO_SIGN_INS = [
        {"username": "marta", "password": "x", "name": "Marta Lindholm", "does": "Architect"}
    ]
    assert "Look around as" in client.get("/accounts/login/").text


def test_a_broken_page_is_drawn_without_database_or_session(rf: RequestFactory) -> None:
    answer = broken(rf.get("/"))
    assert (answer.status_code, b"Something broke on our side" in answer.content) == (500, True)


def test_a_person_is_titled_by_the_roles_they_hold_now(person: Callable[[str], User]) -> None:
    assert [title_of(person(name)) for name in ("olga", "aude")] == [
        "Architect, Steward",
        "Auditor",
    ]
