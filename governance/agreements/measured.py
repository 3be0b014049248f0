"""The part of a flow agreement that says what its records tell, and how that is measured."""

from __future__ import annotations

from typing import Any

from governance.errors import InvalidDocument
from governance.measures import queries as measures
from governance.ownership.lifecycle import Status
from governance.ownership.models import BusinessCalendar

TOLD = ("milestones", "reconciles", "controls")


def measured(agreed: dict[str, Any]) -> dict[str, Any]:
    """What it tells of processes and how that is measured; left out where it tells nothing."""
    found: dict[str, Any] = {name: agreed[name] for name in TOLD if agreed.get(name)}
    if slug := agreed.get("calendar", ""):
        calendar = BusinessCalendar.objects.filter(slug=slug, status=Status.ACTIVE).first()
        if calendar is None:
            raise InvalidDocument(f"there is no active calendar {slug!r}", pointer="/calendar")
        found["calendar"] = calendar.document
    if told := found.get("milestones"):
        found["measures"] = measures.of_processes({one["process"] for one in told})
        found["calendars"] = calendars()
        found["loss_table"], found["fx"] = measures.loss_table(), measures.fx()
    return found


def calendars() -> list[dict[str, Any]]:
    """Documents of the active calendars by which a legal entity's business runs."""
    rows = BusinessCalendar.objects.filter(status=Status.ACTIVE).order_by("slug")
    return [row.document for row in rows if row.document.get("legal_entities")]
