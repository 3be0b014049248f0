"""A list as a file: types kept, texts kept, nothing computed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404, QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from portal.web.shell import tabular, workbook
from tests.portal.web import sheets

TITLES = ("what", "amount", "currency", "at", "day", "count")
NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
ROW = ("Invoice", Decimal("12400.50"), "EUR", NOON, date(2026, 3, 31), 14)
TEXT = some.characters(exclude_categories=["Cs"], exclude_characters="_")
INJECTIONS = (
    "=1+1",
    '=HYPERLINK("http://x.example","open")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",  # noqa: RUF001
    "{=1+1}",
    "https://x.example/",
    "mailto:x@x.example",
    "<r><t>x</t></r></is></c><c r='Z9'><f>1+1</f></c><r></r>",
    "0012",
    "1e5",
)


def excel(*rows: tuple[Any, ...], titles: tuple[str, ...] = TITLES) -> bytes:
    with workbook.workbook(titles, rows, suspect=tabular.FORMULA) as file:
        return file.read()


def comma(*rows: tuple[Any, ...], titles: tuple[str, ...] = TITLES) -> list[list[str]]:
    text = "".join(tabular.lines(titles, rows))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_a_comma_file_tells_amounts_in_full_and_moments_with_their_zone() -> None:
    told = ["Invoice", "12400.50", "EUR", "2026-03-02T12:30:00+00:00", "2026-03-31", "14"]
    assert comma(ROW) == [list(TITLES), told]


def test_a_workbook_keeps_types_and_names_the_zone_of_its_moments() -> None:
    with timezone.override("Europe/Berlin"):
        head, row = sheets.rows(excel(ROW))
    assert head == ["what", "amount", "currency", "at (Europe/Berlin)", "day", "count"]
    half_past_one = 46083 + 13.5 / 24
    assert row[:3] == ["Invoice", 12400.5, "EUR"]
    assert row[3:] == [pytest.approx(half_past_one, abs=1e-6), 46112.0, 14.0]


def test_what_is_missing_stays_empty() -> None:
    row = ("", None, None, None, None, 0)
    assert comma(row)[1] == ["", "", "", "", "", "0"]
    assert sheets.rows(excel(row))[1] == [None, None, None, None, None, 0.0]


def test_the_head_stays_in_sight_and_filters() -> None:
    sheet = sheets.part(excel(ROW, ROW), "xl/worksheets/sheet1.xml")
    pane, area = sheet.find(".//s:pane", sheets.NS), sheet.find(".//s:autoFilter", sheets.NS)
    assert pane is not None
    assert area is not None
    assert (pane.get("state"), pane.get("topLeftCell"), area.get("ref")) == (
        "frozen",
        "A2",
        "A1:F3",
    )


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_is_computed_followed_or_counted(text: str) -> None:
    book = excel((text,), titles=("what",))
    told = sheets.rows(book)[1][0]
    assert (told.removeprefix("'"), sheets.formulas(book)) == (text, [])


@pytest.mark.parametrize("text", INJECTIONS[:11])
def test_in_a_comma_file_what_could_be_a_formula_is_marked_as_text(text: str) -> None:
    assert comma((text,), titles=("what",))[1] == [f"'{text}"]


def test_a_formula_in_a_title_is_text_too() -> None:
    assert sheets.formulas(excel(("x",), titles=("=1+1",))) == []


@given(
    some.text(
        some.characters(exclude_categories=["Cs"], exclude_characters="_"), min_size=1, max_size=50
    )
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    told = sheets.rows(excel((text,), titles=("what",)))[1][0]
    lines = str.maketrans({"\r": "\n"})
    assert told.removeprefix("'").translate(lines) == text.removeprefix("'").translate(lines)


def test_half_of_a_character_breaks_no_file() -> None:
    assert sheets.rows(excel(("a\ud800b",), titles=("what",)))[1] == ["a?b"]
    assert comma(("a\ud800b",), titles=("what",))[1] == ["a?b"]


def test_numbers_that_excel_would_round_are_written_in_full() -> None:
    row = (1234567890123456789, Decimal("12345678901234.567"), 999999999999999)
    told = sheets.rows(excel(row, titles=("a", "b", "c")))[1]
    assert told == ["1234567890123456789", "12345678901234.567", 999999999999999.0]


def test_a_text_longer_than_a_cell_says_that_it_is_cut() -> None:
    [told] = sheets.rows(excel(("x" * 40_000,), titles=("what",)))[1]
    assert (len(told), told[-10:]) == (32_767, "xx … (cut)")


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "FULL", 3)
    book = excel(*((number,) for number in range(7)), titles=("n",))
    parts = [sheets.rows(book, name) for name in sheets.names(book)]
    assert parts == [[["n"], [0], [1], [2]], [["n"], [3], [4], [5]], [["n"], [6]]]


def test_exactly_a_full_sheet_needs_no_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "FULL", 3)
    assert len(sheets.names(excel((1,), (2,), (3,), titles=("n",)))) == 1


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1240000, "EUR", "12400.00"),
        (-5, "EUR", "-0.05"),
        (700, "JPY", "700"),
        (1234, "BHD", "1.234"),
    ],
)
def test_money_is_written_as_people_write_it(minor: int, currency: str, amount: str) -> None:
    assert str(tabular.major(minor, currency)) == amount
    assert tabular.major(None, currency) is None


def test_nobody_writes_another_kind_of_file() -> None:
    with pytest.raises(Http404, match="csv or xlsx, not as pdf"):
        tabular.export(QueryDict("as=pdf"), name="runs", titles=("n",), rows=[])
