"""What governance refuses, each with a stable `code` that REST answers and tests name."""


class GovernanceError(Exception):
    """A governed act was refused. `code` is stable; the text says what to do."""

    code = "refused"


class InvalidDocument(GovernanceError):
    """A proposed document is malformed. `pointer` is a JSON Pointer, `line` counts from 1."""

    code = "invalid_document"

    def __init__(self, message: str, *, pointer: str = "", line: int | None = None) -> None:
        self.pointer = pointer
        self.line = line
        place = f"line {line}: " if line else (f"{pointer}: " if pointer else "")
        super().__init__(f"{place}{message}")


class TransitionRefused(GovernanceError):
    """The change request is not in a state that allows this move."""

    code = "transition_refused"


class PermissionRefused(GovernanceError):
    """The person may not do this here."""

    code = "permission_refused"


class SeparationOfDuties(GovernanceError):
    """One person would hold two duties that must be held by two."""

    code = "separation_of_duties"


class StaleRevision(GovernanceError):
    """The person saw another revision than the current one."""

    code = "stale_revision"


class GateClosed(GovernanceError):
    """A gate is red or was not run."""

    code = "gate_closed"


class Unacknowledged(GovernanceError):
    """The vote leaves an impact unacknowledged."""

    code = "unacknowledged"


class StaleSignIn(GovernanceError):
    """The class asks for a fresh sign-in of the very person."""

    code = "stale_sign_in"


class Conflict(GovernanceError):
    """The database already holds something that excludes this."""

    code = "conflict"
