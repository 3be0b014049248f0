"""Milliseconds and queries of every page, with about as many rows as a small firm has.

    .venv/bin/python -m tests.bench.pages

About 2,000 records, 200 open cases, 100 change requests, 10 flows. Each page is asked for warm by
an owner who is architect and steward; median and 95th percentile of 20 rounds, in this process.
"""

from __future__ import annotations

from tests.bench.ground import database  # isort: split

import json
import logging
import statistics
import time
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.utils import timezone

from governance.agreements.models import Agreement
from governance.approvals import services as approvals
from governance.approvals.lifecycle import Verdict
from governance.approvals.models import ChangeRequest
from governance.catalog.specifications import store_specification
from integrations.cases.models import Case
from integrations.connectors.stores import forget_all
from integrations.messages.models import InboxMessage
from integrations.sync.models import SyncRun
from portal.accounts.models import User
from tests import firm, pipeline

RECORDS, PER_RUN, WRONG = 2_000, 100, 10
REQUESTS, ACTIVE, FLOWS, OPERATIONS = 100, 40, 10, 40
WARM, ROUNDS = 3, 20
LIVE = "/health/live"


@dataclass(frozen=True)
class Figure:
    """Milliseconds and the number of queries of one page."""

    path: str
    median: float
    p95: float
    queries: int


# ---- what is shown


def fill() -> None:
    """The firm after some busy days."""
    forget_all()
    agreement = firm.found([*_flows(), *_apis()])
    for first in range(0, RECORDS, PER_RUN):
        pipeline.put(*(_entry(number) for number in range(first, first + PER_RUN)))
        pipeline.run(agreement)
    people = {one.username: one for one in User.objects.all()}
    for number in range(REQUESTS - 1):
        _request(number, people)
    schema = json.loads(json.dumps(firm.TIME_SCHEMA))
    schema["required"].append("role")
    item = firm.contract_version_item("1.1.0", schema=schema)
    approvals.propose(by=people["ada"], title="The role is required", items=[item])


def _flows() -> list[dict]:
    names = [f"flow-{number:02d}" for number in range(1, FLOWS)]
    return [firm.flow_item(slug=name, name=f"Copy {name}", business_key="id") for name in names]


def _apis() -> list[dict]:
    named = {"slug": "workplan", "name": "Workplan API", "domain": "delivery", "system": "psa"}
    paths = {
        f"/resource-{n}": {"get": {"summary": f"Resource {n}", "responses": {"200": _answer(n)}}}
        for n in range(OPERATIONS)
    }
    text = {"openapi": "3.1.0", "info": {"title": "Workplan", "version": "2.3.0"}, "paths": paths}
    held = store_specification(json.dumps(text).encode())
    version = {
        "api": "workplan",
        "version": "2.3.0",
        "domain": "delivery",
        "specification": held.digest,
    }
    return [{"kind": "api", "document": named}, {"kind": "api_version", "document": version}]


def _answer(number: int) -> dict:
    return {"description": f"Resource {number}"}


def _entry(number: int) -> dict:
    """Every tenth is wrong, in one of a few ways."""
    wrong: dict[str, str] = {}
    if number % WRONG == 0:
        ways = ({"role": "partner"}, {"role": "analyst"}, {"hours": "-1"}, {"currency": "eur"})
        wrong = ways[number // WRONG % len(ways)]
    project, amount = f"PRJ-{number % 199:03d}", f"{number % 900 + 100}.25"
    return pipeline.time_entry(f"T-{number:05d}", project=project, amount=amount, **wrong)


def _request(number: int, people: dict[str, User]) -> None:
    rows = [(f"role-{row}", f"R{row}") for row in range(12)]
    item = firm.value_map_item(*rows, slug=f"map-{number:03d}", name=f"Map {number}")
    row = approvals.propose(by=people["ada"], title=f"Map {number} is new", items=[item])
    if number < ACTIVE:
        seen = row.revisions.get().digest
        approvals.vote(
            request=row, by=people["olga"], verdict=Verdict.APPROVE, reason="Seen", seen=seen
        )
        approvals.activate_due(now=timezone.now())


# ---- what is asked for


def paths() -> list[str]:
    """Every list and every detail page."""
    waiting = ChangeRequest.objects.filter(state="in_review").order_by("pk").first()
    breaking = ChangeRequest.objects.order_by("-pk").first()
    case = Case.objects.order_by("pk").first()
    message = InboxMessage.objects.exclude(business_key="").order_by("pk").first()
    run = SyncRun.objects.order_by("-pk").first()
    tabs = ("impact", "conversation", "checks", "rollout")
    return [
        LIVE,
        "/",
        "/queue/",
        f"/queue/problems/{case.fingerprint}/",
        f"/queue/cases/{case.pk}/",
        "/changes/",
        "/changes/?group=mine",
        "/changes/?group=",
        f"/changes/{breaking.pk}/",
        *(f"/changes/{waiting.pk}/?tab={tab}" for tab in tabs),
        "/changes/new/",
        f"/changes/{waiting.pk}/edit/",
        "/catalogue/",
        "/catalogue/flows/",
        "/catalogue/value-maps/",
        "/catalogue/flows/time-to-billing/",
        "/catalogue/flows/time-to-billing/?tab=history",
        "/catalogue/apis/workplan/",
        "/catalogue/api-versions/workplan@2.3.0/",
        "/catalogue/data-contracts/time-entry/",
        "/catalogue/data-contract-versions/time-entry@1.0.0/",
        "/catalogue/systems/psa/",
        "/catalogue/domains/delivery/",
        "/runs/",
        f"/runs/{run.pk}/",
        "/audit/",
        f"/audit/transactions/{message.business_key}/",
        f"/audit/records/{message.pk}/",
        "/settings/",
        "/search/?q=time",
    ]


def measure(client: Client, path: str) -> Figure:
    """A page that fails to show is no figure."""
    for _ in range(WARM):
        assert client.get(path).status_code == 200, path
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(path)
        spent.append((time.perf_counter() - started) * 1000)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    p95 = statistics.quantiles(spent, n=20, method="inclusive")[-1]
    return Figure(path, statistics.median(spent), p95, len(queries))


def say(figures: list[Figure]) -> None:
    """The slowest first; the last column is the ratio to the page that does nothing."""
    live = next(one.median for one in figures if one.path == LIVE)
    print(f"{'page':<58}{'median':>9}{'p95':>9}{'queries':>9}{'x live':>9}")
    for one in sorted(figures, key=lambda one: -one.median):
        print(
            f"{one.path[:56]:<58}{one.median:>6.1f} ms{one.p95:>6.1f} ms"
            f"{one.queries:>9}{one.median / live:>9.0f}"
        )


def main() -> None:
    """Fill, ask, print."""
    setup_test_environment()
    logging.disable(logging.CRITICAL)
    with database() as vendor:
        started = time.perf_counter()
        fill()
        print(
            f"{InboxMessage.objects.count():,} records, {Case.objects.count()} cases, "
            f"{ChangeRequest.objects.count()} change requests, {SyncRun.objects.count()} runs, "
            f"{Agreement.objects.count()} flow agreements on {vendor}, "
            f"made in {time.perf_counter() - started:.0f} s"
        )
        client = Client()
        client.force_login(User.objects.get(username="olga"))
        say([measure(client, path) for path in paths()])


if __name__ == "__main__":
    main()
