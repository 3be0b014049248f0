"""Records of the other system that may be the one that a case refers to, from what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.agreements.models import Agreement
from integrations.cases import candidate
from integrations.cases.likeness import Reason, likenesses
from integrations.cases.models import Case
from integrations.crossrefs.queries import Name, canonical_ids, resolve
from integrations.errors import Refused
from integrations.messages import bodies
from integrations.messages.models import InboxMessage
from integrations.messages.queries import packed

MOST = 1_000
"""Records that are compared: the ones that changed last."""
SHOWN = 8
LABELS = ("name", "legal_name", "trading_name", "number", "title")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record there. Of its content only name and what it has in common with ours is told."""

    source_id: str
    label: str
    reasons: tuple[Reason, ...]
    taken_by: str = ""
    """The record of ours that it is already."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What might be the record; `name` is (entity, our key, system)."""

    name: Name
    label: str
    """What our own record is called, where it is known."""
    candidates: list[Candidate]
    compared: int


def refers(case: Case) -> list[Name]:
    """Every record that the case said nobody knows."""
    told = case.detail.get("refers") or []
    return [(str(one["entity"]), str(one["key"]), str(one["system"])) for one in told]


def wanted(case: Case) -> Name:
    """The first of them that is still unknown; of a closed case the first."""
    names = refers(case)
    known = resolve(names)
    found = next((name for name in names if name not in known), names[0] if names else None)
    if found is None:
        raise Refused("this case names no record that is unknown")
    return found


def offer(case: Case, name: Name, *, words: str = "") -> Offer:
    """The likeliest records first; with words, those whose id or name holds them all."""
    entity, key, system = name
    rules = {one.flow_id: one.document for one in _agreements(entity)}
    there = {flow: one for flow, one in rules.items() if one["source"]["system"] == system}
    here = {flow: one for flow, one in rules.items() if flow not in there}
    ours = _ours(case, key, here)
    read = _read(_newest(there, words), there)
    wished = [word.casefold() for word in words.split()]
    fitting = [one for one in read if all(word in _sought(*one) for word in wished)]
    likes = likenesses(key, ours, fitting)
    order = sorted(range(len(fitting)), key=lambda n: (-likes[n].score, fitting[n][0]))
    best = [n for n in order if wished or likes[n].reasons][:SHOWN]
    taken = canonical_ids(entity=entity, system=system, ids=[fitting[n][0] for n in best])
    shown = [
        Candidate(
            fitting[n][0], label_of(fitting[n][1]), likes[n].reasons, taken.get(fitting[n][0], "")
        )
        for n in best
    ]
    return Offer(name, label_of(ours), shown, len(read))


def seen(name: Name, source_id: str) -> bool:
    """Whether the other system has told of a record with this id."""
    entity, _, system = name
    flows = [one.flow_id for one in _agreements(entity).filter(document__source__system=system)]
    return _latest(flows).filter(key=source_id, deleted=False).exists()


def label_of(record: Mapping[str, Any]) -> str:
    """What people call it."""
    return next((str(record[name]) for name in LABELS if record.get(name)), "")


def _agreements(entity: str) -> QuerySet[Agreement]:
    """Flows that read this entity, or that say which record of it theirs is."""
    about = Q(document__flow__entity=entity)
    tells = Q(document__mapping__read__known_as__entity=entity)
    return Agreement.objects.filter(about | tells, status="active").order_by("flow")


def _latest(flows: Sequence[int]) -> QuerySet[InboxMessage]:
    """The newest version of each record."""
    newer = InboxMessage.objects.filter(
        flow=OuterRef("flow"), key=OuterRef("key"), sequence__gt=OuterRef("sequence")
    )
    return InboxMessage.objects.filter(~Exists(newer), flow__in=list(flows)).order_by("-pk")


def _newest(flows: Mapping[int, Any], words: str) -> list[InboxMessage]:
    """Those that changed last, and beyond them those whose id begins with a word."""
    rows = _latest(list(flows)).filter(deleted=False)
    found = list(rows[:MOST])
    if words.split() and len(found) == MOST:
        named = reduce(or_, (Q(key__istartswith=word) for word in words.split()))
        held = {one.pk for one in found}
        found += [one for one in rows.filter(named)[:SHOWN] if one.pk not in held]
    return found


def _read(
    messages: Sequence[InboxMessage], rules: Mapping[int, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """(id there, canonical record); what cannot be read is still there by its id."""
    held = packed((one.month, one.content_hash) for one in messages)
    return [(one.key, _canonical(held, one, rules[one.flow_id])) for one in messages]


def _canonical(
    held: Mapping[str, bytes], message: InboxMessage, document: Mapping[str, Any]
) -> dict[str, Any]:
    try:
        return candidate.read(document, bodies.unpack(held[message.content_hash]))
    except (KeyError, bodies.Unkept, Refused):
        return {}


def _ours(case: Case, key: str, here: Mapping[int, Any]) -> dict[str, Any]:
    """Our own record of that name, and what the waiting record says besides its own id."""
    rows = _latest(list(here)).filter(Q(key=key) | Q(business_key=key))
    named = _read(list(rows[:1]), here)
    waiting: dict[str, Any] = {}
    if case.message is not None and case.agreement is not None:
        [(_, waiting)] = _read([case.message], {case.message.flow_id: case.agreement.document})
    own = {name: value for name, value in waiting.items() if name not in ("id", *LABELS)}
    return {**own, **(named[0][1] if named else {})}


def _sought(source_id: str, record: Mapping[str, Any]) -> str:
    return " ".join([source_id, *(str(record.get(name) or "") for name in LABELS)]).casefold()
