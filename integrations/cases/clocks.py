"""By whose business hours a case's clocks run: its legal entity's, else those of its domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from governance.ownership.business_time import Calendar
from governance.ownership.lifecycle import Status
from governance.ownership.models import BusinessCalendar
from integrations.cases.models import Case


@dataclass(frozen=True, slots=True)
class Clocks:
    """The firm's calendars; without any, time is elapsed time."""

    by_entity: Mapping[str, Calendar] = field(default_factory=dict)
    by_domain: Mapping[str, Calendar] = field(default_factory=dict)
    default: Calendar | None = None

    @classmethod
    def load(cls) -> Clocks:
        """One query."""
        rows = BusinessCalendar.objects.filter(status=Status.ACTIVE).select_related("domain")
        entities: dict[str, Calendar] = {}
        domains: dict[str, Calendar] = {}
        for row in rows.order_by("slug"):
            calendar = Calendar.from_document(row.document)
            domains.setdefault(row.domain.slug, calendar)
            for entity in row.document.get("legal_entities", ()):
                entities.setdefault(entity, calendar)
        return cls(entities, domains, next(iter(domains.values()), None))

    def calendar(self, case: Case) -> Calendar | None:
        """The case's; None where nobody agreed on one."""
        found = self.by_entity.get(case.legal_entity)
        return found or self.by_domain.get(case.domain.slug) or self.default

    def after(self, case: Case, start: datetime, span: timedelta) -> datetime:
        """When so much business time has passed; a day of it is a business day."""
        calendar = self.calendar(case)
        if calendar is None:
            return start + span
        return calendar.add(start, span.days * calendar.day_seconds + span.seconds)

    def opens(self, case: Case, now: datetime) -> datetime:
        """The next time at which business begins."""
        calendar = self.calendar(case)
        return now + timedelta(days=1) if calendar is None else calendar.opening_after(now)

    def left(self, case: Case, now: datetime) -> tuple[int, int]:
        """(seconds of business time until it is due, negative once it is late; those of a day)."""
        calendar = self.calendar(case)
        if calendar is None:
            return int((case.due_at - now).total_seconds()), 86_400
        return int(calendar.seconds_between(now, case.due_at)), calendar.day_seconds
