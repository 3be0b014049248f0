"""A system's own screen, where people correct a record at the place where it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from portal.demo.serving import Request, Response, Route, text
from portal.demo.store import Record, Store

Save = Callable[[str, Record], Record]
SHOWN = 25
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>
body{{font:15px/1.5 system-ui;margin:2rem auto;max-width:64rem;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}td,th{{padding:.3rem .6rem;text-align:left;
border-bottom:1px solid #8884;vertical-align:top}}input{{width:100%;max-width:24rem;font:inherit}}
nav a{{margin-right:1rem}}pre{{white-space:pre-wrap;background:#8881;padding:.6rem}}</style>
<h1>{title}</h1>"""


@dataclass(frozen=True)
class Screen:
    """`fields` names, for each kind of record, the places that may be corrected here."""

    title: str
    store: Store
    fields: Mapping[str, tuple[str, ...]]
    save: Save

    def routes(self) -> list[Route]:
        return [
            ("GET", "/", self._home),
            ("GET", "/records/{kind}/{id}", self._one),
            ("POST", "/records/{kind}/{id}", self._correct),
        ]

    def _home(self, request: Request) -> Response:
        kind = request.query.get("kind", next(iter(self.fields)))
        links = "".join(f'<a href="/?kind={one}">{_words(one)}</a>' for one in self.fields)
        rows = "".join(_row(kind, one) for one in self._recent(kind))
        table = f"<table><tr><th>Record<th>Changed fields are saved on its page</tr>{rows}</table>"
        return self._page(f"<nav>{links}</nav><h2>{_words(kind)}, newest first</h2>{table}")

    def _recent(self, kind: str) -> list[Record]:
        return self.store.recent(kind, SHOWN) if kind in self.fields else []

    def _one(self, request: Request, *, kind: str, id: str) -> Response:
        record = self._held(kind, id)
        if record is None:
            return text("no such record", status=404)
        inputs = "".join(
            f'<tr><td><label for="{place}">{_words(place)}</label>'
            f'<td><input id="{place}" name="{place}" value="{escape(_shown(_at(record, place)))}">'
            for place in self.fields[kind]
        )
        whole = escape(json.dumps(record, indent=1, ensure_ascii=False))
        return self._page(
            f'<nav><a href="/?kind={kind}">{_words(kind)}</a></nav><h2>{escape(unquote(id))}</h2>'
            f'<form method="post"><table>{inputs}</table><p><button>Save</button></form>'
            f"<pre>{whole}</pre>"
        )

    def _correct(self, request: Request, *, kind: str, id: str) -> Response:
        record = self._held(kind, id)
        if record is None:
            return text("no such record", status=404)
        for place, given in request.form:
            if place in self.fields[kind] and given != _shown(_at(record, place)):
                _set(record, place, _read(given, _at(record, place)))
        self.save(kind, record)
        return Response(303, b"", headers={"Location": f"/records/{kind}/{quote(unquote(id))}"})

    def _held(self, kind: str, id: str) -> Record | None:
        return self.store.get(kind, unquote(id)) if kind in self.fields else None

    def _page(self, body: str) -> Response:
        head = HEAD.format(title=escape(self.title))
        return Response(200, (head + body + "</html>").encode(), "text/html; charset=utf-8")


def _row(kind: str, record: Record) -> str:
    name = escape(str(record.get("number") or record.get("name") or record["id"]))
    link = f"/records/{kind}/{quote(str(record['id']), safe='')}"
    told = escape(json.dumps(record, ensure_ascii=False)[:160])
    return f'<tr><td><a href="{link}">{name}</a><td>{told}</tr>'


def _words(name: str) -> str:
    return escape(name.replace("_", " ").replace(".", ", ").capitalize())


def _at(record: Record, place: str) -> Any:
    node: Any = record
    for step in place.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _set(record: Record, place: str, value: Any) -> None:
    *steps, last = place.split(".")
    node = record
    for step in steps:
        node = node.setdefault(step, {})
    node[last] = value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _read(given: str, held: Any) -> Any:
    """Text stays text; what was a number, a list or nothing is read as JSON where it can be."""
    if isinstance(held, str):
        return given
    if not given:
        return None
    try:
        return json.loads(given)
    except ValueError:
        return given
