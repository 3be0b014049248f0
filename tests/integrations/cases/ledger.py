"""A ledger that keeps projects, some of them under another number, and time that waits for one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from governance.agreements.models import Agreement
from integrations.cases.models import Case
from integrations.connectors.port import ConnectionSpec
from integrations.connectors.registry import open_connector
from integrations.connectors.stores import store
from integrations.messages.inbox import cursor_of
from integrations.messages.services import accept
from integrations.sync.planning import plan_all
from tests import firm
from tests.integrations.messages import path

LONG_AFTER = firm.NOW + timedelta(days=2)
TIME = {
    **firm.EFFECTS[0],
    "body": [
        *firm.EFFECTS[0]["body"],  # type: ignore[misc]
        {
            "to": "ledger_project",
            "crossref": {"entity": "project", "key": "project", "system": "erp"},
        },
    ],
}
PROJECT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {name: {"type": "string"} for name in ("id", "number", "name", "customer")},
}


def _named(kind: str, slug: str, /, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "document": {"slug": slug, "name": slug, "domain": "delivery", **more}}


def _projects(system: str, number: str, **read: Any) -> list[dict[str, Any]]:
    """A flow that watches the projects of a system."""
    slug = f"projects-in-{system}"
    rules = [
        {"to": "id", "from": "id", "required": True},
        {"to": "number", "from": number},
        {"to": "name", "from": "name"},
        {"to": "customer", "from": "customer"},
    ]
    side = {"connection": f"{system}-main", "object": "project"}
    mapping = _named("mapping", slug, entity="project", effects=[], read={"rules": rules, **read})
    flow = firm.flow_item(
        slug=slug,
        entity="project",
        contract="project@1",
        mapping=slug,
        mode="observe",
        source=side,
        target={"connection": f"{system}-main"},
        amount=None,
        business_key="number",
    )
    return [mapping, flow]


def found() -> Agreement:
    """Adds ledger and projects to the sample firm; the agreement of the flow of time."""
    groups = [{"slug": "identity", "name": "Identity", "attributes": [{"name": "id"}]}]
    objects = "  time: {path: /time, id: id}\n  project: {path: /projects, id: id}\n"
    firm.register(
        [
            _named("system", "erp", kind="erp"),
            firm.connector("erp", objects),
            firm.connector("psa", objects),
            firm.connection("erp"),
            _named("entity", "project", groups=groups),
            _named("data_contract", "project", entity="project"),
            firm.contract_version_item(contract="project", schema=PROJECT_SCHEMA, fields={}),
            *_projects("psa", "id"),
            *_projects("erp", "psa_number", known_as={"entity": "project", "key": "number"}),
        ]
    )
    return path.flow(effects=[TIME], lane="project")


def holds(system: str, *projects: dict[str, Any]) -> None:
    """What a system keeps, read by the flow that watches it."""
    for one in projects:
        store(f"{system}-main").put("project", one)
    agreement = Agreement.objects.select_related("flow").get(
        flow__slug=f"projects-in-{system}", status="active"
    )
    side = agreement.document["source"]
    source = open_connector(ConnectionSpec.from_agreement(side))
    page = source.read(side["object"], cursor=cursor_of(agreement.flow_id), limit=9_999, where={})
    accept(agreement=agreement, run=None, records=page.records, cursor=page.cursor, now=firm.NOW)
    plan_all(agreement=agreement, now=firm.NOW)


def waiting(agreement: Agreement, *names: str, project: str = "P-2041", **more: Any) -> Case:
    """Time on a project that the ledger does not know: one case, the rest waits behind it."""
    for name in names or ("T-1",):
        path.put(name, project=project, **more)
        path.read(agreement)
        path.plan(agreement)
    path.deliver(now=LONG_AFTER)
    return Case.objects.get(klass="reference", operation__lane__key=project)
