"""What a caller asks the CRM for, read strictly."""

from __future__ import annotations

import base64
import binascii
import json
import re

from portal.demo.serving import Response, refuse, reply

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def wrong(code: str, message: str, status: int) -> Response:
    return reply([{"errorCode": code, "message": message}], status=status)


def since_of(query: dict[str, str]) -> str:
    given = query.get("modifiedSince", "")
    if given and not MOMENT.fullmatch(given):
        refuse(wrong("INVALID_PARAMETER", "modifiedSince is a moment in UTC", 400))
    head, _, rest = given.removesuffix("Z").partition(".")
    return f"{head}.{rest.ljust(6, '0')}Z" if given else ""


def place_of(given: str) -> tuple[str, str]:
    if not given:
        return "", ""
    try:
        padded = given + "=" * (-len(given) % 4)
        changed_at, id = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, binascii.Error):
        refuse(wrong("INVALID_QUERY_LOCATOR", "cursor is none of ours", 400))
    return str(changed_at), str(id)
