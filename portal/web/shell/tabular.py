"""A list as a file, CSV or Excel: exactly what is filtered, whatever its length, and no formulas.

A view hands over titles and an iterator of rows; `?as=csv` or `?as=xlsx` chooses. Numbers, moments
and days keep their type; money is a `Decimal` of `major(…)` beside a column with its currency.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from django.http import FileResponse, Http404, QueryDict, StreamingHttpResponse
from django.utils import timezone

from governance import clock
from governance.agreements.transforms import digits_of
from portal.web.shell.workbook import workbook

Cell: TypeAlias = str | int | float | Decimal | date | None
Rows: TypeAlias = Iterable[Sequence[Cell]]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", " ", "＝", "＋", "－", "＠")  # noqa: RUF001
"""A spreadsheet takes a text that begins so for a formula, or strips what stands before one."""
BATCH = 2_000
"""Rows that an export takes from the database at once."""


def export(
    params: QueryDict, *, name: str, titles: Sequence[str], rows: Rows
) -> StreamingHttpResponse | FileResponse:
    """The file that `?as=` asks for; 404 for one that nobody writes."""
    kind = params.get("as", "csv")
    day = timezone.localtime(clock.now()).date()
    if kind == "csv":
        made: StreamingHttpResponse | FileResponse = StreamingHttpResponse(
            lines(titles, rows),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}-{day}.csv"'},
        )
    elif kind == "xlsx":
        book = workbook(titles, rows, suspect=FORMULA)
        made = FileResponse(book, as_attachment=True, filename=f"{name}-{day}.xlsx")
    else:
        raise Http404(f"a list is exported as csv or xlsx, not as {kind}")
    made["Cache-Control"] = "no-store"
    return made


class _Line:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        """The line itself."""
        return text


def lines(titles: Sequence[str], rows: Rows) -> Iterator[str]:
    """Head and rows as CSV, with the mark by which Excel knows UTF-8; moments in UTC."""
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(titles)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: Cell) -> str:
    """The cell as text that no spreadsheet computes; a number stays one."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.encode("utf-8", "replace").decode()
        return f"'{text}" if text.startswith(FORMULA) else text
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def major(minor: int | None, currency: str) -> Decimal | None:
    """Minor units as the amount that people write: 1240000 EUR is 12400.00."""
    return None if minor is None else Decimal(minor).scaleb(-digits_of(currency))
