"""A small firm for tests: two in-memory systems and one flow of approved time, already agreed.

`register` writes the rows that an activation would write, without the review.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from governance.agreements import services as agreements
from governance.agreements.models import Agreement
from governance.approvals import subjects
from governance.flows.models import Flow
from portal.accounts.models import User

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

PEOPLE = {
    "ada": ("Ada Architect", [("architect", None)]),
    "olga": ("Olga Owner", [("architect", "delivery"), ("steward", "delivery")]),
    "otto": ("Otto Owner", [("architect", "delivery"), ("steward", "delivery")]),
    "stan": ("Stan Steward", [("steward", "delivery")]),
    "stella": ("Stella Steward", [("steward", "delivery")]),
    "fiona": ("Fiona Finance", [("finance_leader", None)]),
    "aude": ("Aude Auditor", [("auditor", None)]),
    "vera": ("Vera Viewer", [("viewer", None)]),
    "paul": ("Paul Platform", [("platform_admin", None)]),
    "petra": ("Petra Platform", [("platform_admin", None)]),
    "fred": ("Fred Foreign", [("steward", "sales")]),
}
"""Username → name and (role, domain) grants; `delivery` is the flow's domain."""


def connector(system: str, objects: str) -> dict[str, Any]:
    """A connector item whose description is the given objects in YAML."""
    text = f"connector: {system}\nbase_url: http://{system}.example.com\nobjects:\n{objects}"
    return {
        "kind": "connector",
        "document": {
            "slug": system,
            "name": f"{system} connector",
            "domain": "delivery",
            "system": system,
            "text": text,
        },
    }


def connection(system: str, **more: Any) -> dict[str, Any]:
    """A connection item; in-memory unless told otherwise."""
    return {
        "kind": "connection",
        "document": {
            "slug": f"{system}-main",
            "name": f"{system} production",
            "domain": "delivery",
            "system": system,
            "connector": system,
            "base_url": f"http://{system}.example.com",
            "kind": "memory",
            **more,
        },
    }


TIME_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "project", "hours", "amount", "currency"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "project": {"type": "string", "minLength": 1},
        "customer": {"type": "string"},
        "hours": {"type": ["number", "string"], "pattern": r"^\d+(\.\d+)?$", "minimum": 0},
        "role": {"type": "string"},
        "amount": {"type": ["number", "string"], "pattern": r"^-?\d+(\.\d{1,2})?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "additionalProperties": False,
}

READ_RULES = [
    {"to": "id", "from": "id", "required": True},
    {"to": "project", "from": "project"},
    {"to": "customer", "from": "customer"},
    {"to": "hours", "from": "hours", "transforms": [{"name": "decimal"}]},
    {"to": "role", "from": "role", "value_map": "role-codes"},
    {"to": "amount", "from": "amount", "transforms": [{"name": "decimal"}]},
    {"to": "currency", "from": "currency"},
]

EFFECTS = [
    {
        "kind": "create_item",
        "object": "item",
        "action": "upsert",
        "body": [
            {"to": "external_id", "from": "id"},
            {"to": "project", "from": "project"},
            {"to": "quantity", "from": "hours", "transforms": [{"name": "text"}]},
            {
                "to": "amount_minor",
                "from": "amount",
                "transforms": [{"name": "minor_units", "by": "EUR"}],
            },
            {"to": "currency", "from": "currency"},
            {"to": "role", "from": "role"},
        ],
        "saves": "time-entry",
    }
]


def flow_item(**more: Any) -> dict[str, Any]:
    """The flow of approved time; `more` overrides its document."""
    document = {
        "slug": "time-to-billing",
        "name": "Approved time PSA → Billing",
        "domain": "delivery",
        "entity": "time-entry",
        "contract": "time-entry@1",
        "mapping": "time-to-billing",
        "source": {"connection": "psa-main", "object": "time"},
        "target": {"connection": "billing-main"},
        "schedule": {"every": "PT1M"},
        "ordering": "strict",
        "amount": {"value": "amount", "currency": "currency"},
        "business_key": "project",
        **more,
    }
    return {"kind": "flow", "document": document}


def mapping_item(**more: Any) -> dict[str, Any]:
    """The flow's mapping; `more` overrides its document."""
    document = {
        "slug": "time-to-billing",
        "name": "Time to billing items",
        "domain": "delivery",
        "entity": "time-entry",
        "read": {"rules": READ_RULES},
        "effects": EFFECTS,
        **more,
    }
    return {"kind": "mapping", "document": document}


def value_map_item(*rows: tuple[str, str], **more: Any) -> dict[str, Any]:
    """Role codes; more rows than the two that are always there."""
    pairs = [("consultant", "CON"), ("architect", "ARC"), *rows]
    document = {
        "slug": "role-codes",
        "name": "Role codes",
        "domain": "delivery",
        "rows": [{"from": here, "to": there} for here, there in pairs],
        **more,
    }
    return {"kind": "value_map", "document": document}


def contract_version_item(version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    """A version of the time-entry data contract."""
    document = {
        "contract": "time-entry",
        "version": version,
        "domain": "delivery",
        "schema": TIME_SCHEMA,
        "fields": {
            "amount": {"kind": "money", "currency": "currency", "tax_basis": "net"},
            "hours": {"unit": "HUR"},
        },
        **more,
    }
    return {"kind": "data_contract_version", "document": document}


def base_items() -> list[dict[str, Any]]:
    """Everything of the firm but its grants."""
    domain = {
        "slug": "delivery",
        "name": "Delivery",
        "owners": ["olga", "otto"],
        "stewards": ["stan", "stella"],
        "finance_owners": ["fiona"],
    }
    groups = [
        {
            "slug": "commercial",
            "name": "Commercial",
            "attributes": [{"name": n} for n in ("id", "project", "customer", "hours", "role")],
        },
        {
            "slug": "money",
            "name": "Money",
            "attributes": [{"name": "amount"}, {"name": "currency"}],
        },
    ]
    return [
        {"kind": "domain", "document": domain},
        {"kind": "domain", "document": {"slug": "sales", "name": "Sales", "owners": ["fred"]}},
        _named("system", "psa", kind="psa"),
        _named("system", "billing", kind="billing"),
        connector("psa", "  time: {path: /time, id: id}\n"),
        connector("billing", _BILLING_OBJECTS),
        connection("psa"),
        connection("billing"),
        _named("entity", "time-entry", groups=groups),
        _authority("commercial"),
        _authority("money"),
        _named("data_contract", "time-entry", entity="time-entry"),
        contract_version_item(),
        value_map_item(),
        mapping_item(),
        flow_item(),
    ]


_BILLING_OBJECTS = """  item:
    path: /items
    id: id
    write: {create: "POST /items", upsert: "PUT /items", upsert_by: external_id}
"""


def _named(kind: str, slug: str, /, **more: Any) -> dict[str, Any]:
    name = slug.replace("-", " ").title()
    return {"kind": kind, "document": {"slug": slug, "name": name, "domain": "delivery", **more}}


def _authority(group: str) -> dict[str, Any]:
    return {
        "kind": "authority",
        "document": {
            "entity": "time-entry",
            "group": group,
            "system": "psa",
            "domain": "delivery",
            "effective_from": "2020-01-01",
        },
    }


def people() -> dict[str, User]:
    """Everyone, without grants."""
    made = {}
    for username, (name, _) in PEOPLE.items():
        first, last = name.split(" ", 1)
        made[username] = User(username=username, first_name=first, last_name=last)
        made[username].set_unusable_password()
        made[username].save()
    return made


def grant_items() -> list[dict[str, Any]]:
    """Role grants of everyone."""
    items = []
    for username, (_, grants) in PEOPLE.items():
        for role, domain in grants:
            document = {"person": username, "role": role}
            items.append(
                {
                    "kind": "role_grant",
                    "document": {**document, **({"domain": domain} if domain else {})},
                }
            )
    return items


def register(items: list[dict[str, Any]], *, by: User | None = None) -> None:
    """Write the items as an activation would and bring every flow's agreement up to date."""
    parsed = subjects.parse_items(items)
    for item in parsed:
        subjects.prepare(item, by=by)
    for item in parsed:
        subjects.write(item, now=NOW)
    for flow in Flow.objects.filter(status="active"):
        agreements.activate(flow, now=NOW)


def found(extra: list[dict[str, Any]] | None = None) -> Agreement:
    """The whole firm; the agreement of its one flow."""
    people()
    register([*base_items(), *grant_items(), *(extra or [])])
    return Agreement.objects.get(flow__slug="time-to-billing", status="active")
