"""Which comparisons the active flow agreements ask for, compiled once for each content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from governance import canonical
from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from integrations.messages.canonical import lenient
from integrations.reconciliation.entries import Entry, Field, entry_reader, fields_of
from integrations.reconciliation.lifecycle import Side
from integrations.reconciliation.models import ComparedRecord, Reconciliation

Read = Callable[[str, Any, dict[str, Any]], Entry | None]
"""(record's name, source record, corrections) → its entry; None where it takes no part."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One comparison, ready to run."""

    row: Reconciliation
    agreements: dict[Side, Agreement]
    fields: tuple[Field, ...]
    missing: str
    reads: dict[Side, Read]

    def flow(self, side: Side) -> int:
        """Whose records stand on this side."""
        return self.agreements[side].flow_id


def rules(*, now: datetime) -> list[Rule]:
    """Every comparison that runs, in order; what nobody asks for any more is ended."""
    active = Agreement.objects.filter(status=AgreementStatus.ACTIVE).select_related("flow")
    asking = list(active.filter(document__has_key="reconciles").order_by("flow__slug"))
    named = {one["with"] for left in asking for one in left.document["reconciles"]}
    others = {one.flow.slug: one for one in active.filter(flow__slug__in=named)}
    held = {(row.flow_id, row.slug): row for row in Reconciliation.objects.all()}
    found = [
        _rule(left, others[one["with"]], one, held)
        for left in asking
        for one in left.document["reconciles"]
        if one["with"] in others
    ]
    gone = {row.pk for row in held.values() if row.ended_at is None} - {one.row.pk for one in found}
    Reconciliation.objects.filter(pk__in=gone).update(ended_at=now)
    return found


def _rule(
    left: Agreement,
    right: Agreement,
    spec: dict[str, Any],
    held: dict[tuple[int, str], Reconciliation],
) -> Rule:
    agreements = {Side.LEFT: left, Side.RIGHT: right}
    row = held.get((left.flow_id, spec["slug"])) or Reconciliation(
        flow=left.flow, slug=spec["slug"]
    )
    settings = _settings(left.digest, right.digest, canonical.digest(spec), left.pk, right.pk)
    if row.settings != settings or row.ended_at is not None or row.other_id != right.flow_id:
        _renew(row, agreements, spec, settings)
    return Rule(
        row=row,
        agreements=agreements,
        fields=fields_of(spec),
        missing=spec.get("missing", "both"),
        reads={side: _reader(agreements[side].digest, spec, side, agreements) for side in Side},
    )


@lru_cache(maxsize=256)
def _settings(left: str, right: str, spec: str, left_pk: int, right_pk: int) -> str:
    """Digest of all that decides what a comparison reads, and of nothing else."""
    documents = dict(
        Agreement.objects.filter(pk__in=[left_pk, right_pk]).values_list("pk", "document")
    )
    read = [
        {"read": documents[pk]["mapping"]["read"], "maps": documents[pk].get("value_maps", {})}
        for pk in (left_pk, right_pk)
    ]
    return canonical.digest({"spec": spec, "sides": read})


def _renew(
    row: Reconciliation, agreements: dict[Side, Agreement], spec: dict[str, Any], settings: str
) -> None:
    """Another rule or reading: everything is compared anew."""
    left, right = agreements[Side.LEFT], agreements[Side.RIGHT]
    row.name, row.other, row.agreement = spec["name"], right.flow, left
    row.left_system = left.document["source"]["system"]
    row.right_system = right.document["source"]["system"]
    row.settings, row.ended_at = settings, None
    row.left_mark = row.right_mark = 0
    row.save()
    ComparedRecord.objects.filter(reconciliation=row).delete()


_kept: dict[tuple[str, str, str], Read] = {}


def _reader(
    digest: str, spec: dict[str, Any], side: Side, agreements: dict[Side, Agreement]
) -> Read:
    name = (digest, canonical.digest(spec), side.value)
    if name not in _kept:
        record_of = lenient(agreements[side].document)
        entry_of = entry_reader(spec, side)

        def read(record: str, source: Any, corrections: dict[str, Any]) -> Entry | None:
            found = record_of(source)
            return None if found is None else entry_of(record, found | corrections)

        _kept[name] = read
    return _kept[name]
