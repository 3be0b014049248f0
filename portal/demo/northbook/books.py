"""Companies, cost centres, periods and exchange rates, as the ERP tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from portal.demo.clock import stamp
from portal.demo.firm.calendar import NOW, ZONES, midnight, month_ends
from portal.demo.firm.customers import ENTITIES
from portal.demo.firm.fx import FX_MONTHS
from portal.demo.firm.world import World
from portal.demo.northbook.words import SINCE, Dated, dated

COST_CENTRES = {
    "CC410": "Risk and regulation",
    "CC420": "Operating models",
    "CC430": "Service design",
    "CC440": "Energy trading",
    "CC510": "Data platforms",
    "CC520": "Cloud and core systems",
    "CC610": "Managed run",
    "CC620": "Supply chain",
}


def companies(world: World) -> Iterator[Dated]:
    for one in ENTITIES.values():
        yield dated(
            SINCE,
            {
                "id": one.code,
                "code": one.code,
                "name": one.name,
                "country": one.country,
                "currency": one.currency,
                "time_zone": ZONES[one.code],
                "status": "active",
            },
        )


def cost_centres(world: World) -> Iterator[Dated]:
    for code, name in COST_CENTRES.items():
        yield dated(SINCE, {"id": code, "code": code, "name": name})


def periods(world: World) -> Iterator[Dated]:
    for company in ENTITIES:
        first = date(2025, 11, 1)
        while first <= date(2026, 12, 1):
            last = month_ends(first)
            closed = midnight(company, last + timedelta(days=6)) + timedelta(hours=18)
            ended = closed <= NOW
            yield dated(
                closed if ended else SINCE,
                {
                    "id": f"{company}.{str(first)[:7]}",
                    "company": company,
                    "period": str(first)[:7],
                    "first": str(first),
                    "last": str(last),
                    "status": "closed" if ended else "open",
                    "closed_at": stamp(closed) if ended else None,
                },
            )
            first = last + timedelta(days=1)


def rates(world: World) -> Iterator[Dated]:
    for month, pounds, dollars in FX_MONTHS:
        at = datetime.fromisoformat(f"{month}-01T06:00:00+00:00")
        for currency, rate in (("GBP", pounds), ("USD", dollars)):
            yield dated(
                at,
                {
                    "id": f"{currency}.{month}",
                    "currency": currency,
                    "base": "EUR",
                    "rate_type": "monthly",
                    "valid_from": f"{month}-01",
                    "rate": rate,
                },
            )
