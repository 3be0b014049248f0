"""Names and moments of what is planted."""

from __future__ import annotations

from datetime import UTC, date, datetime

TAXED = "CL-101"


PERIOD_CLOSED = "CL-105"


NO_RULE = "PRJ-1955"


UNKNOWN_PROJECT = "PRJ-2041"


NO_COST_CENTRE = "PRJ-2002"


NO_SCHEDULE = "PRJ-2010"


RATE_RISE = "PRJ-2023"


OTHER_VERSION = "PRJ-1970"


CREDITED = "PRJ-2018"


TWICE = "CL-111"


TIMES_OUT = "PRJ-1993"


FOREIGN_TERMS = "CL-139"


TOO_MANY_HOURS = "PRJ-1961"


MISDIRECTED = "CL-119"


ERP_CODE = "P-70999"
"""What the ERP calls the project that nobody can find there."""


FOREVER_AGO = datetime(2000, 1, 1, tzinfo=UTC)


HELD = {
    ("CL-120", date(2026, 4, 20)),
    ("CL-120", date(2026, 5, 11)),
    ("CL-125", date(2026, 7, 20)),
    ("CL-121", date(2026, 8, 17)),
    ("CL-134", date(2026, 9, 14)),
}
"""Client and Monday of weeks whose time is disputed."""


LATE_DRAFTS = {
    (project, "2026-08"): datetime(2026, 9, 28, 10 + place, 20, tzinfo=UTC)
    for place, project in enumerate(("PRJ-1988", "PRJ-1989", "PRJ-1990"))
}
"""August of Ostermann Logistik: drafted so late that its period was closed before the posting."""


LATE_ISSUE = datetime(2026, 9, 30, 13, 5, tzinfo=UTC)
AGAIN = "EX-9001"
"""The id under which a receipt was entered again."""
