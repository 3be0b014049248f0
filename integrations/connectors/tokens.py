"""Proofs that must be fetched and that expire: OAuth2 client credentials and sessions."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec

from integrations.connectors.client import Broken, NotSent, Reply, Request
from integrations.connectors.encoding import basic_value, filled, template
from integrations.connectors.places import getter
from integrations.connectors.values import NotJson, decode
from integrations.errors import NeedsAPerson, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.catalog.connector_words import Auth
    from integrations.connectors.client import SafeClient

MARGIN = 30.0
"""Seconds by which a token counts as expired early."""
JSON = "application/json"
SHORTEST = 6
"""Shorter texts are not scrubbed from messages: they would erase words."""


class Token:
    """A value that `fetch` gets and that expires: kept per process, renewed after a 401."""

    _kept: dict[str, tuple[str, float]] = {}
    _lock = threading.Lock()

    def __init__(
        self, owner: str, secret: str, header: str, fetch: Callable[[], tuple[str, float]]
    ) -> None:
        self._key = hashlib.sha256(f"{owner}\0{secret}".encode()).hexdigest()
        self._secret, self._header, self._fetch = secret, header, fetch

    def apply(self, headers: dict[str, str], params: list[tuple[str, str]]) -> None:
        value, until = self._kept.get(self._key, ("", 0.0))
        if until <= time.monotonic():
            with self._lock:
                value = self._fresh()
        headers[self._header] = value

    def _fresh(self) -> str:
        value, until = self._kept.get(self._key, ("", 0.0))
        if until <= time.monotonic():
            value, lasts = self._fetch()
            self._kept[self._key] = (value, time.monotonic() + max(lasts - MARGIN, 1.0))
        return value

    def renew(self) -> bool:
        return self._kept.pop(self._key, None) is not None

    def secrets(self) -> list[str]:
        value, _ = self._kept.get(self._key, ("", 0.0))
        parts = [self._secret, value, value.rpartition(" ")[2], *self._secret.split(":")]
        return [part for part in parts if len(part) >= SHORTEST]


class Talk:
    """The calls that get a token: by the same client, to the same registered hosts."""

    def __init__(self, client: SafeClient, base_url: str, variables: dict[str, str]) -> None:
        self._client, self._base, self.variables = client, base_url.rstrip("/"), variables

    def post(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> Any:
        """The decoded answer; a refusal is the auth class, whatever its status."""
        address = url if "://" in url else self._base + url
        try:
            reply = self._client.send(Request(method, address, headers, (), content))
            body = decode(reply.content)
        except (NotSent, Broken) as error:
            raise TryLater(f"signing in: no answer, {error}") from None
        except NotJson:
            body = None
        _refuse_unless_signed_in(reply)
        return body


def _refuse_unless_signed_in(reply: Reply) -> None:
    if reply.status == 429 or reply.status >= 500:
        raise TryLater(
            f"signing in answered {reply.status}",
            throttled=reply.status == 429,
            after_seconds=60.0,
            status=reply.status,
        )
    if reply.status >= 300:
        raise NeedsAPerson(
            f"signing in answered {reply.status}: check the stored secret",
            klass="auth",
            status=reply.status,
        )


def client_credentials(auth: Auth, secret: str, talk: Talk) -> tuple[str, float]:
    """RFC 6749 section 4.4. The secret is `id:secret` unless the description has the id."""
    known, _, key = secret.partition(":") if not auth.client_id else (auth.client_id, "", secret)
    fields = {"grant_type": "client_credentials", "scope": auth.scope, "audience": auth.audience}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if auth.client_auth == "basic":
        pair = f"{quote(known, safe='')}:{quote(key, safe='')}"
        headers["Authorization"] = "Basic " + basic_value(pair)
    else:
        fields |= {"client_id": known, "client_secret": key}
    content = urlencode({name: value for name, value in fields.items() if value}).encode()
    body = talk.post("POST", filled(auth.token_url, talk.variables), headers, content)
    token = getter("access_token")(body)
    if not token:
        raise NeedsAPerson("the token endpoint gave no access_token", klass="auth")
    return f"{auth.prefix or 'Bearer '}{token}", float(getter("expires_in")(body) or 300)


def session_login(auth: Auth, secret: str, talk: Talk) -> tuple[str, float]:
    """A call whose answer holds the parts of a session; kept for an hour or until a 401."""
    login = auth.login
    assert login is not None
    names = {**talk.variables, "secret": secret, "username": auth.username}
    method, _, path = login.call.partition(" ")
    content = None if login.body is None else msgspec.json.encode(template(login.body, names))
    body = talk.post(method, filled(path, talk.variables), {"Content-Type": JSON}, content)
    taken = {name: getter(place)(body) for name, place in login.take.items()}
    if any(value in (None, "") for value in taken.values()):
        raise NeedsAPerson("signing in gave no session: check the stored secret", klass="auth")
    value = filled(login.value, {**names, **taken})
    return auth.prefix + (basic_value(value) if login.encode == "base64" else value), 3600.0
