"""Customer contracts whose version differs between systems, with the unbilled money under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from integrations.cases.wording import system_name
from integrations.sla import queries
from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.queries import Dashboard
from integrations.sla.versions import mismatched
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.numbers import Number

SLUG = "contract-version-mismatch"
MOST = 10


@dataclass(frozen=True, slots=True)
class ContractRow:
    """`versions` are (system, version)."""

    key: str
    customer: str
    versions: list[tuple[str, str]]
    money: Number


@dataclass(frozen=True, slots=True)
class Mismatches:
    """The dearest first; `total` is the figure."""

    rows: list[ContractRow]
    more: int
    total: Number


def mismatches(found: Dashboard, asked: Asked, now: datetime) -> Mismatches:
    """Also those under which nothing is unbilled now."""
    told = mismatched()
    money = {
        one.label: one.value
        for one in queries.cut(queries.items(SLUG, asked.filters, now=now), "contract")
    }
    mine = Unit.objects.filter(asked.filters.q(), unit=Kind.CONTRACT, key__in=list(told))
    customers = dict(mine.values_list("key", "customer"))
    keys = sorted({*money, *customers}, key=lambda key: (-money.get(key, 0), key))
    systems = _systems({flow for key in keys[:MOST] for flow in told[key]})
    rows = [
        ContractRow(
            key=key,
            customer=customers.get(key, ""),
            versions=sorted((systems.get(f, f"flow {f}"), v) for f, v in told[key].items()),
            money=Number("worth", money.get(key, 0), asked.list(SLUG, contract=key), found.base),
        )
        for key in keys[:MOST]
    ]
    whole = Number("worth", found.figures[SLUG].value, asked.list(SLUG), found.base)
    return Mismatches(rows, len(keys) - len(rows), whole)


def _systems(flows: set[int]) -> dict[int, str]:
    """Where each flow reads."""
    active = Agreement.objects.filter(flow__in=flows, status=AgreementStatus.ACTIVE)
    rows = active.values_list("flow_id", "document__source__system")
    return {flow: system_name(str(system)) for flow, system in rows}
