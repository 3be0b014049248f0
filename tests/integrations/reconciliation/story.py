"""Two small feeds that compare with each other: approved time in the PSA, charges in billing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from governance.agreements.models import Agreement
from integrations.connectors.stores import store
from integrations.reconciliation.models import Break
from integrations.reconciliation.services import reconcile
from integrations.sync.lifecycle import Trigger
from integrations.sync.services import execute, finish_delivered, start
from tests import firm
from tests.firm import NOW

RULE: dict[str, Any] = {
    "slug": "time-and-charges",
    "name": "Time and charges",
    "with": "charges",
    "key": "id",
    "key_other": "id",
    "amount": "amount",
    "currency": "currency",
    "fields": [
        {
            "name": "Amount",
            "left": "amount",
            "right": "amount",
            "kind": "money",
            "tolerance": "0.01",
        },
        {"name": "Role", "left": "role", "right": "role"},
    ],
    "missing": "both",
}


def _watched(slug: str, connection: str, **more: Any) -> dict[str, Any]:
    return firm.flow_item(
        slug=slug,
        name=slug.title(),
        mode="observe",
        mapping="watched",
        source={"connection": connection, "object": "time" if connection == "psa-main" else "item"},
        target={"connection": connection},
        schedule={"every": "PT1M"},
        **more,
    )


def agreed(**rule: Any) -> dict[str, Agreement]:
    """Both flows, only watched; `rule` overrides words of the comparison."""
    rules = [{**one} for one in firm.READ_RULES if one["to"] != "role"]
    mapping = firm.mapping_item(
        slug="watched",
        name="Watched",
        read={"rules": [*rules, {"to": "role", "from": "role"}]},
        effects=[],
    )
    firm.register(
        [
            mapping,
            _watched("charges", "billing-main"),
            _watched("time", "psa-main", reconciles=[{**RULE, **rule}]),
        ]
    )
    rows = Agreement.objects.filter(status="active").select_related("flow")
    return {one.flow.slug: one for one in rows}


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "project": "P-1",
        "hours": "1",
        "amount": "100.00",
        "currency": "EUR",
        "role": "consultant",
        **more,
    }


def here(name: str, **more: Any) -> None:
    store("psa-main").put("time", entry(name, **more))


def there(name: str, **more: Any) -> None:
    store("billing-main").put("item", entry(name, **more))


def read(*agreements: Agreement, now: datetime) -> None:
    for one in agreements:
        made = start(flow=one.flow, by=None, trigger=Trigger.PERSON, now=now)
        execute(run_id=made.pk, now=now)
        finish_delivered(now=now + timedelta(seconds=1))


def looked(agreements: dict[str, Agreement], *, minute: int = 0) -> int:
    """Both systems read twice, then one pass: how many records it took up."""
    for second in (0, 10):
        moment = NOW + timedelta(minutes=minute, seconds=second)
        read(agreements["time"], agreements["charges"], now=moment)
    return reconcile(now=NOW + timedelta(minutes=minute, seconds=30))


def breaks() -> list[tuple[str, str, int]]:
    """Key, kind and difference of what is open."""
    rows = Break.objects.filter(state="open").order_by("key", "pk")
    return list(rows.values_list("key", "kind", "difference_minor"))
