"""Which invoiceable units an open case blocks: the walk from a problem to its money.

A case is about a record (what that record told), or about what its business key names: an invoice,
a project with all its approved and unbilled lines, a customer contract with its own. A case that
waits for an unknown project or customer contract blocks all that is below that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from integrations.cases import unknown
from integrations.cases.models import Case
from integrations.sla.lifecycle import Kind, Part
from integrations.sla.models import MilestoneFact, Unit

WIDER = {Kind.PROJECT: "project", Kind.CONTRACT: "contract"}
"""Units that block all unbilled lines below them, and the column that names them there."""
NAMED = {"project": Kind.PROJECT, "customer-contract": Kind.CONTRACT}
"""Entities of records that a case may wait for, and the units that are about them."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A unit that a case blocks, and how much of it, in minor units of its currency."""

    unit: Unit
    part: Part
    amount_minor: int


def blocked(cases: Sequence[Case]) -> dict[int, list[Blocked]]:
    """Case id → what it blocks; each case on its own, so a unit may stand under several."""
    names = _names(cases)
    units = _units({name for found in names.values() for name in found})
    below = _below(units.values())
    return {
        case.pk: [
            one for name in names[case.pk] if name in units for one in _of(case, units[name], below)
        ]
        for case in cases
    }


Name = tuple[str, str]


def _names(cases: Sequence[Case]) -> dict[int, list[Name]]:
    """What each case is about: told by its record, or named by its business key."""
    records = {(case.message.flow_id, case.message.key): case.pk for case in cases if case.message}
    found: dict[int, list[Name]] = defaultdict(list)
    told = MilestoneFact.objects.filter(
        flow__in={flow for flow, _ in records}, record__in={record for _, record in records}
    )
    about: dict[tuple[int, str], set[Name]] = defaultdict(set)
    for flow, record, unit, key in told.values_list("flow", "record", "unit", "key"):
        about[flow, record].add((unit, key))
    for case in cases:
        named = (
            about.get((case.message.flow_id, case.message.key), set()) if case.message else set()
        )
        wide = {name for name in named if name[0] != Kind.LINE or len(named) == 1}
        waits = {
            (NAMED[entity], key)
            for entity, key, _ in unknown.refers(case.detail)
            if entity in NAMED
        }
        found[case.pk] = sorted(waits | (wide or named))
        if not named and case.business_key:
            found[case.pk] = [(unit, case.business_key) for unit in Kind]
    return found


def _units(names: Iterable[Name]) -> dict[Name, Unit]:
    keys: dict[str, set[str]] = defaultdict(set)
    for unit, key in names:
        keys[unit].add(key)
    chosen = Q(pk__in=[])
    for unit, held in keys.items():
        chosen |= Q(unit=unit, key__in=held)
    return {(one.unit, one.key): one for one in Unit.objects.filter(chosen)}


def _below(units: Iterable[Unit]) -> dict[Name, list[Unit]]:
    """Project or contract → its approved and unbilled lines."""
    found: dict[Name, list[Unit]] = defaultdict(list)
    open_lines = Unit.objects.filter(
        unit=Kind.LINE, approved_at__isnull=False, issued_at=None, written_off_at=None
    )
    for kind, column in WIDER.items():
        keys = {one.key for one in units if one.unit == kind}
        for line in open_lines.filter(**{f"{column}__in": keys}):
            found[kind, getattr(line, column)].append(line)
    return found


def _of(case: Case, unit: Unit, below: dict[Name, list[Unit]]) -> Iterator[Blocked]:
    if unit.unit in WIDER:
        for line in below.get((unit.unit, unit.key), []):
            yield Blocked(line, Part.UNBILLED, line.amount_minor or 0)
    elif unit.unit == Kind.LINE:
        if unit.approved_at and not unit.issued_at and not unit.written_off_at:
            yield Blocked(unit, Part.UNBILLED, unit.amount_minor or 0)
    elif unit.unit == Kind.INVOICE:
        if unit.issued_at and not unit.posted_at:
            yield Blocked(unit, Part.UNPOSTED, unit.amount_minor or 0)
    elif unit.unit == Kind.PAYMENT and not unit.applied_at:
        yield Blocked(unit, Part.UNAPPLIED, case.amount_minor or 0)
