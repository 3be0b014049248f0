"""Asking a second person: the act is written down and waits, the case with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from integrations.cases.entering import move_to, tell
from integrations.cases.lifecycle import CaseState
from integrations.cases.models import Case, SignOff


def ask(
    case: Case, act: str, *, words: str, by: Any, reason: str, now: datetime, **facts: Any
) -> Case:
    """The locked case, now waiting for somebody else's signature on exactly these facts."""
    SignOff.objects.create(
        case=case,
        act=act,
        facts={**facts, "back": case.state},
        reason=reason,
        asked_by=by,
        asked_at=now,
    )
    move_to(case, CaseState.WAITING_SIGNATURE)
    tell(case, words, by=by, text=reason, now=now, **facts)
    return case


def came_from(asked: SignOff | None) -> CaseState:
    """Where a case goes back to when what was asked for does not happen."""
    return CaseState(asked.facts.get("back") or CaseState.OPEN) if asked else CaseState.OPEN
