"""Compiling one flow's agreement from the active rows, and checking that it can run."""

from __future__ import annotations

from typing import Any

from governance.agreements.checking import refuse_unrunnable
from governance.agreements.measured import measured
from governance.agreements.rules import walk
from governance.authority.queries import of_entity
from governance.catalog import connector_grammar
from governance.catalog.models import BusinessEntity, Connection
from governance.contracts.queries import active_version
from governance.errors import InvalidDocument
from governance.flows.models import Flow, ValueMap
from governance.ownership.lifecycle import Seat, Status
from governance.ownership.models import EscalationPath, Governed

FORMAT = 1


def compile_document(flow: Flow) -> dict[str, Any]:
    """Everything that a run of `flow` needs, and nothing else. Raises InvalidDocument."""
    agreed = flow.document
    mapping = flow.mapping.document
    document = {
        "format": FORMAT,
        "flow": {
            "slug": flow.slug,
            "name": flow.name,
            "domain": flow.domain.slug,
            "entity": flow.entity.slug,
            "pattern": agreed.get("pattern", "schedule"),
            "mode": agreed.get("mode", "replicate"),
        },
        "source": _side(flow.source, agreed["source"]),
        "target": _side(flow.target, agreed["target"]),
        "contract": _contract(flow, agreed["contract"]),
        "mapping": {
            "slug": flow.mapping.slug,
            "read": mapping["read"],
            "effects": mapping["effects"],
        },
        "value_maps": _value_maps(mapping),
        "entity": _entity(flow.entity),
        "authority": _authority(flow.entity),
        "schedule": {"time_zone": "UTC", "catch_up": "latest", **agreed.get("schedule", {})},
        "ordering": agreed.get("ordering", "strict"),
        "lane": agreed.get("lane", ""),
        "retry": {
            "limit": 8,
            "base_seconds": 2.0,
            "cap_seconds": 600.0,
            "patience_seconds": 14_400.0,
            **agreed.get("retry", {}),
        },
        "amount": agreed.get("amount"),
        "business_key": agreed.get("business_key", "id"),
        "scope": agreed.get("scope", ""),
        "owners": _owners(flow, agreed),
        "escalation": _escalation(agreed.get("escalation_path", "")),
        **measured(agreed),
    }
    refuse_unrunnable(document)
    return document


def _active(row: Governed, *, place: str) -> dict[str, Any]:
    if row.status != Status.ACTIVE:
        raise InvalidDocument(f"{row.KIND} {row.slug} is {row.status}, not active", pointer=place)
    document: dict[str, Any] = row.document
    return document


def _side(connection: Connection, side: dict[str, Any]) -> dict[str, Any]:
    held = _active(connection, place="/connection")
    text = _active(connection.connector, place="/connector")["text"]
    return {
        "system": connection.system.slug,
        "connection": connection.slug,
        "kind": held.get("kind", "http"),
        "base_url": connection.base_url,
        "variables": held.get("variables", {}),
        "secret": held.get("secret", ""),
        "connector": connector_grammar.parse(text),
        "object": side.get("object", ""),
        "where": side.get("where", {}),
        "api": side.get("api", ""),
    }


def _contract(flow: Flow, name: str) -> dict[str, Any]:
    slug, _, line = name.partition("@")
    version = active_version(slug, line)
    if version is None:
        raise InvalidDocument(
            f"the data contract {slug} has no active version of line {line}", pointer="/contract"
        )
    held = version.document
    return {
        "slug": slug,
        "version": version.version,
        "line": line,
        "schema": held["schema"],
        "fields": held.get("fields", {}),
        **({"sums": held["sums"]} if held.get("sums") else {}),
        "sla": {"settle_within": "PT4H", **held.get("sla", {})},
    }


def _value_maps(mapping: dict[str, Any]) -> dict[str, Any]:
    rules = [*mapping["read"]["rules"]]
    for effect in mapping["effects"]:
        rules += effect.get("body", []) + effect.get("path", [])
    names = sorted({rule["value_map"] for _, rule in walk(rules) if rule.get("value_map")})
    maps = {row.slug: row for row in ValueMap.objects.filter(slug__in=names, status=Status.ACTIVE)}
    for name in names:
        if name not in maps:
            raise InvalidDocument(f"there is no active value map {name!r}", pointer="/mapping")
    return {
        name: {
            "touches": maps[name].document.get("touches", ""),
            "rows": {row["from"]: row["to"] for row in maps[name].document["rows"]},
        }
        for name in names
    }


def _entity(entity: BusinessEntity) -> dict[str, Any]:
    groups = entity.groups.prefetch_related("attributes")
    return {
        "slug": entity.slug,
        "groups": [
            {
                "slug": group.slug,
                "name": group.name,
                "attributes": [one.name for one in group.attributes.all()],
            }
            for group in groups
        ],
    }


def _authority(entity: BusinessEntity) -> list[dict[str, Any]]:
    rows = of_entity(entity.pk).prefetch_related("group__attributes")
    return [
        {
            "group": row.group.slug,
            "attributes": [one.name for one in row.group.attributes.all()],
            "scope": row.scope,
            "system": row.system.slug,
            "effective_from": row.effective_from.isoformat(),
            "effective_to": row.effective_to.isoformat() if row.effective_to else None,
        }
        for row in rows
    ]


def _owners(flow: Flow, agreed: dict[str, Any]) -> dict[str, Any]:
    seats = list(flow.domain.seats.select_related("person").order_by("id"))

    def people(seat: Seat) -> list[str]:
        return [one.person.get_username() for one in seats if one.seat == seat]

    return {
        "domain": flow.domain.slug,
        "owners": people(Seat.OWNER),
        "stewards": people(Seat.STEWARD),
        "team": agreed.get("team", ""),
    }


def _escalation(slug: str) -> dict[str, Any] | None:
    if not slug:
        return None
    path = EscalationPath.objects.filter(slug=slug, status=Status.ACTIVE).first()
    if path is None:
        raise InvalidDocument(
            f"there is no active escalation path {slug!r}", pointer="/escalation_path"
        )
    return {"slug": slug, "steps": path.document["steps"]}
