"""Asking the gates of this portal and keeping what they said."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from governance.approvals.gates import GateOutcome
from governance.approvals.lifecycle import BLOCKING, GateVerdict
from governance.approvals.models import GateResult
from governance.errors import GateClosed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.approvals.gates import Gate
    from governance.approvals.models import ChangeRequest, Revision

logger = logging.getLogger(__name__)

KNOWN = {
    "lint": "Documents are valid",
    "policies": "Policies hold",
    "references": "References resolve",
    "compatibility": "Compatible with every consumer",
    "coverage": "Every author system has an active data contract",
    "authority_overlap": "One system of record at a time",
    "shadow_replay": "Shadow replay of recent messages",
    "freeze": "Outside freezes",
}
"""Gates that a page always shows, in this order; one without implementation is not applicable."""


def installed() -> list[Gate]:
    """The gates of this portal, in the order of the settings."""
    return [import_string(path)() for path in settings.GATES]


def run_all(request: ChangeRequest, revision: Revision, *, now: datetime) -> list[GateResult]:
    """Ask every gate anew and keep its answer."""
    gates = {gate.name: gate for gate in installed()}
    results = [
        _keep(revision, gate, _ask(gate, request, revision, now), now) for gate in gates.values()
    ]
    for name, title in KNOWN.items():
        if name not in gates:
            absent = GateOutcome(GateVerdict.NOT_APPLICABLE, "not installed")
            results.append(_keep(revision, _Absent(name, title), absent, now))
    return results


@dataclass(frozen=True, slots=True)
class _Absent:
    name: str
    title: str


def _ask(gate: Gate, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
    try:
        with transaction.atomic():
            return gate.run(request, revision, now)
    except Exception as error:
        logger.exception("the gate %s failed", gate.name)
        return GateOutcome(GateVerdict.NOT_RUN, f"it could not be run: {type(error).__name__}")


def _keep(
    revision: Revision, gate: Gate | _Absent, outcome: GateOutcome, now: datetime
) -> GateResult:
    result, _ = GateResult.objects.update_or_create(
        revision=revision,
        gate=gate.name,
        defaults={
            "title": gate.title,
            "verdict": outcome.verdict,
            "reason": outcome.reason,
            "detail": outcome.detail,
            "at": now,
        },
    )
    return result


def closed(results: Iterable[GateResult]) -> list[GateResult]:
    """Those that block: red, or not run."""
    return [one for one in results if one.verdict in BLOCKING]


def refuse_closed(results: Iterable[GateResult]) -> None:
    """GateClosed naming every gate that blocks, and why."""
    if blocking := closed(results):
        raise GateClosed("; ".join(f"{one.title}: {one.reason}" for one in blocking))
