"""Which of the records just read are new versions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.messages import bodies

if TYPE_CHECKING:
    from integrations.connectors.port import SourceRecord


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record as it is kept: `raw` is its encoded body."""

    key: str
    token: str
    raw: bytes
    content_hash: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A new version of a record, in our acceptance order."""

    arrival: Arrival
    version: str
    sequence: int


def arrival(record: SourceRecord) -> Arrival:
    """Never fails: a body that cannot be kept gives way to the reason; planning refuses it."""
    try:
        raw = bodies.encode(record.data)
    except bodies.Unkept as error:
        raw = bodies.stand_in(str(error))
    hashed = bodies.digest(b"deleted " + raw if record.deleted else raw)
    key, token = bodies.short(record.key, 200), bodies.short(record.version, 120)
    return Arrival(key, token, raw, hashed, record.deleted)


def new_versions(
    arrivals: Iterable[Arrival],
    *,
    latest: Mapping[str, tuple[int, str]],
    known: AbstractSet[tuple[str, str]],
) -> list[Version]:
    """What to insert. `latest`: key → (sequence, content hash) of the last accepted version;
    `known`: (key, token) pairs accepted before.

    With a token, a repeat is a token seen before; without, content equal to the latest version's.
    """
    held, seen = dict(latest), set(known)
    fresh: list[Version] = []
    for one in arrivals:
        sequence, content = held.get(one.key, (0, ""))
        repeated = (one.key, one.token) in seen if one.token else content == one.content_hash
        if repeated:
            continue
        held[one.key] = (sequence + 1, one.content_hash)
        seen.add((one.key, one.token))
        fresh.append(Version(one, one.token or f"#{sequence + 1}", sequence + 1))
    return fresh
