"""Failures named by what heals them."""


class IntegrationError(Exception):
    """Something at run time went wrong. `code` is stable; the text says what to do."""

    code = "integration_error"


class ConnectorError(IntegrationError):
    """Talking to the other system went wrong."""

    code = "connector_error"

    def __init__(self, message: str, *, status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = body[:4000]


class TryLater(ConnectorError):
    """Time heals this: timeout before sending, throttling, maintenance, 5xx that had no effect."""

    code = "try_later"

    def __init__(
        self,
        message: str,
        *,
        after_seconds: float | None = None,
        throttled: bool = False,
        status: int | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message, status=status, body=body)
        self.after_seconds = after_seconds
        self.throttled = throttled


class NeedsAPerson(ConnectorError):
    """Time does not heal this. `klass` is the case class: data, auth, mapping, contract, ..."""

    code = "needs_a_person"

    def __init__(
        self, message: str, *, klass: str = "data", status: int | None = None, body: str = ""
    ) -> None:
        super().__init__(message, status=status, body=body)
        self.klass = klass


class UnknownOutcome(ConnectorError):
    """The request may have had its effect: look before any second attempt."""

    code = "unknown_outcome"


class CursorExpired(ConnectorError):
    """The source no longer accepts this cursor: read everything again."""

    code = "cursor_expired"


class Refused(IntegrationError):
    """A person's act on a case, run or replay was refused."""

    code = "refused"


class PermissionRefused(Refused):
    """The person may not do this here."""

    code = "permission_refused"


class NeedsSecondPerson(Refused):
    """Money, tax and party corrections are signed by two people."""

    code = "needs_second_person"
