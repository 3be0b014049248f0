"""Rows as an Excel workbook, written row by row to a file, so that any length fits into memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any, Final

import xlsxwriter
from django.utils import timezone

LOOKED_AT: Final = 200
"""Rows by which columns get their width."""
NARROW, WIDE = 8, 60
FULL: Final = 1_048_575
"""Rows below the head that a sheet can hold; what follows stands on the next sheet."""
LONGEST: Final = 32_767
CUT: Final = " … (cut)"
EXACT: Final = 15
"""Digits that Excel keeps; a longer number is written as text rather than rounded."""


class _Book:
    """The open workbook and its formats."""

    def __init__(self, file: IO[bytes], suspect: tuple[str, ...]) -> None:
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
        self.book = xlsxwriter.Workbook(file, options)
        self.head = self.book.add_format({"bold": True, "bottom": 1})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.quoted = self.book.add_format({"quote_prefix": True})
        self.by_digits: dict[int, Any] = {}
        self.suspect = suspect

    def shown(self, number: Any) -> Any:
        """An amount has its thousands in groups and as many decimals as it is given with."""
        if not isinstance(number, Decimal):
            return None
        exponent = number.as_tuple().exponent
        places = max(-exponent, 0) if isinstance(exponent, int) else 0
        if places not in self.by_digits:
            shown = "#,##0." + "0" * places if places else "#,##0"
            self.by_digits[places] = self.book.add_format({"num_format": shown})
        return self.by_digits[places]

    def put(self, sheet: Any, row: int, column: int, cell: Any) -> None:
        """One cell by its type; a text never becomes a formula, a link or a number."""
        if cell is None or cell == "":
            return
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, _local(cell), self.moment)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self.day)
        elif isinstance(cell, float) or _exact(cell):
            sheet.write_number(row, column, cell, self.shown(cell))
        else:
            text = safe(str(cell))
            quoted = self.quoted if text.startswith(self.suspect) else None
            sheet.write_string(row, column, text, quoted)


def _exact(cell: Any) -> bool:
    digits = Decimal(cell).as_tuple().digits if isinstance(cell, (int, Decimal)) else ()
    return 0 < len(digits) <= EXACT


def safe(text: str) -> str:
    """What a cell can hold. The library takes a text in <r> tags for markup of its own."""
    told = text.encode("utf-8", "replace").decode()
    if told.startswith("<r>"):
        told = f"'{told}"
    return told if len(told) <= LONGEST else told[: LONGEST - len(CUT)] + CUT


def workbook(
    titles: Sequence[str], rows: Iterable[Sequence[Any]], *, suspect: tuple[str, ...]
) -> IO[bytes]:
    """A file at its beginning: head frozen and filterable, moments in the reader's zone."""
    file: IO[bytes] = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  the response closes it
    made = _Book(file, suspect)
    rest = iter(rows)
    seen = list(islice(rest, LOOKED_AT))
    _fill(made, _heads(titles, seen), _widths(titles, seen), chain(seen, rest))
    made.book.close()
    file.seek(0)
    return file


def _fill(made: _Book, heads: list[str], widths: list[int], rows: Iterator[Sequence[Any]]) -> None:
    """One sheet, and further ones as long as there are rows."""
    while True:
        sheet = made.book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, safe(head), made.head)
        last = 0
        for last, row in enumerate(islice(rows, FULL), start=1):
            for column, cell in enumerate(row):
                made.put(sheet, last, column, cell)
        sheet.autofilter(0, 0, last, len(heads) - 1)
        following = next(rows, None)
        if following is None:
            return
        rows = chain([following], rows)


def _heads(titles: Sequence[str], seen: list[Sequence[Any]]) -> list[str]:
    """Excel knows no time zones: the head of a column of moments says whose they are."""
    zone = timezone.get_current_timezone_name()
    moments = {n for row in seen for n, cell in enumerate(row) if isinstance(cell, datetime)}
    return [f"{title} ({zone})" if n in moments else title for n, title in enumerate(titles)]


def _widths(titles: Sequence[str], seen: list[Sequence[Any]]) -> list[int]:
    longest = [len(title) + 4 for title in titles]
    for row in seen:
        for n, cell in enumerate(row):
            shown = 19 if isinstance(cell, datetime) else len(str("" if cell is None else cell))
            longest[n] = max(longest[n], shown)
    return [min(max(width + 1, NARROW), WIDE) for width in longest]


def _local(at: datetime) -> datetime:
    return timezone.make_naive(at) if timezone.is_aware(at) else at
