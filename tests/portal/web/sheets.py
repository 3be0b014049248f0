"""Reads a workbook as a stranger would: its parts, not the library that wrote it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.etree.ElementTree import Element, fromstring

NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
ESCAPED = re.compile(r"_x([0-9A-F]{4})_")


def whole(answer: Any) -> bytes:
    """What the browser saves; the test client closes the answer with its last piece."""
    return b"".join(answer.streaming_content)


def part(book: bytes, name: str) -> Element:
    """One part, parsed."""
    with zipfile.ZipFile(io.BytesIO(book)) as files:
        return fromstring(files.read(name))


def names(book: bytes) -> list[str]:
    """The sheets' parts in order."""
    with zipfile.ZipFile(io.BytesIO(book)) as files:
        return sorted(name for name in files.namelist() if "worksheets/sheet" in name)


def rows(book: bytes, sheet: str = "xl/worksheets/sheet1.xml") -> list[list[Any]]:
    """Texts as str, numbers as float, gaps as None."""
    return [_row(one) for one in part(book, sheet).iterfind(".//s:row", NS)]


def _row(row: Element) -> list[Any]:
    found: dict[int, Any] = {_column(one.get("r", "")): _cell(one) for one in row}
    return [found.get(number) for number in range(1, max(found, default=0) + 1)]


def _column(place: str) -> int:
    number = 0
    for letter in re.sub(r"\d", "", place):
        number = number * 26 + ord(letter) - 64
    return number


def _cell(cell: Element) -> Any:
    if cell.get("t") == "inlineStr":
        text = "".join(one.text or "" for one in cell.iterfind(".//s:t", NS))
        return ESCAPED.sub(lambda mark: chr(int(mark[1], 16)), text)
    value = cell.find("s:v", NS)
    return None if value is None else float(value.text or "")


def formulas(book: bytes) -> list[str]:
    """Whatever a spreadsheet would compute or follow, in any sheet."""
    return [
        found.tag
        for name in names(book)
        for kind in ("f", "hyperlink")
        for found in part(book, name).iterfind(f".//s:{kind}", NS)
    ]
