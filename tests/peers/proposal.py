"""What an architect would propose to run project-to-cash on the two real systems, as items."""

from __future__ import annotations

from typing import Any

from governance.catalog.connector_yaml import load
from tests.peers.rig import DATABASE, HERE, ErpFacts, Peer

DOMAIN = "billing"
SINCE = "2020-01-01"
FLOWS = (
    "customers-to-billing",
    "time-to-billing",
    "projects-to-invoices",
    "invoices-to-erp",
    "postings-to-collection",
    "payments-to-erp",
)
"""In the order of the business."""

SYSTEMS = {"tryton": ("Tryton", "erp"), "stripe": ("Stripe", "billing")}
CONNECTORS = {"tryton": "tryton", "tryton-rpc": "tryton", "stripe": "stripe"}
"""Description -> system: the ERP speaks two dialects."""

Item = dict[str, Any]


def items(*, erp: Peer, billing: Peer, facts: ErpFacts, people: dict[str, list[str]]) -> list[Item]:
    """Everything in one change request; `people` holds owners, stewards and finance_owners."""
    return [
        item("domain", slug=DOMAIN, name="Billing", **people),
        *(item("system", slug=s, name=n, kind=k, domain=DOMAIN) for s, (n, k) in SYSTEMS.items()),
        *(connector(slug, system) for slug, system in CONNECTORS.items()),
        *connections(erp, billing, facts),
        *(one for name in FLOWS for one in flow_items(name)),
    ]


def item(kind: str, /, **document: Any) -> Item:
    return {"kind": kind, "document": document}


def description(slug: str) -> str:
    return (HERE / f"{slug}.yaml").read_text()


def connector(slug: str, system: str) -> Item:
    text = description(slug)
    return item("connector", slug=slug, name=slug, domain=DOMAIN, system=system, text=text)


def connections(erp: Peer, billing: Peer, facts: ErpFacts) -> list[Item]:
    firm = f"{erp.url}/{DATABASE}"
    standing = {"company": str(facts.company), "payment_method": str(facts.payment_method)}
    variables = {"login": facts.login, **standing}
    return [
        connection("tryton-rest", "tryton", "tryton", firm, variables=variables),
        connection("tryton-rpc", "tryton", "tryton-rpc", firm, variables=variables),
        connection("stripe", "stripe", "stripe", billing.url),
    ]


def connection(slug: str, system: str, description: str, address: str, **more: Any) -> Item:
    """Its secret has the name of the connection."""
    place = {"system": system, "connector": description, "base_url": address, "secret": slug}
    return item("connection", slug=slug, name=slug, domain=DOMAIN, **place, **more)


def secrets(facts: ErpFacts, billing_key: str) -> dict[str, str]:
    """Name -> value, to be stored before the first run."""
    return {
        "tryton-rest": facts.rest_key,
        "tryton-rpc": facts.password,
        "stripe": billing_key,
    }


def flow_items(name: str) -> list[Item]:
    """A flow with its entity, system of record, data contract and mapping."""
    parts, _ = load((HERE / "flows" / f"{name}.yaml").read_text())
    entity = parts["entity"]
    slug, title = entity["slug"], parts["flow"]["name"]
    own = {"slug": slug, "name": entity["name"], "domain": DOMAIN, "entity": slug}
    version = {"contract": slug, "version": "1.0.0", "domain": DOMAIN, **parts["contract"]}
    shared = {"domain": DOMAIN, "entity": slug}
    agreed = {"contract": f"{slug}@1", "mapping": name}
    return [
        item("entity", domain=DOMAIN, **entity),
        *(authority(slug, group["slug"], parts["author"]) for group in entity["groups"]),
        item("data_contract", **own),
        item("data_contract_version", **version),
        item("mapping", slug=name, name=title, **shared, **parts["mapping"]),
        item("flow", **shared, **agreed, **parts["flow"]),
    ]


def authority(entity: str, group: str, system: str) -> Item:
    place = {"entity": entity, "group": group, "system": system}
    return item("authority", domain=DOMAIN, effective_from=SINCE, **place)
