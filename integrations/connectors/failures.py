"""What an answer means: the description's rows first, then what HTTP says. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import re2
from msgspec import UNSET

from governance.catalog.connector_words import seconds
from integrations.connectors.places import getter
from integrations.errors import (
    ConnectorError,
    CursorExpired,
    NeedsAPerson,
    TryLater,
    UnknownOutcome,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.catalog.connector_words import ErrorRow, LimitSignals
    from integrations.connectors.client import Reply

BY_STATUS = {401: "auth", 403: "auth", 404: "not_found", 409: "duplicate", 429: "throttle"}
KLASS = {
    "invalid": "data",
    "conflict": "data",
    "not_found": "data",
    "duplicate": "duplicate",
    "auth": "auth",
    "contract": "contract",
}
EXCERPT = 300
LONGEST_WAIT = 86_400.0
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]{0,500}>", re.DOTALL | re.IGNORECASE)


class NotFound(NeedsAPerson):
    """The record is not there; reading one record turns this into None."""


@dataclass(frozen=True, slots=True)
class Verdict:
    klass: str
    message: str


def verdict(rows: Sequence[ErrorRow], reply: Reply, body: Any, method: str) -> Verdict:
    """`body` is the decoded answer, None where it is not JSON."""
    for row in rows:
        if _matches(row, reply, body, method):
            said = getter(row.message)(body) if row.message else None
            return Verdict(row.klass, str(said) if said else excerpt(reply))
    klass = _by_status(reply, writing=method not in {"GET", "HEAD"})
    return Verdict(klass, "" if klass == "ok" else excerpt(reply))


def _by_status(reply: Reply, *, writing: bool) -> str:
    status = reply.status
    if 200 <= status < 300:
        return "ok"
    if status >= 500 or status == 408:
        harmless = not writing or (status == 503 and "retry-after" in reply.headers)
        return "try_later" if harmless else "unknown_outcome"
    if status == 410 and not writing:
        return "cursor_expired"
    return "contract" if status < 400 else BY_STATUS.get(status, "invalid")


def _matches(row: ErrorRow, reply: Reply, body: Any, method: str) -> bool:
    if not _status_fits(row.status, reply.status):
        return False
    if row.method and row.method.upper() != method:
        return False
    if row.content_type and row.content_type.lower() != reply.content_type:
        return False
    if row.body and not _pattern(row.body).search(_text(reply)):
        return False
    return not row.path or _value_fits(row, getter(row.path)(body))


def _status_fits(wanted: int | list[int] | str | None, status: int) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return status // 100 == int(wanted[0])
    return status in wanted if isinstance(wanted, list) else status == wanted


def _value_fits(row: ErrorRow, value: Any) -> bool:
    if row.present is not None:
        return bool(value) is row.present
    return bool(value) if row.equals is UNSET else bool(value == row.equals)


@lru_cache(maxsize=512)
def _pattern(text: str) -> Any:
    return re2.compile(text)


def _text(reply: Reply) -> str:
    return reply.content[:65_536].decode("utf-8", "replace")


def excerpt(reply: Reply) -> str:
    """A line of the answer for people; the words of HTML without its tags."""
    text = _text(reply)[: EXCERPT * 10]
    if "html" in reply.content_type:
        text = TAGS.sub(" ", text)
    return " ".join(text.split())[:EXCERPT]


def failure(found: Verdict, reply: Reply, what: str, signals: LimitSignals) -> ConnectorError:
    """The error that says what heals this. `what` is method and path, without parameters."""
    text = f"{what} answered {reply.status}: {found.message}"
    told: dict[str, Any] = {"status": reply.status, "body": _text(reply)[:4000]}
    wait = retry_after(reply.headers, signals)
    if found.klass == "throttle":
        after = seconds(signals.default_wait) if wait is None else wait
        return TryLater(text, after_seconds=after, throttled=True, **told)
    if found.klass == "try_later":
        return TryLater(text, after_seconds=wait, **told)
    if found.klass == "unknown_outcome":
        return UnknownOutcome(text, **told)
    if found.klass == "cursor_expired":
        return CursorExpired(text, **told)
    kind = NotFound if found.klass == "not_found" else NeedsAPerson
    return kind(text, klass=KLASS[found.klass], **told)


def retry_after(headers: Mapping[str, str], signals: LimitSignals) -> float | None:
    """Seconds, from a number or an HTTP date; None where the answer does not say."""
    said = headers.get(signals.retry_after.lower(), "").strip()
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", said):
        return min(float(said), LONGEST_WAIT)
    return _until(said) if said else None


def _until(said: str) -> float | None:
    try:
        moment = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    wait = (moment - datetime.now(UTC)).total_seconds()
    return min(max(wait, 0.0), LONGEST_WAIT)
