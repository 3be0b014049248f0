"""The inbox: one's own notices, newest first, marked as read; and the bell on every page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.notifications.lifecycle import WORDS, Channel, Kind
from governance.notifications.models import Delivery
from governance.notifications.queries import inbox, mailed, unread
from governance.notifications.services import Said, mark_read, tell
from portal.accounts.models import User
from portal.web.inbox.views import LOOKS
from tests.firm import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def stan(person) -> User:
    return person("stan")


@pytest.fixture
def page(client, stan) -> Client:
    client.force_login(stan)
    return client


def told(person: User, *names: str, kind: Kind = Kind.CASE_ASSIGNED) -> list[int]:
    """Ids of their copies, in order."""
    for number, name in enumerate(names):
        said = Said(event=name, kind=kind, subject=name, text="Why\nso", about=("case", "7"))
        tell(said, people=[person], now=NOW + timedelta(minutes=number))
    rows = inbox(person).filter(notification__event__in=names).order_by("id")
    return list(rows.values_list("pk", flat=True))


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_an_empty_inbox_says_what_will_come(page):
    assert "Nobody told you anything yet" in text(page.get("/inbox/"))
    assert "Everything is read" in text(page.get("/inbox/?show=unread"))


def test_it_shows_ones_own_newest_first_and_nothing_of_others(page, stan, person):
    told(stan, "older", "newer")
    told(person("stella"), "hers")
    shown = text(page.get("/inbox/"))
    assert shown.index(">newer</a>") < shown.index(">older</a>")
    assert "hers" not in shown
    assert "Why<br>so" in shown
    assert "2 unread" in shown


def test_markup_in_a_notice_is_text(page, stan):
    told(stan, "<script>alert(1)</script>")
    assert "<script>alert" not in page.get("/inbox/").content.decode()


def test_following_a_notice_reads_it_and_leads_there(page, stan):
    first, second = told(stan, "a", "b")
    answer = page.get(f"/inbox/{first}/")
    assert (answer.status_code, answer["Location"]) == (302, "/queue/cases/7/")
    assert list(inbox(stan).filter(read_at=None).values_list("pk", flat=True)) == [second]
    shown = text(page.get("/inbox/?show=unread"))
    assert (">b</a>" in shown, ">a</a>" in shown) == (True, False)


def test_nobody_follows_or_marks_what_was_told_to_another(page, person):
    stella = person("stella")
    [hers] = told(stella, "hers")
    assert page.get(f"/inbox/{hers}/").status_code == 404
    page.post("/inbox/read/", {"id": [str(hers), "x", "9" * 30]})
    page.post("/inbox/read/", {"all": "1"})
    assert unread(stella) == 1


def test_a_mail_copy_is_no_part_of_the_inbox(page, stan):
    User.objects.filter(pk=stan.pk).update(email="stan@example.com")
    stan.refresh_from_db()
    told(stan, "a")
    copy = Delivery.objects.get(channel=Channel.EMAIL)
    assert page.get(f"/inbox/{copy.pk}/").status_code == 404
    assert unread(stan) == 1


def test_one_or_all_are_marked_as_read(page, stan):
    first, *_ = told(stan, "a", "b", "c")
    assert page.post("/inbox/read/", {"id": str(first)}).status_code == 302
    assert unread(stan) == 2
    page.post("/inbox/read/", {"all": "1"})
    assert unread(stan) == 0
    assert "Mark all read" not in text(page.get("/inbox/"))


def test_marking_needs_a_post_with_a_token(stan):
    told(stan, "a")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(stan)
    assert strict.get("/inbox/read/").status_code == 405
    assert strict.post("/inbox/read/", {"all": "1"}).status_code == 403
    assert unread(stan) == 1


def test_pages_follow_each_other_without_a_gap(page, stan):
    told(stan, *(f"n-{number:03}" for number in range(60)))
    first = page.get("/inbox/")
    names = [one.notification.subject for one in first.context["found"].rows]
    second = page.get("/inbox/" + first.context["found"].next)
    names += [one.notification.subject for one in second.context["found"].rows]
    assert names == [f"n-{number:03}" for number in reversed(range(60))]


def queries(page: Client, path: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as told_:
        assert page.get(path).status_code == 200
    return [one["sql"] for one in told_.captured_queries]


def test_it_costs_the_same_at_any_length(page, stan):
    told(stan, "first")
    few = len(queries(page, "/inbox/"))
    told(stan, *(f"n-{number}" for number in range(30)))
    assert len(queries(page, "/inbox/")) == few


@pytest.mark.parametrize("path", ["/", "/queue/", "/settings/"])
def test_the_bell_counts_what_is_unread_with_one_query(page, stan, person, path):
    told(person("stella"), "hers")
    [first, _] = told(stan, "a", "b")
    asked = [one for one in queries(page, path) if "governance_delivery" in one]
    assert len(asked) == 1
    assert 'aria-label="Inbox, 2 unread"' in text(page.get(path))
    mark_read(by=stan, ids=[first], now=NOW)
    assert 'aria-label="Inbox, 1 unread"' in text(page.get(path))


def test_the_bell_is_silent_when_all_is_read(page):
    assert 'aria-label="Inbox" title="Inbox"' in text(page.get("/"))


def test_every_kind_has_words_and_a_look():
    assert set(WORDS) == set(LOOKS) == set(Kind)


def test_places_lead_where_the_portal_has_them():
    there = {
        "case": reverse("case", args=[7]),
        "problem": reverse("queue-problem", args=["ab"]),
        "change": reverse("change", args=[7]),
    }
    given = {"case": 7, "problem": "ab", "change": 7}
    assert {kind: path.format(given[kind]) for kind, path in configured.PLACES.items()} == there


def test_a_person_chooses_what_comes_by_mail(page, stan):
    every = dict.fromkeys(Kind, True)
    assert mailed(stan) == every
    page.post("/settings/mail/", {"kinds": [Kind.VOTE_ASKED]})
    wanted = {kind for kind, on in mailed(stan).items() if on}
    assert wanted == {Kind.VOTE_ASKED}
    shown = text(page.get("/settings/"))
    assert shown.count('name="kinds"') == len(Kind) - 1
    assert shown.count("checked") >= 1
    assert page.post("/settings/mail/", {"kinds": ["spam"]}).status_code == 422
    assert {kind for kind, on in mailed(stan).items() if on} == {Kind.VOTE_ASKED}
