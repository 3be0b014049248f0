"""The documents of a case: what arrived, what was planned for the target, what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations.cases.models import Case, Correction
from integrations.messages.models import ClosedAttempt
from integrations.messages.queries import body
from portal.web.queue import comparing

TRIES = 20


@dataclass(frozen=True, slots=True)
class Payload:
    """The record side by side, and each document as it is."""

    rows: list[comparing.Row]
    source: Any
    sent: Any
    answer: Any
    attempt: ClosedAttempt | None

    @property
    def differing(self) -> int:
        """How many fields are worth a look."""
        return sum(row.differs for row in self.rows)


def tries(case: Case) -> list[ClosedAttempt]:
    """Of the case's effect, newest first."""
    if case.operation_id is None:
        return []
    rows = ClosedAttempt.objects.filter(operation=case.operation_id)
    return list(rows.order_by("-fence")[:TRIES])


def payload(
    case: Case,
    document: dict[str, Any],
    corrections: list[Correction],
    attempts: list[ClosedAttempt],
) -> Payload | None:
    """None where no record is concerned."""
    if case.message is None or not document:
        return None
    source = body(case.message.month, case.message.content_hash)
    operation = case.operation
    sent = body(operation.month, operation.body_digest) if operation is not None else None
    last = attempts[0] if attempts else None
    answer = body(last.month, last.response_digest) if last and last.response_digest else None
    held = {one.field: one.after for one in corrections if one.state == Correction.State.SIGNED}
    rows = comparing.compare(
        document,
        source,
        sent=sent,
        kind=operation.kind if operation is not None else "",
        pointer=str(case.detail.get("pointer", "")),
        corrections=held,
    )
    return Payload(rows, source, sent, answer, last)
