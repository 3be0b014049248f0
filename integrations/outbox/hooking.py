"""One notice as one signed webhook, to the registered address of an active connection."""

from __future__ import annotations

import time

from django.conf import settings

from governance.catalog.models import Connection
from governance.notifications.models import Delivery
from governance.ownership.lifecycle import Status
from integrations.connectors.addresses import AddressRefused
from integrations.connectors.client import Broken, NotSent, Reply, Request, client_for
from integrations.connectors.secrets import reveal
from integrations.connectors.webhooks import standard_headers
from integrations.errors import NeedsAPerson, TryLater
from integrations.outbox.wording import hook_body

SECONDS = 10.0
GONE = 410
"""By Standard Webhooks: nobody listens there any more."""


def send_hook(copy: Delivery) -> None:
    """Raises TryLater, or NeedsAPerson where no second try helps."""
    connection = Connection.objects.filter(slug=copy.address, status=Status.ACTIVE).first()
    if connection is None:
        raise NeedsAPerson(f"there is no active connection {copy.address!r}")
    secret = reveal(connection.document.get("secret", ""))
    if not secret:
        raise NeedsAPerson(f"the connection {copy.address} names no secret to sign with")
    body = hook_body(copy.notification)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Concordat",
        **standard_headers(secret, id=f"msg_{copy.key.hex}", body=body, at=int(time.time())),
    }
    reply = _sent(Request("POST", connection.base_url, headers, content=body), connection)
    if reply.status == GONE:
        raise NeedsAPerson(f"{copy.address} answered 410: nobody listens there any more")
    if not 200 <= reply.status < 300:
        wait = reply.headers.get("retry-after", "")
        seconds = float(wait) if wait.isdecimal() else None
        raise TryLater(f"{copy.address} answered {reply.status}", after_seconds=seconds)


def _sent(request: Request, connection: Connection) -> Reply:
    hosts, local = (connection.base_url,), tuple(settings.LOCAL_HOSTS)
    owner = f"notices/{connection.slug}"
    try:
        return client_for(hosts, local, SECONDS, 2, owner).send(request)
    except AddressRefused:
        raise
    except (NotSent, Broken) as error:
        raise TryLater(f"{connection.slug} did not answer: {error}") from None
