"""Proofs that entries stand in seals, for whoever has neither this database nor this program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.audit.hashing import path_up, tree
from governance.audit.models import AuditEntry, Seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Proof:
    """The way from an entry's leaf to the root of its seal."""

    seal: int
    index: int
    path: list[str]


def proofs(ids: Iterable[int], seals: Iterable[Seal]) -> dict[int, Proof]:
    """Entry id → its proof; what is not sealed yet has none."""
    wanted = set(ids)
    return {
        pk: proof
        for seal in seals
        if not wanted.isdisjoint(seal.entry_ids)
        for pk, proof in _of_seal(seal, wanted)
    }


def _of_seal(seal: Seal, wanted: set[int]) -> Iterator[tuple[int, Proof]]:
    rows = AuditEntry.objects.filter(pk__in=seal.entry_ids)
    leaves = dict(rows.values_list("pk", "leaf"))
    levels = tree([leaves[pk] for pk in seal.entry_ids if pk in leaves])
    for index, pk in enumerate(seal.entry_ids):
        if pk in wanted:
            yield pk, Proof(seal.number, index, path_up(levels, index))
