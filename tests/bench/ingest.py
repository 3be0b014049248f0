"""Records per second of the whole path between two in-memory systems.

    .venv/bin/python -m tests.bench.ingest [records]

Read, accept, validate, check authority, map, plan, deliver, complete. SQLite file by default, or
the database that DATABASE_URL names; either way a fresh test database, dropped afterwards.
"""

from __future__ import annotations

from tests.bench.ground import database  # isort: split

import sys
import time

from integrations.connectors.port import ConnectionSpec
from integrations.connectors.registry import open_connector
from integrations.connectors.stores import store
from integrations.messages.services import accept, cursor_of
from integrations.sync.delivery import drain
from integrations.sync.planning import plan_all
from tests import firm

PAGE = 1_000


def fill(count: int) -> None:
    """Records of about 500 bytes each."""
    store("psa-main").put_many(
        "time",
        (
            {
                "id": f"T-{n}",
                "project": f"P-{n % 997}",
                "customer": f"C-{n % 89}",
                "hours": f"{n % 9 + 1}.50",
                "role": "consultant" if n % 3 else "architect",
                "amount": f"{n % 9000 + 100}.25",
                "currency": "EUR",
                "note": f"worked on part {n} " * 12,
            }
            for n in range(count)
        ),
    )


def ingest(agreement) -> int:
    """Read and accept everything; the records read."""
    side = agreement.document["source"]
    source = open_connector(ConnectionSpec.from_agreement(side))
    read, more, cursor = 0, True, {}
    while more:
        page = source.read(side["object"], cursor=cursor, limit=PAGE, where={})
        accept(
            agreement=agreement, run=None, records=page.records, cursor=page.cursor, now=firm.NOW
        )
        cursor, more, read = page.cursor, page.more, read + len(page.records)
    assert cursor_of(agreement.flow_id) == cursor
    return read


def timed(label: str, count: int, work) -> float:
    started = time.perf_counter()
    work()
    spent = time.perf_counter() - started
    print(f"{label:<28}{spent:8.2f} s  {count / spent:10,.0f} records/s", flush=True)
    return spent


def main(count: int, *, vendor: str) -> None:
    agreement = firm.found()
    fill(count)
    drains = []

    def deliver() -> None:
        while (done := drain(connection="billing-main", now=firm.NOW)).applied:
            drains.append(done.applied)

    spent = timed("read and accept", count, lambda: ingest(agreement))
    spent += timed(
        "validate, map and plan", count, lambda: plan_all(agreement=agreement, now=firm.NOW)
    )
    spent += timed("deliver and complete", count, deliver)
    print(f"{'whole path':<28}{spent:8.2f} s  {count / spent:10,.0f} records/s on {vendor}")
    timed("the same again, unchanged", count, lambda: ingest(agreement))
    assert sum(drains) == count == len(store("billing-main").effects)


if __name__ == "__main__":
    with database() as name:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000, vendor=name)
