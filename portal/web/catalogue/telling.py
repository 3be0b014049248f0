"""What a kind's page tells beyond its ties: versions over time, who uses it, what it carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.utils import timezone

from governance.agreements.models import Agreement
from governance.catalog.models import Api, ApiVersion
from governance.contracts.models import DataContract, DataContractVersion
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status
from integrations.sync.schedule import duration, is_scheduled, next_slot
from portal.accounts.models import User
from portal.web.catalogue import running
from portal.web.catalogue.drawing import Lineage, Node, Stretch, lineage, timeline
from portal.web.catalogue.presenting import address

Told = dict[str, Any]
SHOWN = (Status.ACTIVE, Status.DRAFT)
OVER = (Status.SUPERSEDED, Status.RETIRED)


def told(row: Any, person: User, *, now: datetime) -> Told:
    """What the template of this kind needs; empty for a kind that has nothing more to tell."""
    teller = TELLERS.get(row.KIND)
    return teller(row, person, now) if teller else {}


def _api(row: Api, person: User, now: datetime) -> Told:
    versions = list(row.versions.select_related("specification").order_by("-pk"))
    live = next((one for one in versions if one.status == Status.ACTIVE), None)
    return {
        "timeline": timeline(_versions(versions), today=timezone.localdate(now)),
        "versions": [one for one in versions if one.status in SHOWN],
        "live": live,
        "operations": _operations(live),
        **_consumers(row, person, now),
    }


def _api_version(row: ApiVersion, person: User, now: datetime) -> Told:
    versions = list(row.api.versions.order_by("-pk"))
    return {
        "timeline": timeline(_versions(versions), today=timezone.localdate(now)),
        "live": row,
        "operations": _operations(row),
        **_consumers(row.api, person, now),
    }


def _operations(version: ApiVersion | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if version is not None:
        found = version.specification.summary.get("operations", [])
    return found


def _consumers(api: Api, person: User, now: datetime) -> Told:
    used = running.of_api(api)
    lines = running.lines(person, [flow for flow, _ in used], now=now)
    centre = Node(api.name, api.system.name, address(api))
    return {
        "consumers": [(line, version) for line, (_, version) in zip(lines, used, strict=True)],
        "together": running.together(lines),
        "lineage": _around(api.system_id, centre, [flow for flow, _ in used]),
    }


def _around(system: int, centre: Node, flows: Iterable[Flow]) -> Lineage:
    """Where a system's records come from and go to, each neighbour once."""
    sources: dict[str, Node] = {}
    targets: dict[str, Node] = {}
    for flow in flows:
        side, held = (
            (flow.target, targets) if flow.source.system_id == system else (flow.source, sources)
        )
        seen = held.get(side.system.slug)
        sub = f"{seen.sub}, {flow.entity.name.lower()}" if seen else flow.entity.name.lower()
        held[side.system.slug] = Node(side.system.name, sub, address(side.system))
    return lineage(list(sources.values()), centre, list(targets.values()))


def _contract(row: DataContract, person: User, now: datetime) -> Told:
    versions = list(row.versions.order_by("-pk"))
    live = next((one for one in versions if one.status == Status.ACTIVE), None)
    lines = running.lines(person, running.flows().filter(contract=row), now=now)
    return {
        "timeline": timeline(_versions(versions), today=timezone.localdate(now)),
        "versions": [one for one in versions if one.status in SHOWN],
        "live": live,
        "fields": _fields(live),
        "consumers": [(line, line.version) for line in lines],
        "together": running.together(lines),
    }


def _contract_version(row: DataContractVersion, person: User, now: datetime) -> Told:
    return {"live": row, "fields": _fields(row)}


def _fields(version: DataContractVersion | None) -> list[Told]:
    """Name, type, whether it is required, and what it means."""
    if version is None:
        return []
    schema, meanings = version.document["schema"], version.document.get("fields", {})
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(shape),
            "required": name in required,
            "meaning": {key: value for key, value in (meanings.get(name) or {}).items() if value},
        }
        for name, shape in schema.get("properties", {}).items()
    ]


def _type(shape: Any) -> str:
    kind = shape.get("type", "any") if isinstance(shape, dict) else "any"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _flow(row: Flow, person: User, now: datetime) -> Told:
    held = running.agreements(row.pk)
    line = running.lines(person, running.flows().filter(pk=row.pk), now=now)
    schedule = row.document.get("schedule") or {}
    source = Node(row.source.system.name, _object(row, "source"), address(row.source.system))
    target = Node(row.target.system.name, _object(row, "target"), address(row.target.system))
    return {
        "timeline": timeline(list(map(_agreed, held)), today=timezone.localdate(now)),
        "agreements": held,
        "line": line[0] if line else None,
        "runs": running.recent(person, row.pk),
        "every": duration(schedule["every"]) if schedule.get("every") else None,
        "cron": schedule.get("cron", ""),
        "zone": schedule.get("time_zone", ""),
        "next": _next(row, schedule, now),
        "lineage": lineage(
            [source], Node(row.entity.name, row.mapping.name, address(row.mapping)), [target]
        ),
    }


def _next(row: Flow, schedule: dict[str, Any], now: datetime) -> datetime | None:
    if row.status != Status.ACTIVE or not is_scheduled(schedule):
        return None
    return next_slot(schedule, after=now)


def _object(row: Flow, side: str) -> str:
    given = row.document[side]
    return ", ".join(filter(None, (given.get("object", ""), given.get("api", ""))))


def _agreed(one: Agreement) -> Stretch:
    since = timezone.localtime(one.activated_at or one.compiled_at)
    over = one.superseded_at
    words = f"In force since {since.day} {since:%b}" if not over else f"Until {_day(over)}"
    return Stretch(
        label=f"no. {one.number}",
        url="",
        tone="draft" if over else "active",
        words=words,
        begins=since.date(),
        ended=timezone.localdate(over) if over else None,
        ends=None,
    )


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.day} {local:%b %Y}"


def _versions(rows: list[Any]) -> list[Stretch]:
    """Oldest first; when a version stepped aside stands in its history."""
    if not rows:
        return []
    past = type(rows[0]).history.filter(id__in=[row.pk for row in rows], status__in=OVER)
    ended = dict(past.values_list("id").annotate(first=Min("history_date")).order_by())
    return [_stretch(row, ended.get(row.pk)) for row in reversed(rows)]


def _stretch(row: Any, over: datetime | None) -> Stretch:
    sunset = getattr(row, "sunset_on", None)
    tone, words = _standing(row, over, sunset)
    return Stretch(
        label=row.version,
        url=address(row),
        tone=tone,
        words=words,
        begins=timezone.localdate(row.activated_at) if row.activated_at else None,
        ended=timezone.localdate(over) if over else None,
        ends=sunset,
    )


def _standing(row: Any, over: datetime | None, sunset: Any) -> tuple[str, str]:
    if row.status == Status.DRAFT:
        return "review", "Proposed"
    if over is not None:
        return "draft", f"{row.status.capitalize()} {_day(over)}"
    if sunset is not None:
        return "risk", f"Deprecated, sunset {sunset.day} {sunset:%b %Y}"
    return "active", f"Active since {_day(row.activated_at)}"


TELLERS: dict[str, Callable[[Any, User, datetime], Told]] = {
    "api": _api,
    "api_version": _api_version,
    "data_contract": _contract,
    "data_contract_version": _contract_version,
    "flow": _flow,
}
