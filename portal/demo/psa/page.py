"""The PSA's own screen: its newest time entries, each of which can be corrected here."""

from __future__ import annotations

from html import escape
from typing import Any

from portal.demo.psa.firm import CLIENTS, SERVICES
from portal.demo.serving import Response

FIELDS = ("hours", "service", "currency")
_CURRENCIES = sorted({client.currency for client in CLIENTS})
_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Workplan PSA</title>
<meta name="viewport" content="width=device-width">
<style>body{font:15px/1.5 system-ui;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{padding:.3rem .5rem;text-align:left;
border-bottom:1px solid #8884}input{width:5rem}form{display:contents}</style>
<h1>Workplan PSA</h1><p>Meridian Consulting's time, newest first. What is corrected here reaches
billing with the next run.</p><table><tr><th>Entry<th>Date<th>Project<th>Person<th>Status
<th>Hours<th>Service<th>Currency<th></tr>"""


def render(entries: list[dict[str, Any]]) -> Response:
    rows = "".join(_row(entry) for entry in entries)
    return Response(200, (_HEAD + rows + "</table></html>").encode(), "text/html; charset=utf-8")


def _row(entry: dict[str, Any]) -> str:
    form = f"f-{escape(entry['id'])}"
    plain = (entry["id"], entry["work_date"], entry["project"]["name"], entry["person"]["name"])
    cells = "".join(f"<td>{escape(str(value))}" for value in (*plain, entry["status"]))
    hours = f'<input form="{form}" name="hours" value="{escape(entry["hours"])}">'
    service = _choice(form, "service", entry["service"], list(SERVICES))
    currency = _choice(form, "currency", entry["currency"], _CURRENCIES)
    save = f'<form id="{form}" method="post" action="/entries/{escape(entry["id"])}">'
    return (
        f"<tr>{cells}<td>{hours}<td>{service}<td>{currency}<td>{save}<button>Save</button></form>"
    )


def _choice(form: str, name: str, held: str, known: list[str]) -> str:
    options = "".join(
        f"<option{' selected' if value == held else ''}>{escape(value)}"
        for value in dict.fromkeys([held, *known])
    )
    return f'<select form="{form}" name="{name}">{options}</select>'
