"""What the billing system accepts; anything else is refused with a 422 of its own shape."""

from __future__ import annotations

import re
from typing import Any

Fault = dict[str, str]
TAX_CODES = {"S-STD", "S-RC", "S-US", "S-FS20"}
MONEY = r"-?[1-9]\d{0,11}"
DAY = r"\d{4}-\d{2}-\d{2}"
CUSTOMER = {
    "name": r".{1,120}",
    "email": r"[^@\s]+@[^@\s]+",
    "currency": "eur|gbp|usd",
    "country": r"[A-Z]{2}",
    "external_reference": r"\S{1,80}",
}
ITEM = {
    "customer": r"cus_\d{8}",
    "amount": MONEY,
    "currency": r"[a-z]{3}",
    "tax_code": r"\S{1,20}",
    "description": r".{1,300}",
    "service_date": DAY,
}
CONTRACT = {"version": r"[1-9]\d{0,3}", "effective_from": DAY}
ANYWHERE = {"metadata", "idempotency_key", "rates"}


def faults(given: dict[str, Any], shape: dict[str, str], *, partial: bool = False) -> list[Fault]:
    """Every field that is missing, unknown or malformed."""
    found = [
        fault("unknown_parameter", name, "is no parameter of this call")
        for name in given
        if name not in shape and name not in ANYWHERE
    ]
    for name, pattern in shape.items():
        value = given.get(name)
        if value is None:
            if not partial:
                found.append(fault("missing", name, "is required"))
        elif not isinstance(value, str) or not re.fullmatch(pattern, value):
            found.append(fault("invalid", name, f"{value!r} is not accepted here"))
    return found


def item_faults(given: dict[str, Any], customer: dict[str, Any] | None) -> list[Fault]:
    """What only the account tells."""
    if customer is None:
        return [fault("no_such_customer", "customer", "no account has this id")]
    found = []
    if given["currency"] != customer["currency"]:
        words = f"the account is kept in {customer['currency']}, not in {given['currency']}"
        found.append(fault("currency_mismatch", "currency", words))
    if given["tax_code"] not in TAX_CODES:
        found.append(fault("unknown_tax_code", "tax_code", f"{given['tax_code']} is no tax code"))
    return found


def fault(code: str, field: str, message: str) -> Fault:
    return {"code": code, "field": field, "message": f"{field} {message}"}
