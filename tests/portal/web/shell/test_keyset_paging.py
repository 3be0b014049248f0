"""Paging forth and back visits every row once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, QuerySet
from django.db.models.functions import Length
from django.http import QueryDict

from portal.accounts.models import User
from portal.web.shell.paging import Page, keyset

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> QuerySet[User]:
    """Seven people; three joined in the same moment."""
    for number in range(7):
        User.objects.create(
            username=f"p{number}", date_joined=START + timedelta(days=min(number, 4))
        )
    return User.objects.all()


def walk(rows: QuerySet[User], order: list[str], query: str, side: str) -> list[list[str]]:
    """The user names of page after page until there is no further link."""
    pages = []
    while True:
        page: Page[User] = keyset(rows, order=order, params=QueryDict(query), size=3)
        pages.append([person.username for person in page.rows])
        query = getattr(page, side).lstrip("?")
        if not query:
            return pages


def test_forth_and_back_meet_every_row_once(people: QuerySet[User]) -> None:
    order = ["-date_joined", "-pk"]
    forth = walk(people, order, "", "next")
    assert forth == [["p6", "p5", "p4"], ["p3", "p2", "p1"], ["p0"]]
    first = keyset(people, order=order, params=QueryDict(), size=3)
    second = keyset(people, order=order, params=QueryDict(first.next.lstrip("?")), size=3)
    third = keyset(people, order=order, params=QueryDict(second.next.lstrip("?")), size=3)
    back = walk(people, order, third.previous.lstrip("?"), "previous")
    assert back == [["p3", "p2", "p1"], ["p6", "p5", "p4"]]


def test_ascending_order_and_annotations_page_too(people: QuerySet[User]) -> None:
    long = people.annotate(size=Length("username"), joined=F("date_joined"))
    assert walk(long, ["size", "joined", "pk"], "", "next") == [
        ["p0", "p1", "p2"],
        ["p3", "p4", "p5"],
        ["p6"],
    ]


def test_filters_stay_in_the_links(people: QuerySet[User]) -> None:
    page = keyset(people, order=["pk"], params=QueryDict("state=open&after=junk"), size=3)
    query = QueryDict(page.next.lstrip("?"))
    assert (query["state"], query.getlist("after").__len__(), page.previous) == ("open", 1, "")


@pytest.mark.parametrize("cursor", ["junk", "W10", "WyJub3QgYSBkYXRlIiwgIjEiXQ", "é", "bnVsbA"])
def test_an_unreadable_cursor_is_the_first_page(people: QuerySet[User], cursor: str) -> None:
    params = QueryDict(mutable=True)
    params["after"] = cursor
    page = keyset(people, order=["date_joined", "pk"], params=params, size=3)
    assert [p.username for p in page.rows] == ["p0", "p1", "p2"]


@pytest.mark.parametrize("side", ["after", "before"])
def test_one_query_however_deep(
    people: QuerySet[User], django_assert_num_queries: object, side: str
) -> None:
    first = keyset(people, order=["pk"], params=QueryDict(), size=3)
    params = QueryDict(first.next.lstrip("?").replace("after", side))
    with django_assert_num_queries(1):  # type: ignore[operator]
        keyset(people, order=["pk"], params=params, size=3)
