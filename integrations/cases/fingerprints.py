"""Which cases are one problem: same class, flow, rule, place, value and shape of message. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from governance import canonical
from integrations.cases import unknown

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NUMBER = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\d+(?:[.,:/-]\d+)*", re.IGNORECASE)
LONGEST_VALUE = 200


def shape(message: str) -> str:
    """The message without what differs from record to record: quoted words, numbers, ids."""
    return _NUMBER.sub("#", _QUOTED.sub("…", message)).strip().lower()


def fingerprint(*, klass: str, flow: str, detail: Mapping[str, Any], connection: str = "") -> str:
    """64 hex digits. A value that is no short word says nothing of the problem and is left out.

    What waits for the same unknown records is one problem, whatever flow it comes from.
    """
    if names := unknown.refers(dict(detail)):
        return canonical.digest({"klass": klass, "refers": [list(name) for name in names]})
    value = detail.get("value")
    told = value if isinstance(value, str | bool) and len(str(value)) <= LONGEST_VALUE else None
    return canonical.digest(
        {
            "klass": klass,
            "flow": flow,
            "connection": connection,
            "rule": str(detail.get("rule", "")),
            "pointer": _NUMBER.sub("#", str(detail.get("pointer", ""))),
            "value": told if isinstance(told, str) and not _NUMBER.fullmatch(told) else None,
            "shape": shape(str(detail.get("message", ""))),
        }
    )
