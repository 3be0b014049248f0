"""The table of units: from all their facts; payments first, then invoices, then lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max, Min, Sum

from integrations.sla import dirtying
from integrations.sla.facts import Name, chunks
from integrations.sla.hops import made
from integrations.sla.lifecycle import Kind
from integrations.sla.models import MilestoneFact, Unit
from integrations.sla.terms import Terms
from integrations.sla.turn import Turn
from integrations.sla.units import Fact, fold, latency

COLUMNS = [
    field.name for field in Unit._meta.concrete_fields if field.name not in {"id", "unit", "key"}
]
FOLLOWED = ["posted_at", "sent_at", "received_at", "applied_at", "latency_seconds", "hops"]
"""Columns of a line that its invoice gives: it is posted, sent and paid as a whole."""
FIRST = (Kind.PAYMENT, Kind.INVOICE)


def recompute(names: set[Name], terms: Terms, *, turn: Turn) -> None:
    """Units from all their facts; what an invoice's posting and payments say reaches its lines."""
    keys = _by_unit(names)
    paid = _renew(Kind.PAYMENT, keys[Kind.PAYMENT], terms, turn)
    renewed = _renew(Kind.INVOICE, keys[Kind.INVOICE] | paid, terms, turn)
    for unit in set(Kind) - set(FIRST):
        _renew(unit, keys[unit], terms, turn)
    for numbers in chunks(sorted(renewed)):
        _pass_on(numbers, terms, turn)


def _by_unit(names: Iterable[Name]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {unit: set() for unit in Kind}
    for unit, key in names:
        found[unit].add(key)
    return found


def _renew(unit: str, keys: set[str], terms: Terms, turn: Turn) -> set[str]:
    """Numbers of the invoices that these units belong to."""
    invoices: set[str] = set()
    for chunk in chunks(sorted(keys)):
        rows = _folded(unit, chunk, terms)
        _join(unit, rows, terms)
        gone = set(chunk) - {row.key for row in rows}
        lines = chunk if unit == Kind.LINE else ()
        with dirtying.watched(lines, terms, turn):
            Unit.objects.filter(unit=unit, key__in=gone).delete()
            _write(rows, COLUMNS)
        invoices |= {row.invoice for row in rows if row.invoice}
    return invoices


def _folded(unit: str, keys: Sequence[str], terms: Terms) -> list[Unit]:
    found: dict[str, list[Fact]] = defaultdict(list)
    held = MilestoneFact.objects.filter(unit=unit, key__in=keys)
    for key, *values in held.values_list(
        "key", "milestone", "occurred_at", "amount_minor", "currency", "attributes"
    ):
        found[key].append(Fact(*values))
    return [Unit(unit=unit, key=key, **fold(unit, told, terms)) for key, told in found.items()]


def _join(unit: str, rows: Sequence[Unit], terms: Terms) -> None:
    """What other units say of these."""
    if unit == Kind.INVOICE:
        paid = _paid([row.key for row in rows])
        for row in rows:
            row.applied_minor, row.received_at, row.applied_at = paid.get(row.key, (0, None, None))
    if unit == Kind.LINE:
        numbers = {row.invoice for row in rows if row.invoice}
        held = Unit.objects.filter(unit=Kind.INVOICE, key__in=numbers)
        invoices = {invoice.key: invoice for invoice in held}
        for row in rows:
            if invoice := invoices.get(row.invoice):
                _follow(row, invoice, terms)


def _paid(numbers: Sequence[str]) -> dict[str, tuple[int, Any, Any]]:
    """Invoice number → gross applied, the first application, the last."""
    rows = Unit.objects.filter(unit=Kind.PAYMENT, invoice__in=numbers, applied_at__isnull=False)
    told = rows.values_list("invoice").annotate(
        Sum("amount_minor"), Min("applied_at"), Max("applied_at")
    )
    return {number: (amount or 0, first, last) for number, amount, first, last in told}


def _pass_on(numbers: Sequence[str], terms: Terms, turn: Turn) -> None:
    held = Unit.objects.filter(unit=Kind.INVOICE, key__in=numbers)
    invoices = {invoice.key: invoice for invoice in held}
    lines = list(Unit.objects.filter(unit=Kind.LINE, invoice__in=invoices))
    for line in lines:
        _follow(line, invoices[line.invoice], terms)
    fresh = [
        Unit(unit=line.unit, key=line.key, **{name: getattr(line, name) for name in FOLLOWED})
        for line in lines
    ]
    for chunk in chunks(fresh):
        with dirtying.watched([line.key for line in chunk], terms, turn):
            _write(chunk, FOLLOWED)


def _follow(line: Unit, invoice: Unit, terms: Terms) -> None:
    settled = invoice.applied_minor >= (invoice.gross_minor or 0)
    line.posted_at, line.sent_at = invoice.posted_at, invoice.sent_at
    line.received_at = invoice.received_at
    line.applied_at = invoice.applied_at if settled else None
    line.latency_seconds = latency(line.start_at, line.posted_at, line.legal_entity, terms)
    line.hops = made(line, terms.calendar(line.legal_entity))


def _write(rows: Sequence[Unit], columns: list[str]) -> None:
    Unit.objects.bulk_create(
        rows,
        batch_size=400,
        update_conflicts=True,
        unique_fields=["unit", "key"],
        update_fields=columns,
    )
