"""Which flow agreements a transaction ran under, who approved each, who was authoritative."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.agreements.models import Agreement
from governance.approvals.models import Activation
from integrations.cases.wording import system_name
from integrations.messages.models import InboxMessage, Operation


@dataclass(frozen=True, slots=True)
class Ruling:
    """A flow agreement that something here ran under, and who approved it."""

    agreement: Agreement
    activation: Activation | None
    approvers: list[str]
    systems: list[tuple[str, str]]
    """(attribute group, its system of record)."""


def rulings(rows: Iterable[InboxMessage | Operation]) -> list[Ruling]:
    """One per flow agreement, in four queries."""
    agreements = {one.agreement_id: one.agreement for one in rows}
    found = Activation.objects.filter(agreements__in=agreements).select_related("request")
    approved: dict[int, Activation] = {}
    rows_ = found.prefetch_related("agreements", "revision__votes__person").order_by("at", "pk")
    for activation in rows_:
        for agreement in activation.agreements.all():
            approved.setdefault(agreement.pk, activation)
    return [
        Ruling(one, approved.get(pk), _approvers(approved.get(pk)), _systems(one))
        for pk, one in sorted(agreements.items())
    ]


def _approvers(activation: Activation | None) -> list[str]:
    if activation is None:
        return []
    votes = [
        one
        for one in activation.revision.votes.all()
        if one.verdict == "approve" and one.voided_at is None
    ]
    return [one.person.label for one in votes]


def _systems(agreement: Agreement) -> list[tuple[str, str]]:
    rows = agreement.document.get("authority", [])
    return sorted({(str(one["group"]), system_name(str(one["system"]))) for one in rows})
