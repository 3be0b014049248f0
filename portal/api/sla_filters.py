"""Query parameters of figures: a period, what they are about, and a piece of a list."""

from __future__ import annotations

from datetime import date

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from integrations.sla.queries import Filters
from portal.access import scopes
from portal.api.auth import caller
from portal.api.filters import PAGING, BadParameter, refuse_unknown

DAYS = ("first", "last")
ABOUT = (
    "region",
    "business_unit",
    "legal_entity",
    "customer",
    "project",
    "contract",
    "contract_type",
    "currency",
)
PARTS = ("bucket", "piece", "part", "cause", "stage", "hop")
PARAMETERS = [
    *(OpenApiParameter(name, OpenApiTypes.DATE, description="A day, within.") for name in DAYS),
    *(OpenApiParameter(name) for name in ABOUT),
    OpenApiParameter(
        "constant_fx", OpenApiTypes.BOOL, description="Money at one rate: that of the last day."
    ),
]
PIECES = [OpenApiParameter(name, description="One piece of the list.") for name in PARTS]


def asked(request: Request) -> Filters:
    """What the caller narrows to, within what the caller may see."""
    refuse_unknown(request, {*DAYS, *ABOUT, *PARTS, *PAGING, "constant_fx"})
    given = request.query_params
    first, last = (_day(given.get(name, ""), name) for name in DAYS)
    if first and last and last < first:
        raise BadParameter("last", "last is not before first")
    return Filters(
        first=first,
        last=last,
        constant_fx=given.get("constant_fx", "") in {"1", "true"},
        domains=scopes.money(caller(request)),
        **{name: given.get(name, "") for name in ABOUT},
    )


def pieces(request: Request) -> dict[str, str]:
    """Which piece of the list."""
    return {name: request.query_params.get(name, "") for name in PARTS}


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadParameter(name, f"{name} is a day such as 2026-10-01") from None
