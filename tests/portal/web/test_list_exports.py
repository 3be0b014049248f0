"""Every list as a file: exactly what its page shows, for whoever sees the page, at one cost."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.approvals import services as approvals
from tests import pipeline
from tests.firm import value_map_item
from tests.portal.web import sheets

pytestmark = pytest.mark.django_db

LISTS = (
    "/queue/export/",
    "/changes/export/",
    "/runs/export/",
    "/catalogue/export/flows/",
    "/catalogue/export/value-maps/",
    "/audit/log/export/",
)


@pytest.fixture
def as_(client, person):
    def sign_in(username: str) -> Client:
        client.force_login(person(username))
        return client

    return sign_in


@pytest.fixture
def busy(firm, person):
    """`busy(2)`: two more failing records in a run of their own, and two more change requests."""

    def work(number: int, *, start: int = 0) -> None:
        wanted = range(start, start + number)
        pipeline.put(*(pipeline.time_entry(f"T-{n}", role="=partner()") for n in wanted))
        pipeline.run(firm)
        for n in wanted:
            item = value_map_item(slug=f"map-{n}", name=f"Map {n}")
            approvals.propose(by=person("ada"), title=f"=Map {n}", items=[item])

    return work


def lines(client: Client, address: str) -> list[dict[str, str]]:
    text = sheets.whole(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def book(client: Client, address: str) -> bytes:
    joint = "&" if "?" in address else "?"
    return sheets.whole(client.get(f"{address}{joint}as=xlsx"))


@pytest.mark.parametrize("address", LISTS)
def test_both_files_hold_the_same_rows_and_run_no_formula(as_, busy, address):
    busy(2)
    client = as_("aude")
    told = lines(client, address)
    workbook = book(client, address)
    head, *rows = sheets.rows(workbook)
    again = 1 if address.startswith("/audit") else 0  # the first export is an entry of the log
    assert [title.removesuffix(" (UTC)") for title in head] == list(told[0])
    assert (len(rows) - again, sheets.formulas(workbook)) == (len(told), [])
    assert [_text(row[0]) for row in rows[: len(told)]] == [
        next(iter(one.values())) for one in told
    ]


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell)


@pytest.mark.parametrize(
    ("address", "column", "values"),
    [
        ("/queue/export/?t=class:mapping", "class", ["mapping", "mapping"]),
        ("/queue/export/?t=class:contract", "class", []),
        ("/queue/export/?view=mine", "class", []),
        ("/changes/export/?q=Map", "title", ["'=Map 1", "'=Map 0"]),
        ("/changes/export/?q=Atlas", "title", []),
        ("/changes/export/?group=active", "title", []),
        ("/changes/export/?group=", "title", ["'=Map 1", "'=Map 0"]),
        ("/runs/export/?state=done", "rejected", ["2"]),
        ("/runs/export/?state=failed", "rejected", []),
        ("/runs/export/?flow=nowhere", "rejected", []),
        ("/catalogue/export/value-maps/?q=role", "slug", ["role-codes"]),
        ("/catalogue/export/value-maps/?status=retired", "slug", []),
    ],
)
def test_a_file_holds_exactly_what_is_filtered(as_, busy, address, column, values):
    busy(2)
    assert [row[column] for row in lines(as_("olga"), address)] == values


def test_a_change_is_found_by_its_number(as_, busy):
    busy(2)
    client = as_("olga")
    for one in lines(client, "/changes/export/?group="):
        assert lines(client, f"/changes/export/?q={one['change']}") == [one]


def test_my_approvals_are_mine(as_, busy):
    busy(1)
    mine = "/changes/export/?group=mine"
    assert [len(lines(as_(name), mine)) for name in ("olga", "vera")] == [1, 0]


@pytest.mark.parametrize("address", ["/queue/export/", "/runs/export/"])
def test_a_foreign_steward_takes_nothing_along(as_, busy, address):
    busy(2)
    client = as_("fred")
    assert (lines(client, address), len(sheets.rows(book(client, address)))) == ([], 1)


@pytest.mark.parametrize(
    ("address", "username"),
    [(one, "vera") for one in LISTS if not one.startswith(("/changes", "/catalogue"))],
)
def test_who_may_not_read_a_list_takes_no_file_of_it(as_, busy, address, username):
    busy(1)
    assert [as_(username).get(f"{address}?as={kind}").status_code for kind in ("csv", "xlsx")] == [
        403,
        403,
    ]


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_costs_the_same_for_any_length(as_, busy, address, kind):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            sheets.whole(client.get(f"{address}?as={kind}"))
        return len(queries)

    busy(1)
    client = as_("paul")
    cost()
    few = cost()
    busy(12, start=1)
    assert cost() == few


@pytest.mark.parametrize("address", LISTS)
def test_a_file_has_a_name_with_its_day_and_nobody_keeps_it(as_, busy, address):
    client = as_("aude")
    for kind, mime in (("csv", "text/csv; charset=utf-8"), ("xlsx", "application/vnd.openxml")):
        answer = client.get(f"{address}?as={kind}")
        assert (answer["Content-Type"].startswith(mime), answer["Cache-Control"]) == (
            True,
            "no-store",
        )
        assert answer["Content-Disposition"].endswith(f'.{kind}"')
        sheets.whole(answer)
    assert client.get(f"{address}?as=pdf").status_code == 404


def test_amounts_are_numbers_beside_their_currency(as_, busy):
    busy(1)
    head, row = sheets.rows(book(as_("olga"), "/queue/export/"))
    told = dict(zip(head, row, strict=False))
    assert (told["currency"], told["amount"]) == ("EUR", 1200.0)


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/queue/?t=class%3Amapping", "/queue/export/?t=class%3Amapping&amp;as=xlsx"),
        ("/changes/?group=&q=Map", "/changes/export/?group=&amp;q=Map&amp;as=csv"),
        ("/runs/?state=done", "/runs/export/?state=done&amp;as=xlsx"),
        ("/catalogue/flows/?q=time", "/catalogue/export/flows/?q=time&amp;as=csv"),
    ],
)
def test_the_menu_of_a_list_exports_what_it_shows(as_, busy, page, link):
    busy(1)
    assert f'href="{link}"' in as_("olga").get(page).text
