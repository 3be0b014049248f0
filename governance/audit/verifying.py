"""Checking the log against its seals."""

from __future__ import annotations

from dataclasses import dataclass

from governance.audit.hashing import GENESIS, leaf, merkle_root, seal_digest
from governance.audit.models import AuditEntry, Seal


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where the log does not verify."""

    place: str
    message: str


def verify() -> list[Problem]:
    """Every altered, missing or doubly sealed entry and every broken link, in order."""
    problems: list[Problem] = []
    previous, seen = GENESIS, set[int]()
    for number, found in enumerate(Seal.objects.order_by("number"), 1):
        problems += _check_seal(found, number=number, previous=previous, seen=seen)
        previous = found.digest
    return problems


def verify_last() -> list[Problem]:
    """The same of the newest seal alone: its entries, its digest, its link to the one before."""
    newest = list(Seal.objects.order_by("-number")[:2])
    if not newest:
        return []
    previous = newest[1].digest if len(newest) > 1 else GENESIS
    number = newest[1].number + 1 if len(newest) > 1 else 1
    return _check_seal(newest[0], number=number, previous=previous, seen=set())


def _check_seal(found: Seal, *, number: int, previous: str, seen: set[int]) -> list[Problem]:
    place = f"seal {found.number}"
    problems: list[Problem] = []
    if found.number != number:
        problems.append(Problem(place, f"seal {number} is missing"))
    if found.previous != previous:
        problems.append(Problem(place, "is not chained to the seal before it"))
    expected = seal_digest(
        number=found.number, ids=found.entry_ids, root=found.root, previous=found.previous
    )
    if found.digest != expected:
        problems.append(Problem(place, "was altered"))
    if seen.intersection(found.entry_ids):
        problems.append(Problem(place, "seals an entry that was sealed before"))
    seen.update(found.entry_ids)
    return problems + _check_entries(found)


def _check_entries(found: Seal) -> list[Problem]:
    rows = AuditEntry.objects.in_bulk(found.entry_ids)
    problems = [Problem(f"entry {pk}", "was deleted") for pk in found.entry_ids if pk not in rows]
    problems += [
        Problem(f"entry {pk}", "was altered") for pk, row in rows.items() if leaf(row) != row.leaf
    ]
    if not problems and merkle_root([rows[pk].leaf for pk in found.entry_ids]) != found.root:
        problems.append(Problem(f"seal {found.number}", "does not hold these entries"))
    return problems
