"""Whom a change touches beside the flows themselves: readers, mappings, authors, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.authority.models import AuthorityAssignment
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status
from governance.ownership.models import DomainSeat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.approvals.queries import Detail
    from portal.web.changes.presenting import Reach


@dataclass(slots=True)
class Told:
    """One person to inform, in which seats; `voted` when they decided on this revision."""

    person: Any
    voted: bool
    seats: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Consumer:
    """A system that receives what the change touches, through these flows."""

    system: Any
    flows: list[Flow]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the flows that a change reaches."""

    consumers: list[Consumer]
    mappings: list[tuple[Any, list[Flow]]]
    authorities: list[AuthorityAssignment]
    people: list[Told]


def around(reached: Iterable[Reach], found: Detail, *, now: datetime) -> Around:
    """Three queries for any number of flows."""
    ids = [one.flow.pk for one in reached]
    flows = list(
        Flow.objects.filter(pk__in=ids)
        .select_related("mapping", "entity", "source__system", "target__system")
        .order_by("slug")
    )
    return Around(
        consumers=[Consumer(system, through) for system, through in _by(flows, _target)],
        mappings=_by(flows, lambda flow: flow.mapping),
        authorities=_authorities(flows, now),
        people=_people(flows, found),
    )


def _target(flow: Flow) -> Any:
    return flow.target.system


def _by(flows: Iterable[Flow], key: Any) -> list[tuple[Any, list[Flow]]]:
    held: dict[int, tuple[Any, list[Flow]]] = {}
    for flow in flows:
        row = key(flow)
        held.setdefault(row.pk, (row, []))[1].append(flow)
    return sorted(held.values(), key=lambda one: str(one[0].slug))


def _authorities(flows: list[Flow], now: datetime) -> list[AuthorityAssignment]:
    rows = AuthorityAssignment.objects.filter(
        entity__in={flow.entity_id for flow in flows},
        status=Status.ACTIVE,
        effective_from__lte=now.date(),
    ).exclude(effective_to__lte=now.date())
    return list(
        rows.select_related("entity", "group", "system").order_by(
            "entity__slug", "group__position", "scope"
        )
    )


def _people(flows: list[Flow], found: Detail) -> list[Told]:
    domains: set[int] = set()
    for flow in flows:
        systems = (flow.source.system, flow.target.system)
        domains |= {flow.domain_id, flow.mapping.domain_id, *(one.domain_id for one in systems)}
    voted = {
        one.person_id
        for one in found.votes
        if one.revision_id == found.revision.pk and one.voided_at is None
    }
    held: dict[int, Told] = {}
    seats = DomainSeat.objects.filter(domain__in=domains).select_related("person", "domain")
    for seat in seats.order_by("domain__slug", "seat", "person__username"):
        told = held.setdefault(seat.person_id, Told(seat.person, seat.person_id in voted))
        told.seats.append(f"{seat.seat.replace('_', ' ')} of {seat.domain.name}")
    return sorted(held.values(), key=lambda one: str(one.person.label))
