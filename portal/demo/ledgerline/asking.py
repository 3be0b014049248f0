"""What a caller asks the billing system for, read strictly, and how it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from portal.demo.clock import stamp
from portal.demo.ledgerline.forms import BadForm, nested
from portal.demo.ledgerline.rules import Fault, fault
from portal.demo.serving import Request, Response, refuse, reply

FILTERS = {
    "customers": {"external_reference", "email"},
    "contracts": {"number"},
    "schedules": {"number", "contract"},
    "items": {"customer", "external_reference"},
    "invoices": {"number", "contract", "status"},
    "credit_memos": {"number"},
    "events": {"type"},
}


PAGING = {"limit", "starting_after", "created[gte]", "updated[gte]"}


LARGEST_PAGE, LARGEST_INVOICES = 1000, 200


def number_of(query: dict[str, str], name: str, default: int) -> int:
    given = query.get(name, str(default))
    if not given.isdigit():
        refuse(refusal([fault("invalid", name, "is a whole number")]))
    return int(given)


def moment_of(epoch: int) -> str:
    """As the store orders moments; far future stays comparable."""
    if not epoch:
        return ""
    try:
        return stamp(datetime.fromtimestamp(epoch, UTC))
    except (OverflowError, ValueError, OSError):
        return "9999"


def typed(given: dict[str, Any]) -> dict[str, Any]:
    """Numbers of a contract as numbers."""
    found = dict(given)
    if "version" in found:
        found["version"] = int(found["version"])
    if "rates" in found:
        found["rates"] = {role: int(cents) for role, cents in found["rates"].items()}
    return found


def fields_of(request: Request) -> dict[str, Any]:
    try:
        return nested(request.form)
    except (BadForm, UnicodeDecodeError) as error:
        field = getattr(error, "field", "body")
        refuse(refusal([fault("malformed", field, "cannot be read")]))


def refuse_if(found: list[Fault]) -> None:
    if found:
        refuse(refusal(found))


def refusal(found: list[Fault]) -> Response:
    return reply({"errors": found, "object": "refusal"}, status=422)


def problem(status: int, code: str, message: str) -> Response:
    return reply(
        {"errors": [{"code": code, "message": message}], "object": "refusal"}, status=status
    )
