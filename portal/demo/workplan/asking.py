"""What a caller asks the PSA for, read strictly."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime

from portal.demo.clock import stamp
from portal.demo.serving import refuse, reply
from portal.demo.store import Record, Row

LARGEST_PAGE = 1000


def merged(row: Record, given: Record) -> Record:
    """One level of nesting is merged, deeper is replaced."""
    return row | {
        name: {**row[name], **value}
        if isinstance(value, dict) and isinstance(row[name], dict)
        else value
        for name, value in given.items()
    }


def page_size(given: str) -> int:
    if not given.isdigit() or given == "0":
        refuse(reply({"error": "limit is a whole number above 0"}, status=400))
    return min(int(given), LARGEST_PAGE)


def since_of(given: str) -> str:
    if not given:
        return ""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        refuse(reply({"error": "updated_since is an ISO 8601 time"}, status=400))
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def cursor_of(row: Row) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.changed_at, row.id]).encode()).decode()


def place_of(given: str) -> tuple[str, str]:
    if not given:
        return "", ""
    try:
        changed_at, id = json.loads(base64.urlsafe_b64decode(given))
    except (ValueError, TypeError, binascii.Error):
        refuse(reply({"error": "cursor is none of ours"}, status=400))
    return str(changed_at), str(id)
