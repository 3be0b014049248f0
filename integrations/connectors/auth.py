"""How each scheme proves who we are. Secrets stay in here: no repr, log or error shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from integrations.connectors.encoding import basic_value
from integrations.connectors.tokens import SHORTEST, Talk, Token, client_credentials, session_login
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.catalog.connector_words import Auth
    from integrations.connectors.client import SafeClient


class Authenticator(Protocol):
    def apply(self, headers: dict[str, str], params: list[tuple[str, str]]) -> None:
        """Add the proof to a request."""

    def renew(self) -> bool:
        """After a 401: true if a new try may succeed."""

    def secrets(self) -> list[str]:
        """What must never be shown."""


class Fixed:
    """The same header or parameter each time."""

    def __init__(self, name: str, value: str, secret: str, *, query: bool = False) -> None:
        self._name, self._value, self._secret, self._query = name, value, secret, query

    def apply(self, headers: dict[str, str], params: list[tuple[str, str]]) -> None:
        if self._query:
            params.append((self._name, self._value))
        elif self._name:
            headers[self._name] = self._value

    def renew(self) -> bool:
        return False

    def secrets(self) -> list[str]:
        parts = [self._secret, self._value, *self._secret.split(":")]
        return [part for part in parts if len(part) >= SHORTEST]


def authenticator(
    auth: Auth,
    secret: str,
    *,
    owner: str,
    base_url: str,
    variables: Mapping[str, str],
    client: SafeClient,
) -> Authenticator:
    """By scheme. `owner` names the connection: tokens are never shared between two."""
    if auth.scheme in FIXED:
        return FIXED[auth.scheme](auth, secret)
    if not secret:
        raise NeedsAPerson(f"the scheme {auth.scheme} needs a stored secret", klass="auth")
    talk = Talk(client, base_url, dict(variables))
    if auth.scheme == "oauth2_cc":
        return Token(owner, secret, "Authorization", lambda: client_credentials(auth, secret, talk))
    header = auth.name or "Authorization"
    return Token(owner, secret, header, lambda: session_login(auth, secret, talk))


def _basic(auth: Auth, secret: str) -> Authenticator:
    pair = f"{auth.username}:{secret}" if auth.username else secret
    whole = pair if ":" in pair else f"{pair}:"
    return Fixed("Authorization", f"Basic {basic_value(whole)}", secret)


def _bearer(auth: Auth, secret: str) -> Authenticator:
    return Fixed("Authorization", f"{auth.prefix or 'Bearer '}{secret}", secret)


def _header_key(auth: Auth, secret: str) -> Authenticator:
    return Fixed(auth.name, auth.prefix + secret, secret)


def _query_key(auth: Auth, secret: str) -> Authenticator:
    return Fixed(auth.name, secret, secret, query=True)


def _nobody(auth: Auth, secret: str) -> Authenticator:
    return Fixed("", "", secret)


FIXED: dict[str, Callable[[Auth, str], Authenticator]] = {
    "none": _nobody,
    "basic": _basic,
    "bearer": _bearer,
    "header_key": _header_key,
    "query_key": _query_key,
}
