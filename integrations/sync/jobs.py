"""From claimed rows to writes that a connector can send."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from governance.agreements.mapping import CROSSREF
from governance.agreements.models import Agreement
from integrations.connectors.port import Connector, EffectClass, Write
from integrations.connectors.registry import open_connector
from integrations.crossrefs.queries import Name, resolve
from integrations.errors import IntegrationError
from integrations.messages import bodies
from integrations.messages.queries import packed
from integrations.messages.services import Claimed
from integrations.sync.compiled import Compiled, compiled, known
from integrations.sync.outcomes import Try

CHUNKS = {
    EffectClass.IDEMPOTENCY_KEY: 500,
    EffectClass.UPSERT: 500,
    EffectClass.LOOKUP: 20,
    EffectClass.NONE: 1,
}
"""Writes that one crash may leave in doubt, by how a repeat is made safe."""
KEYS_LAST = timedelta(hours=20)
"""Systems forget idempotency keys after a day: an older doubt is looked up like any other."""
_draw = random.SystemRandom().random


@dataclass(slots=True)
class Job:
    """One operation with all that sending needs. `error`: it cannot even be prepared."""

    attempt: Try
    rules: Compiled
    write: Write
    connector: Connector | None = None
    saves: Name | None = None
    missing: list[Name] = field(default_factory=list)
    error: Exception | None = None

    @property
    def claimed(self) -> Claimed:
        return self.attempt.claimed

    @property
    def doubtful(self) -> bool:
        """A worker vanished over it: it is sent alone, so that it takes nobody along."""
        return self.claimed.state == "unknown" and self.claimed.tries > 1


def prepare(claimed: Sequence[Claimed], *, probing: bool, now: datetime) -> list[Job]:
    """Bodies, agreements and cross-references of the whole batch, each in one statement."""
    rules = agreements({one.agreement for one in claimed})
    held = packed((one.month, one.body_digest) for one in claimed)
    planned = [_planned(held, one) for one in claimed]
    known_ids = resolve(
        name
        for one, (body, refers) in zip(claimed, planned, strict=True)
        if refers
        for name in references(body, rules[one.agreement].target.system)
    )
    connectors: dict[str, Connector | IntegrationError] = {}
    jobs = []
    for one, (body, refers) in zip(claimed, planned, strict=True):
        found = rules[one.agreement]
        if found.digest not in connectors:
            connectors[found.digest] = _open(found)
        missing: list[Name] = []
        if refers:
            body = filled(body, known_ids, found.target.system, missing)
        job = _job(one, body, found, connectors[found.digest], probing, now)
        job.missing = missing
        jobs.append(job)
    return jobs


def agreements(ids: set[int]) -> dict[int, Compiled]:
    """Compiled by digest; a document is loaded only where this process has not met it."""
    digests = dict(Agreement.objects.filter(pk__in=ids).values_list("pk", "digest"))
    found = {pk: known(digest) for pk, digest in digests.items()}
    fresh = Agreement.objects.filter(pk__in=[pk for pk, held in found.items() if held is None])
    made = {one.pk: compiled(one.digest, one.document) for one in fresh}
    return {pk: held or made[pk] for pk, held in found.items()}


def _planned(held: dict[str, bytes], one: Claimed) -> tuple[dict[str, Any], bool]:
    """The planned write, and whether it refers to other records; empty where it is gone."""
    try:
        raw = bodies.opened(held[one.body_digest])
        return bodies.decode(raw), CROSSREF.encode() in raw
    except (KeyError, bodies.Unkept):
        return {}, False


def _open(rules: Compiled) -> Connector | IntegrationError:
    try:
        return open_connector(rules.target)
    except IntegrationError as error:
        return error


def _job(
    one: Claimed,
    body: dict[str, Any],
    rules: Compiled,
    connector: Connector | IntegrationError,
    probing: bool,
    now: datetime,
) -> Job:
    write = Write(
        object=body.get("object", ""),
        action=body.get("action", ""),
        body=body.get("body", {}),
        path={name: str(value) for name, value in body.get("path", {}).items()},
        idempotency_key=f"{one.id}-{one.body_digest[:32]}",
        reference=body.get("reference", ""),
    )
    error: Exception | None = connector if isinstance(connector, Exception) else None
    if not body:
        error = bodies.Unkept("the planned write is no longer kept")
    effect, error = _effect(connector, write, error)
    if effect is EffectClass.IDEMPOTENCY_KEY and _forgotten(one, now):
        effect = EffectClass.LOOKUP
    tried = Try(one, effect, rules.retry, now, _draw(), probing)
    opened = None if isinstance(connector, Exception) else connector
    saves = (body["saves"], body["saves_key"], rules.target.system) if body.get("saves") else None
    return Job(tried, rules, write, opened, saves, error=error)


def _effect(
    connector: Connector | IntegrationError, write: Write, error: Exception | None
) -> tuple[EffectClass, Exception | None]:
    if error is not None or isinstance(connector, Exception):
        return EffectClass.NONE, error
    try:
        return connector.effect_class(write.object, write.action), None
    except IntegrationError as refused:
        return EffectClass.NONE, refused


def _forgotten(one: Claimed, now: datetime) -> bool:
    return one.state == "unknown" and now - one.planned_at > KEYS_LAST


def references(value: Any, system: str) -> Iterator[Name]:
    """Every cross-reference in a planned write."""
    if isinstance(value, dict):
        if CROSSREF in value:
            yield _name(value[CROSSREF], system)
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list):
                yield from references(item, system)


def filled(value: Any, known_ids: dict[Name, str], system: str, missing: list[Name]) -> Any:
    """The same with the target's ids in place; what is unknown is told in `missing`."""
    if isinstance(value, dict):
        if CROSSREF in value:
            name = _name(value[CROSSREF], system)
            if name not in known_ids:
                missing.append(name)
            return known_ids.get(name)
        return {key: filled(item, known_ids, system, missing) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, known_ids, system, missing) for item in value]
    return value


def _name(spec: dict[str, Any], system: str) -> Name:
    return spec["entity"], spec["key"], spec["system"] or system


def chunks(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Jobs to be begun together: as many as their effect class allows, the doubtful ones alone."""
    by_class: dict[EffectClass, list[Job]] = {}
    for job in jobs:
        if not job.doubtful:
            by_class.setdefault(job.attempt.effect, []).append(job)
    for effect, held in by_class.items():
        size = CHUNKS[effect]
        for start in range(0, len(held), size):
            yield held[start : start + size]
    for job in sorted((j for j in jobs if j.doubtful), key=lambda j: j.claimed.tries):
        yield [job]
