"""Which projects there are, before anything is signed: number, client, name, unit, terms."""

from __future__ import annotations

from datetime import timedelta

from portal.demo.firm.calendar import FIRST, later
from portal.demo.firm.customers import UNITS
from portal.demo.firm.dice import Dice
from portal.demo.firm.parties import Customer

STREAMS = {
    "Advisory": ("operating-model", "risk-regulation", "service-design"),
    "Technology": ("data-platform", "cloud-core", "service-design"),
    "Operations": ("managed-run", "supply-chain", "operating-model"),
}


SUBJECTS = {
    "Advisory": (
        "Target operating model",
        "Regulatory reporting",
        "Cost review",
        "Merger readiness",
        "Pricing strategy",
    ),
    "Technology": (
        "Data platform",
        "Core migration",
        "Integration hub",
        "Identity renewal",
        "Customer portal",
    ),
    "Operations": (
        "Service desk run",
        "Planning support",
        "Warehouse redesign",
        "Close acceleration",
        "Procurement desk",
    ),
}


NAMED = """
PRJ-1902|CL-101|Solvency reporting|Advisory|t_and_m|monthly|2025-11-03|risk-regulation
PRJ-1917|CL-101|Claims target model|Technology|t_and_m|weekly|2025-11-03|service-design
PRJ-1923|CL-101|Broker portal run|Operations|t_and_m|monthly|2025-12-01|managed-run
PRJ-2041|CL-102|Timetable platform|Technology|t_and_m|monthly|2026-09-28|data-platform
PRJ-1940|CL-102|Depot operating model|Advisory|t_and_m|monthly|2025-11-03|operating-model
PRJ-1955|CL-103|Payments resilience|Technology|t_and_m|monthly|2026-10-01|cloud-core
PRJ-1961|CL-103|Branch data quality|Technology|t_and_m|monthly|2025-11-03|data-platform
PRJ-1970|CL-104|Clinical scheduling|Technology|t_and_m|monthly|2025-11-03|service-design
PRJ-1988|CL-105|Warehouse redesign|Operations|t_and_m|monthly|2025-11-03|supply-chain
PRJ-1989|CL-105|Carrier integration|Technology|t_and_m|monthly|2025-11-03|cloud-core
PRJ-1990|CL-105|Yard planning|Operations|t_and_m|monthly|2026-02-02|supply-chain
PRJ-1993|CL-106|Tariff calculation|Technology|t_and_m|monthly|2025-11-03|data-platform
PRJ-2002|CL-107|Grid connection office|Operations|t_and_m|monthly|2026-10-05|energy-trading
PRJ-1998|CL-107|Asset register|Technology|t_and_m|monthly|2025-11-03|data-platform
PRJ-2010|CL-108|Fleet cost review|Advisory|t_and_m|monthly|2026-03-02|operating-model
PRJ-2018|CL-109|Plant maintenance|Operations|t_and_m|monthly|2025-11-03|managed-run
PRJ-2023|CL-110|Recipe master data|Technology|t_and_m|monthly|2025-12-01|data-platform
PRJ-2030|CL-111|Ground model archive|Technology|t_and_m|monthly|2025-11-03|data-platform
PRJ-2036|CL-111|Survey planning|Operations|t_and_m|weekly|2025-11-03|supply-chain
PRJ-2051|CL-117|Batch record review|Operations|t_and_m|monthly|2026-10-12|managed-run
PRJ-2052|CL-136|Loyalty data hub|Technology|t_and_m|monthly|2026-10-12|data-platform
"""


WITHOUT = {"CL-112", "CL-139", "CL-140", "CL-141"}
"""Clients without a project."""


COUNT = 60


def named() -> list[list[str]]:
    return [row.split("|") for row in NAMED.strip().splitlines()]


def unnamed(customers: dict[str, Customer]) -> list[list[str]]:
    """One for each client that has none yet, then second ones until there are enough."""
    first = named()
    having = {row[1] for row in first}
    others = [one for one in customers if one not in having and one not in WITHOUT]
    rows: list[list[str]] = []
    for place in range(COUNT - len(first)):
        client = others[place % len(others)]
        unit = UNITS[place % len(UNITS)]
        dice = Dice(f"project/{place}")
        type, cadence = terms_of(place, customers[client].region)
        start = later(customers[client].entity, FIRST + timedelta(days=7 * dice.below(20)), 0)
        start = FIRST if place % 3 else start
        subject = SUBJECTS[unit][place // 3 % 5]
        stream = STREAMS[unit][place % 3]
        rows.append(
            [f"PRJ-{2101 + place}", client, subject, unit, type, cadence, str(start), stream]
        )
    return rows


def terms_of(place: int, region: str) -> tuple[str, str]:
    if place % 4 == 1:
        return "milestone", "milestone"
    if place % 3 == 2 and region in {"UKI", "NA"}:
        return "t_and_m", "weekly"
    return ("capped_t_and_m" if place % 7 == 3 else "t_and_m"), "monthly"
