"""States of a run."""

from enum import StrEnum


class RunState(StrEnum):
    """Every run ends in `done` or `failed`."""

    QUEUED = "queued"
    READING = "reading"
    PLANNING = "planning"
    DELIVERING = "delivering"
    DONE = "done"
    FAILED = "failed"


class Trigger(StrEnum):
    """Why a run started."""

    SLOT = "slot"
    EVENTS = "events"
    PERSON = "person"
    WEBHOOK = "webhook"


ENDED = (RunState.DONE, RunState.FAILED)
