"""Time, expenses and milestones, as the PSA tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.lines import Line
from portal.demo.firm.world import World
from portal.demo.workplan.words import Dated, contract_of, euro, hours

OF_LINE = {"time": "time_entries", "expense": "expenses", "milestone": "milestones"}


def _moment(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _day(on: object | None) -> str | None:
    return str(on) if on else None


def lines(world: World, kind: str) -> Iterator[Dated]:
    for one in world.lines:
        if one.kind == kind:
            assert one.changed_at is not None
            at = stamp(one.changed_at)
            yield at, line(world, one) | {"updated_at": at}


def line(world: World, one: Line) -> dict[str, Any]:
    """A time entry, expense or milestone, without its moment of change."""
    contract = world.contracts[one.contract]
    project = world.projects[one.project]
    told = {
        "id": one.id,
        "status": one.status,
        "client_id": contract.customer,
        "client_country": world.customers[contract.customer].country,
        "project": {"id": project.number, "name": project.name},
        "contract": contract_of(world, one.contract, one.version),
        "legal_entity": contract.entity,
        "region": contract.region,
        "business_unit": contract.unit,
        "amount": euro(one.amount),
        "currency": contract.currency,
        "billing": {
            "status": one.state,
            "charge": one.charge,
            "invoice": one.invoice,
            "schedule": one.schedule,
            "billable_on": _day(one.billable_on),
        },
    }
    return told | (_milestone(world, one) if one.kind == "milestone" else _spent(world, one))


def _spent(world: World, one: Line) -> dict[str, Any]:
    person = world.people[one.person]
    told: dict[str, Any] = {
        "person": {"id": person.id, "name": person.name, "role": person.role},
        "billable": one.billable,
        "submitted_at": stamp(one.submitted_at) if one.status != "draft" else None,
        "approved_at": _moment(one.approved_at),
        "approved_by": one.approver or None,
    }
    if one.kind == "expense":
        return told | {
            "category": one.what,
            "incurred_on": str(one.day),
            "receipt": one.receipt,
        }
    return told | {
        "service": one.what,
        "work_date": str(one.day),
        "hours": hours(one.quarters),
        "bill_rate": euro(one.rate),
        "written_off_at": _moment(one.written_off_at),
    }


def _milestone(world: World, one: Line) -> dict[str, Any]:
    done = one.status in {"accepted", "completed"}
    return {
        "name": one.what,
        "status": "invoiced" if one.state == "invoiced" else one.status,
        "due_on": str(one.day),
        "completed_at": stamp(one.submitted_at) if done else None,
        "accepted_at": _moment(one.approved_at),
        "accepted_by": world.customers[one.approver].name if one.approver else None,
    }
