"""Whether a webhook is really from the system that its connector describes. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.catalog.connector_words import seconds
from integrations.connectors.encoding import plain
from integrations.connectors.places import getter
from integrations.connectors.values import NotJson, decode, unwrapped
from integrations.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from governance.catalog.connector_words import Webhook

STANDARD = "{webhook-id}.{webhook-timestamp}.{body}"
PAIR = re.compile(r"\s*([A-Za-z0-9]+)=([^,\s]+)")
MAX_BODY = 1024 * 1024


class WebhookRefused(Refused):
    """Not signed by the system, too old, or not readable. The text never shows a secret."""

    code = "webhook_refused"


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is accepted once; `object` is the record, or its id where only that is carried."""

    id: str
    type: str
    object: Any
    carries_all: bool


def receive(
    webhook: Webhook,
    *,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Event:
    """The event of a signed body. Two secrets are accepted while one replaces the other."""
    if len(body) > MAX_BODY:
        raise WebhookRefused(f"longer than {MAX_BODY} bytes")
    known = {name.lower(): value for name, value in headers.items()}
    _refuse_unless_signed(webhook, secrets, known, body, now)
    try:
        told = unwrapped(decode(body))
    except NotJson:
        raise WebhookRefused("the body is not JSON") from None
    event_id = known.get("webhook-id", "") or plain(getter(webhook.event_id)(told))
    kind = plain(getter(webhook.type)(told)) if webhook.type else ""
    return Event(event_id, kind, getter(webhook.object)(told), webhook.carries == "full")


def _refuse_unless_signed(
    webhook: Webhook,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> None:
    given = headers.get(webhook.header.lower(), "")
    if not given:
        raise WebhookRefused(f"the header {webhook.header} is missing")
    if webhook.scheme == "token":
        claimed = [given.removeprefix("Bearer ").strip()]
        proofs = list(secrets)
    else:
        claimed, moment = _claims(webhook, given, headers)
        _refuse_stale(webhook, moment, now)
        proofs = [_sign(webhook, one, moment, headers, body) for one in secrets if one]
    matches = [
        hmac.compare_digest(proof.encode(), claim.encode())
        for proof in proofs
        for claim in claimed
        if proof
    ]
    if not any(matches):
        raise WebhookRefused("the signature is not of this system")


def _claims(
    webhook: Webhook, given: str, headers: Mapping[str, str]
) -> tuple[list[str], str | None]:
    """The signatures that a header claims, and its time: `t=1,v1=ab,v1=cd`, or `v1,ab v1,cd`."""
    if webhook.scheme == "standard":
        found = [part.partition(",")[2] for part in given.split() if part.startswith("v1,")]
        return found, headers.get("webhook-timestamp", "")
    pairs = PAIR.findall(given)
    if "{t}" in webhook.signed:
        times = [value for name, value in pairs if name == "t"]
        return [value for name, value in pairs if name != "t"], times[0] if times else ""
    return [given.partition("=")[2] if given.startswith("sha256=") else given.strip()], None


def _refuse_stale(webhook: Webhook, moment: str | None, now: datetime) -> None:
    """None: the scheme signs no time, so only the event's id guards against repeats."""
    if moment is None:
        return
    if not re.fullmatch(r"[0-9]{1,12}", moment):
        raise WebhookRefused("the signature tells no time")
    if abs(now.timestamp() - int(moment)) > seconds(webhook.tolerance):
        raise WebhookRefused(f"signed more than {webhook.tolerance} from now")


def _sign(
    webhook: Webhook, secret: str, moment: str | None, headers: Mapping[str, str], body: bytes
) -> str:
    standard = webhook.scheme == "standard"
    head, _, tail = (STANDARD if standard else webhook.signed).partition("{body}")
    names = {"{t}": moment or "", "{webhook-timestamp}": moment or ""}
    names["{webhook-id}"] = headers.get("webhook-id", "")
    for name, value in names.items():
        head, tail = head.replace(name, value), tail.replace(name, value)
    key = _standard_key(secret) if standard else secret.encode()
    digest = hmac.new(key, head.encode() + body + tail.encode(), hashlib.sha256).digest()
    if standard or webhook.encoding == "base64":
        return base64.b64encode(digest).decode()
    return digest.hex()


def standard_headers(secret: str, *, id: str, body: bytes, at: int) -> dict[str, str]:
    """What Standard Webhooks sends along: proof that this body, at this second, is from us."""
    signed = f"{id}.{at}.".encode() + body
    proof = hmac.new(_standard_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(proof).decode()}",
    }


def _standard_key(secret: str) -> bytes:
    """Standard Webhooks writes its keys as `whsec_` and base64."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return secret.encode()
