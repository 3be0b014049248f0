"""When nothing that behaves differently may become active: freezes of the fiscal calendars."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from governance.approvals import bases, subjects
from governance.approvals.gates import GateOutcome, GateVerdict
from governance.approvals.lifecycle import RiskClass, State
from governance.ownership.lifecycle import Status
from governance.ownership.models import FiscalCalendar

if TYPE_CHECKING:
    from governance.approvals.models import ChangeRequest, Revision

BOUND = (RiskClass.R2, RiskClass.R3)
"""Classes that a freeze holds back; words, new rows of maps and compatible changes pass."""


@dataclass(frozen=True, slots=True)
class Window:
    """Both days are frozen; no domains means the whole firm. Days are counted in UTC."""

    name: str
    first: date
    last: date
    domains: frozenset[str]

    def holds(self, day: date, domains: Collection[str]) -> bool:
        """Whether something of these domains may not change on the day."""
        within = self.first <= day <= self.last
        return within and (not self.domains or bool(self.domains & set(domains)))

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), tzinfo=UTC)


def windows() -> list[Window]:
    """Of every active fiscal calendar, in order."""
    rows = FiscalCalendar.objects.filter(status=Status.ACTIVE).order_by("slug")
    found = [
        Window(
            one["name"],
            date.fromisoformat(one["first"]),
            date.fromisoformat(one["last"]),
            frozenset(one.get("domains", ())),
        )
        for row in rows
        for one in row.document.get("freezes", ())
    ]
    return sorted(found, key=lambda one: (one.first, one.name))


def touched(revision: Revision) -> list[str]:
    """Slugs of the domains that a revision changes something in."""
    return bases.domains(subjects.parse_items(revision.content))[0]


def frozen(request: ChangeRequest, revision: Revision, at: datetime) -> Window | None:
    """The freeze that holds the request back at that moment."""
    if request.risk_class not in BOUND or request.is_foundation:
        return None
    domains, day = touched(revision), at.astimezone(UTC).date()
    return next((one for one in windows() if one.holds(day, domains)), None)


def first_free(request: ChangeRequest, revision: Revision, at: datetime) -> datetime:
    """That moment, or the end of the freezes that it falls into."""
    while window := frozen(request, revision, at):
        at = window.ends
    return at


class Freeze:
    """Approved changes wait for the end of a freeze by themselves; none activates within one."""

    name = "freeze"
    title = "Outside freezes"

    def run(self, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
        """Red only where it would activate now."""
        if request.risk_class not in BOUND or request.is_foundation:
            return GateOutcome(
                GateVerdict.NOT_APPLICABLE, f"class {request.risk_class} passes freezes"
            )
        at = max(request.scheduled_for or now, now)
        window = frozen(request, revision, at)
        if window is None:
            return GateOutcome(GateVerdict.GREEN, f"{at.day} {at:%b %Y} is free")
        until = f"{window.name} lasts until {window.last.day} {window.last:%b}"
        if request.state == State.SCHEDULED:
            return GateOutcome(GateVerdict.RED, f"{until}; nothing activates within it")
        return GateOutcome(GateVerdict.GREEN, f"{until}; it would activate after that")
