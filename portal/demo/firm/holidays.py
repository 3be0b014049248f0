"""Public holidays of the companies, on weekdays; the registry's calendars list the same."""

from __future__ import annotations

HOLIDAYS: dict[str, dict[str, str]] = {
    "MC-GB": {
        "2025-12-25": "Christmas Day",
        "2025-12-26": "Boxing Day",
        "2026-01-01": "New Year's Day",
        "2026-04-03": "Good Friday",
        "2026-04-06": "Easter Monday",
        "2026-05-04": "Early May bank holiday",
        "2026-05-25": "Spring bank holiday",
        "2026-08-31": "Summer bank holiday",
        "2026-12-25": "Christmas Day",
        "2026-12-28": "Boxing Day (substitute)",
    },
    "MC-DE": {
        "2025-12-25": "Erster Weihnachtstag",
        "2025-12-26": "Zweiter Weihnachtstag",
        "2026-01-01": "Neujahr",
        "2026-04-03": "Karfreitag",
        "2026-04-06": "Ostermontag",
        "2026-05-01": "Tag der Arbeit",
        "2026-05-14": "Christi Himmelfahrt",
        "2026-05-25": "Pfingstmontag",
        "2026-12-25": "Erster Weihnachtstag",
    },
    "MC-US": {
        "2025-11-11": "Veterans Day",
        "2025-11-27": "Thanksgiving Day",
        "2025-12-25": "Christmas Day",
        "2026-01-01": "New Year's Day",
        "2026-01-19": "Martin Luther King Jr. Day",
        "2026-02-16": "Presidents' Day",
        "2026-05-25": "Memorial Day",
        "2026-06-19": "Juneteenth",
        "2026-07-03": "Independence Day (observed)",
        "2026-09-07": "Labor Day",
        "2026-10-12": "Columbus Day",
        "2026-11-11": "Veterans Day",
        "2026-11-26": "Thanksgiving Day",
        "2026-12-25": "Christmas Day",
    },
}
"""On weekdays only; the registry's business calendars list the same days."""
