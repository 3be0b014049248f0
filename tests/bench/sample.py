"""Server time and queries of the pages of a sample firm that stands, as each of its people.

    CONCORDAT_VAR=COPY .venv/bin/python -m tests.bench.sample [page ...]

COPY is a copy of the demo's folder (`.backup` of its databases while it runs), since signing in
writes. Milliseconds of processor time in this process: `first` with an empty cache, `again` with
a warm one; the least of five, since other work on the machine only adds to it, and the slowest of
the people who may open the page. Goal: both under 100 ms.
"""

from __future__ import annotations

from tests.bench import standing  # isort: split

import logging
import sys
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.approvals.models import ChangeRequest
from integrations.cases.models import Case
from integrations.messages.models import InboxMessage
from integrations.sync.models import SyncRun
from portal.accounts.models import User
from portal.web.dashboards.lists import LISTS

PEOPLE = ("helen", "marta", "tomasz", "ingrid")
ROUNDS, GOAL = 5, 100.0
OK = 200


@dataclass(frozen=True)
class Figure:
    """Processor milliseconds of one page for one person."""

    path: str
    person: str
    first: float
    again: float
    queries: int


def paths() -> list[str]:
    """Every place of the rail, each list behind a figure, and one of what lists lead to."""
    case = Case.objects.order_by("pk").first()
    run = SyncRun.objects.order_by("pk").first()
    message = InboxMessage.objects.exclude(business_key="").order_by("pk").first()
    change = ChangeRequest.objects.order_by("pk")[1]
    flow = run.flow.slug
    return [
        "/",
        "/dashboards/",
        *(f"/dashboards/{slug}/" for slug in LISTS),
        "/queue/",
        f"/queue/cases/{case.pk}/",
        "/catalogue/",
        "/catalogue/flows/",
        f"/catalogue/flows/{flow}/",
        "/changes/",
        *(f"/changes/{change.pk}/?tab={tab}" for tab in TABS),
        "/runs/",
        f"/runs/{run.pk}/",
        "/audit/",
        "/audit/?q=INV",
        f"/audit/transactions/{message.business_key}/",
        "/audit/log/",
        "/reconciliation/",
        "/inbox/",
    ]


TABS = ("diff", "impact", "conversation", "checks", "rollout")


def measure(client: Client, person: str, path: str) -> Figure | None:
    """None where the person may not open it."""
    if client.get(path).status_code != OK:
        return None
    first, again = [], []
    for _ in range(ROUNDS):
        cache.clear()
        first.append(_spent(client, path))
        again.append(_spent(client, path))
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return Figure(path, person, min(first), min(again), len(queries))


def _spent(client: Client, path: str) -> float:
    began = time.process_time()
    client.get(path)
    return (time.process_time() - began) * 1000


def say(found: list[Figure]) -> None:
    """In the order of the pages, what misses the goal marked."""
    print(f"{'page':<46}{'as':<9}{'first':>9}{'again':>9}{'queries':>9}  goal {GOAL:.0f} ms")
    for one in found:
        missed = "  missed" if max(one.first, one.again) > GOAL else ""
        print(
            f"{one.path[:44]:<46}{one.person:<9}{one.first:>6.0f} ms{one.again:>6.0f} ms"
            f"{one.queries:>9}{missed}"
        )


def main(wanted: list[str]) -> None:
    """The slowest of the people for each page."""
    logging.disable(logging.CRITICAL)
    clients = {name: Client(SERVER_NAME="localhost") for name in PEOPLE}
    for name, client in clients.items():
        client.force_login(User.objects.get(username=name))
    found = []
    for path in wanted or paths():
        told = [measure(client, name, path) for name, client in clients.items()]
        opened = [one for one in told if one]
        found += [max(opened, key=lambda one: one.first)] if opened else []
    print(
        f"{standing.FIRM}: {InboxMessage.objects.count():,} records, {Case.objects.count()} cases"
    )
    say(found)


if __name__ == "__main__":
    main(sys.argv[1:])
