"""The gate that shows what a revision would do to messages that really came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.approvals.gates import Candidate, GateOutcome, GateVerdict, candidates
from governance.errors import GovernanceError
from integrations.messages.models import InboxMessage
from integrations.replay.replaying import in_words, pair, replay, total

if TYPE_CHECKING:
    from governance.approvals.models import ChangeRequest, Revision

SECONDS = 3.0
"""A gate is asked while a person waits, and again under the lock of an activation."""
FRESH = timedelta(hours=1)


class ShadowReplay:
    """Green with its evidence: messages that would fail are acknowledged, not forbidden."""

    name = "shadow_replay"
    title = "Shadow replay of recent messages"

    def run(self, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
        """Same, different, fails, per flow; nothing is written."""
        if not InboxMessage.objects.exists():
            return _spared("no message came yet through what it changes")
        try:
            found = candidates(revision, now=now)
        except GovernanceError as error:
            return GateOutcome(GateVerdict.RED, f"it cannot be compiled: {error}")
        if not found:
            return _spared("no running flow would run otherwise")
        held = self._held(revision, found, now)
        entries = held["flows"] if held else replay(found, now=now, seconds=SECONDS)
        if not total(entries, "of"):
            return _spared("no message came yet through what it changes")
        if not total(entries, "looked"):
            return GateOutcome(GateVerdict.NOT_RUN, "no message was reached in time")
        detail = held or evidence(revision, entries, now)
        return GateOutcome(GateVerdict.GREEN, in_words(entries), detail)

    def _held(
        self, revision: Revision, found: Sequence[Candidate], now: datetime
    ) -> dict[str, Any] | None:
        """What was found a short while ago, whole, for the same agreements."""
        row = revision.gate_results.filter(gate=self.name, at__gt=now - FRESH).first()
        kept: dict[str, Any] = row.detail if row else {}
        flows = kept.get("flows", [])
        same = [(one["from"], one["to"]) for one in flows] == [pair(one) for one in found]
        whole = total(flows, "looked") == total(flows, "of")
        return kept if same and whole and total(flows, "of") else None


def _spared(reason: str) -> GateOutcome:
    return GateOutcome(GateVerdict.NOT_APPLICABLE, reason)


def evidence(revision: Revision, entries: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """What is kept with the revision that it was made of."""
    return {"revision": revision.digest, "at": now.isoformat(), "flows": entries}
