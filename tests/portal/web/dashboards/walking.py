"""Reads a page as a machine: every number, the list that it opens, and what its rows come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from integrations.sla.hops import weighted
from integrations.sla.latency import quantile

VOID = {"br", "hr", "img", "input", "link", "meta", "use"}


@dataclass
class Found:
    """A number: `of` says how it follows from rows, `url` where they are."""

    value: str
    of: str = ""
    currency: str = ""
    url: str = ""
    row: str = ""
    words: str = ""


@dataclass
class Reader(HTMLParser):
    """Numbers are <data> elements, and marks of drawings that carry `data-value`."""

    numbers: list[Found] = field(default_factory=list)
    stack: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    next: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.stack.append((tag, told))
        if tag == "a" and told.get("rel") == "next":
            self.next = told["href"]
        if tag == "data" or "data-value" in told:
            self.numbers.append(self._found(told.get("value") or told.get("data-value", "")))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def _found(self, value: str) -> Found:
        around = [told for _, told in self.stack]

        def nearest(name: str) -> str:
            return next((told[name] for told in reversed(around) if name in told), "")

        links = [told["href"] for tag, told in self.stack if tag == "a" and "href" in told]
        return Found(
            value,
            nearest("data-of"),
            nearest("data-currency"),
            links[-1] if links else "",
            nearest("data-row"),
        )


@dataclass
class Walk:
    """One person's way through pages that do not change meanwhile; each is fetched once."""

    client: Any
    pages: dict[str, Reader] = field(default_factory=dict)

    def read(self, url: str) -> Reader:
        if url not in self.pages:
            answer = self.client.get(url)
            assert answer.status_code == 200, url
            self.pages[url] = Reader()
            self.pages[url].feed(answer.content.decode())
        return self.pages[url]

    def rows_of(self, url: str) -> list[dict[str, Any]]:
        """Every row of a list, over all its pages."""
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        page = url
        while page:
            reader = self.read(page)
            for one in reader.numbers:
                if one.row:
                    row = rows.setdefault((page, one.row), {"currency": ""})
                    row[one.of] = Decimal(one.value)
                    row["currency"] = one.currency or row["currency"]
            page = f"{url.partition('?')[0]}{reader.next}" if reader.next else ""
        return list(rows.values())

    def numbers(self, url: str) -> list[Found]:
        """All numbers of a page; one without a name or without a list is a mistake."""
        found = self.read(url).numbers
        assert [one for one in found if not one.url or one.of not in COMES_TO] == []
        return found

    def check(self, one: Found) -> None:
        """The rows of its list come to it, and so does the head of that list."""
        told = COMES_TO[one.of](self.rows_of(one.url), one.currency)
        assert abs(float(told) - float(one.value)) < 1e-9, one
        heads = [
            each.value
            for each in self.read(one.url).numbers
            if (each.of, each.currency, each.url, each.row) == (one.of, one.currency, "", "")
        ]
        assert [Decimal(value) for value in heads] == [Decimal(one.value)], one


def _sum(name: str) -> Callable[[list[dict[str, Any]], str], Any]:
    return lambda rows, currency: sum(row.get(name, 0) for row in rows)


def _quantile(share: float) -> Callable[[list[dict[str, Any]], str], Any]:
    return lambda rows, currency: quantile(sorted(float(row["days"]) for row in rows), share)


def _pairs(rows: list[dict[str, Any]]) -> Iterator[tuple[float, int]]:
    for row in rows:
        yield float(row["days"]), int(abs(row.get("worth", 0)) * 100)


def _mean(rows: list[dict[str, Any]], currency: str) -> float:
    made = list(_pairs(rows))
    return sum(days * money for days, money in made) / sum(money for _, money in made)


def _share(rows: list[dict[str, Any]], currency: str) -> float:
    made = list(_pairs(rows))
    return 100 * sum(m for days, m in made if days <= 5) / sum(money for _, money in made)


COMES_TO: dict[str, Callable[[list[dict[str, Any]], str], Any]] = {
    "worth": _sum("worth"),
    "expected": _sum("expected"),
    "delay": _sum("delay"),
    "n": lambda rows, currency: len(rows),
    "owed": lambda rows, currency: sum(row["owed"] for row in rows if row["currency"] == currency),
    "p50": _quantile(0.50),
    "p90": _quantile(0.90),
    "p95": _quantile(0.95),
    "p90w": lambda rows, currency: weighted(_pairs(rows), 0.9),
    "mean": _mean,
    "share": _share,
}
"""How a number follows from the rows of its list."""
