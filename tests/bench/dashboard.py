"""The finance page's day cells against raw facts, and what keeping them costs.

    DATABASE_URL=postgresql://… .venv/bin/python -m tests.bench.dashboard [facts] [records]

Prints two ratios: `percentile_cont` over facts ÷ reading day cells (88 days, 24 groups), with the
largest error of a stored quantile; and counting cells after 1,000 new facts ÷ ingesting as many
records, once the cells equal a full rebuild. Medians of five rounds, one after the other.
"""

from __future__ import annotations

from tests.bench.ground import database  # isort: split

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import time_machine
from django.db import connection

from integrations.sla import dirtying
from integrations.sla.models import MetricCell
from integrations.sla.rebuilding import rebuild
from integrations.sla.rollup import roll
from integrations.sla.terms import Terms, from_document
from integrations.sync.planning import plan_all
from tests import firm
from tests.bench.ingest import fill, ingest

DAYS, GROUPS, ROUNDS, FRESH = 88, 24, 5, 1_000
NOW = datetime(2026, 10, 29, 8, tzinfo=UTC)
FIRST = NOW - timedelta(days=DAYS)
TERMS: Terms = from_document(
    {"calendars": [{"time_zone": "UTC", "legal_entities": ["E0", "E1"]}], "fx": None}
)
FILL = """
INSERT INTO integrations_unit (unit, key, kind, customer, project, contract, contract_type, region,
    business_unit, legal_entity, invoice, status, currency, base_minor, applied_minor, hops,
    attributes, posted_at, latency_seconds)
SELECT 'line', 'B-' || n, '', '', '', '', '', 'R' || n % 4, 'U' || n % 3, 'E' || n / 7 % 2, '', '',
    'EUR', 100 + n % 9000, 0, '{}', '{}',
    %s::timestamptz + (n - %s) * %s * interval '1 second',
    exp(9 + 2 * random())::bigint
FROM generate_series(%s, %s) n
""".replace(" % ", " %% ")
RAW = """
SELECT region, business_unit, legal_entity, posted_at::date AS day, count(*),
    percentile_{how}(ARRAY[0.5, 0.9, 0.95])
        WITHIN GROUP (ORDER BY latency_seconds / 30600.0::float8)
FROM integrations_unit WHERE unit = 'line' AND posted_at >= %s AND posted_at < %s
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
CELLS = """
SELECT region, business_unit, legal_entity, day, n, p50, p90, p95 FROM integrations_metriccell
WHERE metric = 'billing-latency' AND grain = 'day' AND day >= %s AND day < %s ORDER BY 1, 2, 3, 4
"""


def ask(statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def rolled() -> None:
    while roll(TERMS, NOW, guard=lambda: None):
        pass


def reading() -> None:
    """Figure 7."""
    bounds = [FIRST.replace(hour=0), NOW.replace(hour=0)]
    days = [bound.date() for bound in bounds]
    raw, ours = [], []
    for _ in range(ROUNDS):
        spent, facts = timed(lambda: ask(RAW.format(how="cont"), bounds))
        raw.append(spent)
        spent, cells = timed(lambda: ask(CELLS, days))
        ours.append(spent)
    exact = ask(RAW.format(how="disc"), bounds)
    assert [row[:5] for row in facts] == [row[:5] for row in cells]
    wrong = max(
        abs(told - right) / right
        for (*_, exacts), (*_, p50, p90, p95) in zip(exact, cells, strict=True)
        for right, told in zip(exacts, (p50, p90, p95), strict=True)
    )
    print(f"percentile_cont over facts   {1000 * median(raw):10.1f} ms, {len(facts)} groups")
    print(f"day cells                    {1000 * median(ours):10.2f} ms")
    print(f"figure 7: {median(raw) / median(ours):,.0f} (goal 1,000), largest error {wrong:.2%}")


def keeping(facts: int, records: int) -> None:
    """Figure 8."""
    agreement = firm.found()
    taken, kept = [], []
    for place in range(ROUNDS):
        fill(records * (place + 1))
        spent, _ = timed(lambda: (ingest(agreement), plan_all(agreement=agreement, now=firm.NOW)))
        taken.append(spent * FRESH / records)
        first = facts + 1 + place * FRESH
        ask(FILL, [NOW - timedelta(hours=3), first, 1, first, first + FRESH - 1])
        keys = [f"B-{n}" for n in range(first, first + FRESH)]
        spent, _ = timed(lambda keys=keys: note(keys))
        kept.append(spent)
    columns = [f.name for f in MetricCell._meta.concrete_fields if f.name not in {"id"}]
    before = sorted(map(repr, MetricCell.objects.values_list(*columns)))
    rebuild(TERMS, NOW)
    equal = before == sorted(map(repr, MetricCell.objects.values_list(*columns)))
    print(f"ingesting 1,000 records      {1000 * median(taken):10.1f} ms")
    print(f"counting 1,000 new facts     {1000 * median(kept):10.1f} ms, like a rebuild: {equal}")
    print(f"figure 8: {median(kept) / median(taken):.2f} (goal 0.5)")


def note(keys: list[str]) -> None:
    dirtying.mark(dirtying.touched(keys, TERMS, NOW))
    rolled()


def main(facts: int, records: int) -> None:
    assert connection.vendor == "postgresql", "this compares with percentile_cont of PostgreSQL"
    spent, _ = timed(lambda: ask(FILL, [FIRST, 1, DAYS * 86_400 / facts, 1, facts]))
    ask("ANALYZE integrations_unit", [])
    print(f"{facts:,} facts written in {spent:.0f} s", flush=True)
    with time_machine.travel(NOW):
        spent, cells = timed(lambda: rebuild(TERMS, NOW))
    ask("ANALYZE integrations_metriccell", [])
    print(f"{cells:,} cells counted in {spent:.0f} s", flush=True)
    reading()
    keeping(facts, records)


if __name__ == "__main__":
    with database():
        given = [int(one) for one in sys.argv[1:]]
        main(*(given + [1_000_000, 5_000][len(given) :]))
