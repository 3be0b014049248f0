"""What a catalogue page shows beside the row itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from governance.agreements import queries as agreements
from governance.approvals.diffs import Difference, differences
from governance.approvals.kinds import KINDS
from governance.approvals.lifecycle import OPEN
from governance.approvals.models import ChangeItem
from governance.audit import queries as audit
from governance.authority import queries as authority
from governance.catalog.models import Api, ApiVersion, BusinessEntity, Connection, System
from governance.contracts.models import DataContract
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status
from governance.ownership.models import Governed

GROUPS = (
    ("What moves", ("flow", "mapping", "value_map", "data_contract", "data_contract_version")),
    ("Between what", ("system", "connection", "connector", "api", "api_version")),
    ("How it is measured", ("process", "measure", "loss_table", "fx_source")),
    (
        "Who owns what",
        (
            "entity",
            "authority",
            "domain",
            "team",
            "escalation_path",
            "business_calendar",
            "fiscal_calendar",
            "role_grant",
        ),
    ),
)


PLURALS = {
    "entity": "Business entities",
    "authority": "Systems of record",
    "process": "Processes",
}


def plural_label(name: str) -> str:
    """What a list of this kind is called."""
    return PLURALS.get(name) or f"{KINDS[name].label}s"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind in the overview."""

    label: str
    url: str
    active: int
    drafts: int


def shelves() -> list[tuple[str, list[Shelf]]]:
    """The overview: how many of each kind are active and how many are only proposed."""
    counted = _counted([kind for _, kinds in GROUPS for kind in kinds])
    return [(title, [_shelf(kind, counted) for kind in kinds]) for title, kinds in GROUPS]


def _counted(names: list[str]) -> dict[tuple[str, str], int]:
    """(kind, status) → how many; one query, where the ORM would have one for each kind."""
    tables = [connection.ops.quote_name(KINDS[name].model._meta.db_table) for name in names]
    each = [f"SELECT %s, status, count(*) FROM {table} GROUP BY status" for table in tables]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each), names)
        return {(name, status): number for name, status, number in cursor.fetchall()}


def _shelf(name: str, counted: dict[tuple[str, str], int]) -> Shelf:
    return Shelf(
        plural_label(name),
        reverse("catalogue-kind", args=[KINDS[name].plural]),
        active=counted.get((name, Status.ACTIVE), 0),
        drafts=counted.get((name, Status.DRAFT), 0),
    )


@dataclass(frozen=True, slots=True)
class Related:
    """A titled list of links: (words, url, sub, status)."""

    title: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)


def address(row: Governed) -> str:
    """Where a governed row is shown."""
    return reverse("catalogue-detail", args=[KINDS[row.KIND].plural, row.slug])


def _link(row: Governed, sub: str = "") -> tuple[str, str, str, str]:
    return row.name, address(row), sub, row.status


def _system(row: System) -> list[Related]:
    flows = Flow.objects.filter(Q(source__system=row) | Q(target__system=row))
    return [
        Related("APIs", [_link(api) for api in row.apis.order_by("slug")]),
        Related("Connections", [_link(one, one.base_url) for one in row.connections.all()]),
        Related("Flows", _flows(flows.distinct())),
        Related(
            "Author of",
            [
                _link(one, f"from {one.effective_from}")
                for one in row.authorities.filter(status=Status.ACTIVE)
            ],
        ),
    ]


def _flows(rows: Any) -> list[tuple[str, str, str, str]]:
    found = rows.select_related("source__system", "target__system").order_by("slug")
    return [_link(one, f"{one.source.system.name} → {one.target.system.name}") for one in found]


def _api(row: Api) -> list[Related]:
    return [Related("Belongs to", [_link(row.system, "system")])]


def _api_version(row: ApiVersion) -> list[Related]:
    return [Related("API", [_link(row.api)])]


def _entity(row: BusinessEntity) -> list[Related]:
    authors = authority.of_entity(row.pk)
    return [
        Related(
            "System of record",
            [_link(one, f"{one.scope} · from {one.effective_from}") for one in authors],
        ),
        Related("Data contracts", [_link(one) for one in row.contracts.order_by("slug")]),
        Related("Flows", _flows(row.flows.all())),
    ]


def _contract(row: DataContract) -> list[Related]:
    return [Related("Describes", [_link(row.entity, "business entity")])]


def _flow(row: Flow) -> list[Related]:
    return [
        Related(
            "Made of",
            [
                _link(row.entity, "business entity"),
                _link(row.contract, "data contract"),
                _link(row.mapping, "mapping"),
                _link(row.source, "source"),
                _link(row.target, "target"),
            ],
        )
    ]


def _connection(row: Connection) -> list[Related]:
    flows = Flow.objects.filter(Q(source=row) | Q(target=row)).distinct()
    return [
        Related("System", [_link(row.system), _link(row.connector, "connector description")]),
        Related("Flows", _flows(flows)),
    ]


RELATED: dict[str, Callable[[Any], list[Related]]] = {
    "system": _system,
    "api": _api,
    "api_version": _api_version,
    "entity": _entity,
    "data_contract": _contract,
    "flow": _flow,
    "connection": _connection,
    "mapping": lambda row: [Related("Used by", _flows(row.flows.all()))],
    "connector": lambda row: [
        Related("System", [_link(row.system)]),
        Related("Connections", [_link(one) for one in row.connections.all()]),
    ],
    "data_contract_version": lambda row: [Related("Data contract", [_link(row.contract)])],
    "authority": lambda row: [Related("About", [_link(row.entity), _link(row.system, "author")])],
    "domain": lambda row: [
        Related("Flows", _flows(Flow.objects.filter(domain=row))),
        Related("Systems", [_link(one) for one in System.objects.filter(domain=row)]),
    ],
}


def related(row: Governed) -> list[Related]:
    """What a row is tied to; empty lists are left out."""
    found = RELATED[row.KIND](row) if row.KIND in RELATED else []
    return [one for one in found if one.rows]


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a row's history."""

    at: datetime
    revision: int
    status: str
    by: str
    reason: str
    request: int | None
    differences: list[Difference]


def history(row: Any) -> list[Change]:
    """Who changed it, when, why, and what differs from the step before; newest first."""
    newest_first = audit.about(row).filter(action="registry.activate")
    told = {row.revision - back: entry for back, entry in enumerate(newest_first)}
    steps: list[Change] = []
    before: Any = None
    seen: tuple[str, str] | None = None
    for record in row.history.order_by("history_id").select_related("history_user"):
        if (record.digest, record.status) == seen:
            continue
        entry = told.get(record.revision)
        person = record.history_user
        steps.append(
            Change(
                at=record.history_date,
                revision=record.revision,
                status=record.status,
                by=entry.by_label if entry else (person.label if person else "the system"),
                reason=entry.reason if entry else "",
                request=entry.change_request if entry else None,
                differences=differences(before, record.document),
            )
        )
        before, seen = record.document, (record.digest, record.status)
    return steps[::-1]


def open_item(row: Governed) -> ChangeItem | None:
    """The open change request that names this row, if there is one."""
    return (
        ChangeItem.objects.filter(**{row.KIND: row.pk}, request__state__in=OPEN)
        .select_related("request")
        .order_by("-id")
        .first()
    )


def agreement_of(row: Governed) -> Any:
    """The flow agreement that runs, for a flow."""
    return agreements.active(row.pk) if row.KIND == "flow" else None
