"""A notice as a mail and as a webhook's body."""

from __future__ import annotations

import json
from datetime import UTC

from django.conf import settings

from governance.notifications.lifecycle import WORDS, Kind
from governance.notifications.models import Notification

FOOT = "You get this because: {why}.\nChoose in your settings what comes by e-mail: {settings}\n"


def address_of(link: str) -> str:
    """The whole address of a path on the portal."""
    return f"{settings.PUBLIC_URL}{link}" if link else ""


def mail_text(notice: Notification) -> str:
    """Plain text: what happened, where to look, why it came."""
    why = WORDS[Kind(notice.kind)]
    foot = FOOT.format(why=why[:1].lower() + why[1:], settings=address_of("/settings/"))
    parts = [notice.text or notice.subject, address_of(notice.link), f"-- \n{foot}"]
    return "\n\n".join(part for part in parts if part)


def hook_body(notice: Notification) -> bytes:
    """As Standard Webhooks has it: type, timestamp, data."""
    told = {
        "type": notice.kind,
        "timestamp": notice.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "subject": notice.subject,
            "text": notice.text,
            "url": address_of(notice.link),
            "about": {"kind": notice.about_kind, "id": notice.about},
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
