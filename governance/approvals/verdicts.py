"""What the compatibility engine says of new versions of APIs and data contracts."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from governance import canonical
from governance.approvals import bases
from governance.approvals.classify import same
from governance.catalog.models import Specification
from governance.compatibility import engine, grading, meanings
from governance.compatibility.policies import Policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.approvals.subjects import Item

logger = logging.getLogger(__name__)

COMPATIBLE, INCOMPATIBLE, NOT_CHECKED = "compatible", "incompatible", "not_checked"
COMPARED = {"api_version": "specification", "data_contract_version": "schema"}
"""Kind → the part of its document that the engine compares."""

KEPT = 2_000
"""Findings that are kept, root causes first; the count tells of the rest."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`findings` and `not_checked` are JSON, root causes first."""

    verdict: str
    findings: list[dict[str, Any]] = field(default_factory=list)
    not_checked: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    shape: str = ""
    """Verdict on the shape alone."""


def judge(item: Item, old: dict[str, Any] | None) -> Judgement | None:
    """The verdict against the document before; None where there is nothing to compare."""
    part = COMPARED.get(item.kind)
    if part is None or old is None:
        return None
    if item.kind == "data_contract_version":
        return _contract(old, item.document)
    if same(old.get(part), item.document.get(part)):
        return Judgement(COMPATIBLE)
    return _apis(old[part], item.document[part])


def _contract(old: dict[str, Any], new: dict[str, Any]) -> Judgement:
    """Its shape, and what its fields mean: a meaning that changes breaks readers unseen."""
    shape = Judgement(COMPATIBLE, shape=COMPATIBLE)
    if not same(old["schema"], new["schema"]):
        shape = _schemas(canonical.encode(old["schema"]), canonical.encode(new["schema"]))
    found = meanings.compare_fields(_kept(old, new), _kept(new, old))
    if not found:
        return shape
    graded = grading.grade(found, [], Policy())
    verdict = shape.verdict if graded.verdict == COMPATIBLE else graded.verdict
    return replace(
        shape,
        verdict=verdict,
        findings=[*(_plain(one.to_dict()) for one in graded.findings), *shape.findings],
        count=shape.count + len(found),
    )


def _kept(mine: dict[str, Any], other: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Meanings of the fields that both versions have; others come and go with their shape."""
    both = set(mine["schema"].get("properties", {})) & set(other["schema"].get("properties", {}))
    return {name: one for name, one in mine.get("fields", {}).items() if name in both}


def warm(items: Sequence[Item]) -> None:
    """Compare before a transaction begins: large specifications take seconds, and nobody else
    could write meanwhile."""
    versions = [item for item in items if item.kind in COMPARED]
    for item, old in zip(versions, bases.befores(versions), strict=True):
        judge(item, old)


@lru_cache(maxsize=128)
def _apis(old: str, new: str) -> Judgement:
    held = Specification.objects.in_bulk([old, new])
    if len(held) < len({old, new}):
        return _unchecked("a specification is missing")
    return _compared(bytes(held[old].content), bytes(held[new].content), "openapi", "backward")


@lru_cache(maxsize=128)
def _schemas(old: bytes, new: bytes) -> Judgement:
    """Both ways: a data contract binds who writes the records and who reads them."""
    return _compared(old, new, "json-schema", "full")


def _compared(old: bytes, new: bytes, kind: str, mode: str) -> Judgement:
    """An engine that fails has checked nothing, which is R3 and never a compatible change."""
    try:
        found = engine.compare(engine.load(old, kind), engine.load(new, kind), mode=mode)
    except engine.BadDocument as error:
        return _unchecked(str(error))
    except Exception as error:
        logger.exception("a comparison failed")
        return _unchecked(f"{type(error).__name__}: {error}")
    return Judgement(
        verdict=found.verdict,
        findings=[_plain(one.to_dict()) for one in found.findings[:KEPT]],
        not_checked=[_plain(one.to_dict()) for one in found.not_checked[:KEPT]],
        count=len(found.findings),
        shape=found.verdict,
    )


def _unchecked(why: str) -> Judgement:
    return Judgement(NOT_CHECKED, not_checked=[{"message": why}], shape=NOT_CHECKED)


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it; numbers that JSON would round become texts."""
    plain: dict[str, Any] = json.loads(msgspec.json.encode(value, enc_hook=str))
    return plain
