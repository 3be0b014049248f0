"""What happened to a case: acts of people and of the machine, and the answers of the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from integrations.cases.models import Case
from integrations.messages.models import ClosedAttempt


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    kind: str
    icon: str
    who: str
    words: str
    text: str = ""


def happenings(case: Case, attempts: list[ClosedAttempt]) -> list[Happening]:
    """The case's history and the tries of its effect, newest first."""
    told = [
        Happening(
            at=one.at,
            kind=_KINDS.get(one.action, "draft"),
            icon=_ICONS.get(one.action, "dot"),
            who=one.by.label if one.by is not None else "",
            words=one.action,
            text=one.text,
        )
        for one in case.events.select_related("by").order_by("-at", "-pk")
    ]
    tries = [
        Happening(
            at=one.finished_at,
            kind="active" if one.outcome == "ok" else "breaking",
            icon="arrow",
            who="",
            words=f"try {one.fence}: {one.outcome}" + (f", {one.status}" if one.status else ""),
            text=one.message,
        )
        for one in attempts
    ]
    return sorted([*told, *tries], key=lambda one: one.at, reverse=True)


_KINDS = {
    "opened": "breaking",
    "failed again": "breaking",
    "escalated": "risk",
    "refused": "breaking",
    "resolved": "active",
    "signed correction": "active",
    "corrected": "active",
    "dismissed": "draft",
    "matched": "active",
    "found there": "active",
}
_ICONS = {
    "opened": "stop",
    "failed again": "stop",
    "escalated": "bell",
    "step passed over": "bell",
    "claimed": "user",
    "released": "undo",
    "corrected": "edit",
    "proposed correction": "edit",
    "signed correction": "sign",
    "asked to dismiss": "x",
    "dismissed": "x",
    "asked to match": "link",
    "assigned": "user",
    "snoozed": "pause",
    "matched": "link",
    "asked to confirm": "eye",
    "found there": "eye",
    "asked to send again": "run",
    "sent again": "run",
    "refused": "no",
    "resolved": "yes",
    "replayed": "run",
    "woken": "run",
    "sent to author": "out",
    "waits for change": "pull",
}
