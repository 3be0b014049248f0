"""One authenticated conversation with one system: every call of a connector passes here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from integrations.connectors.client import Broken, NotSent, Reply, Request
from integrations.connectors.encoding import filled
from integrations.connectors.failures import Verdict, failure, verdict
from integrations.connectors.values import NotJson, decode
from integrations.errors import NeedsAPerson, TryLater, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.catalog.connector_words import Description
    from integrations.connectors.auth import Authenticator
    from integrations.connectors.client import SafeClient

READS = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Call:
    """`url` is a path below the base address, or a whole address that a system gave us."""

    method: str
    url: str
    params: list[tuple[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    writing: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A good answer, decoded."""

    reply: Reply
    body: Any


class Session:
    """Thread-safe: what changes is in the client, the token cache and the CSRF token."""

    def __init__(
        self,
        client: SafeClient,
        description: Description,
        base_url: str,
        variables: Mapping[str, str],
        authenticator: Authenticator,
    ) -> None:
        self.description = description
        self.variables = dict(variables)
        self._client = client
        self._base = base_url.rstrip("/")
        self._authenticator = authenticator
        self._csrf = ""
        self._headers = {
            "Accept": "application/json",
            "User-Agent": "Concordat",
            **{name: filled(text, variables) for name, text in description.headers.items()},
        }

    def __repr__(self) -> str:
        return f"<Session {self.description.connector}>"

    def call(self, call: Call) -> Heard:
        """Raises the child of ConnectorError that says what heals it."""
        reply = self._authenticated(call)
        body, readable = _decoded(reply)
        method = "POST" if call.writing else "GET"
        found = verdict(self.description.errors, reply, body, method)
        if found.klass == "ok" and readable:
            return Heard(reply, body)
        raise self._failure(found, reply, call)

    def below(self, path: str, **names: Any) -> str:
        """The path with its variables, each one segment."""
        return filled(path, {**self.variables, **names}, in_path=True)

    def _authenticated(self, call: Call) -> Reply:
        """A second try only after 401 with a fresh token: the first had no effect."""
        reply = self._send(call)
        if reply.status == 401 and self._authenticator.renew():
            reply = self._send(call)
        if call.writing and reply.status == 403 and self._csrf_is_wanted(reply):
            self._csrf = ""
            reply = self._send(call)
        return reply

    def _send(self, call: Call) -> Reply:
        headers = {**self._headers, **call.headers}
        params = list(call.params)
        try:
            self._authenticator.apply(headers, params)
            if call.writing and self.description.csrf is not None:
                headers[self.description.csrf.header] = self._csrf or self._fetch_csrf(headers)
            url = self._address(call.url)
            return self._client.send(
                Request(call.method, url, headers, tuple(params), call.content)
            )
        except NotSent as error:
            raise TryLater(self._scrub(f"{what(call)}: nothing was sent, {error}")) from None
        except Broken as error:
            kind = UnknownOutcome if call.writing else TryLater
            raise kind(self._scrub(f"{what(call)}: no whole answer, {error}")) from None

    def _address(self, url: str) -> str:
        """A path of the description is below the base; what a system gave is whole already."""
        return url if "://" in url else self._base + url

    def given(self, call: Call, url: str) -> str:
        """The whole address of a link in the answer to that call."""
        return urljoin(self._address(call.url), str(url))

    def _fetch_csrf(self, headers: dict[str, str]) -> str:
        csrf = self.description.csrf
        assert csrf is not None
        method, _, path = csrf.fetch.partition(" ")
        asked = {**headers, csrf.header: "fetch"}
        reply = self._client.send(Request(method, self._address(path), asked))
        self._csrf = reply.headers.get(csrf.header.lower(), "")
        if not self._csrf:
            raise NeedsAPerson("the system gave no CSRF token", klass="auth", status=reply.status)
        return self._csrf

    def _csrf_is_wanted(self, reply: Reply) -> bool:
        csrf = self.description.csrf
        if csrf is None:
            return False
        said = reply.headers.get(csrf.header.lower(), "").lower()
        return said == "required" or b"csrf" in reply.content[:2000].lower()

    def _failure(self, found: Verdict, reply: Reply, call: Call) -> Exception:
        if found.klass == "ok":
            return unreadable(reply, call)
        clean = Verdict(found.klass, self._scrub(found.message))
        scrubbed = Reply(reply.status, reply.headers, self._scrub_bytes(reply.content))
        error = failure(clean, scrubbed, what(call), self.description.limit_signals)
        if isinstance(error, UnknownOutcome) and not call.writing:
            return TryLater(str(error), status=error.status, body=error.body)
        return error

    def _scrub(self, text: str) -> str:
        """Some systems echo the key that they refuse."""
        for secret in self._authenticator.secrets():
            text = text.replace(secret, "•••")
        return text

    def _scrub_bytes(self, content: bytes) -> bytes:
        for secret in self._authenticator.secrets():
            content = content.replace(secret.encode(), b"***")
        return content


def _decoded(reply: Reply) -> tuple[Any, bool]:
    try:
        return decode(reply.content), True
    except NotJson:
        return None, False


def unreadable(reply: Reply, call: Call) -> Exception:
    """A good status around what is not JSON: a write may have happened."""
    text = f"{what(call)} answered {reply.status} with what is not whole JSON"
    if call.writing:
        return UnknownOutcome(text, status=reply.status)
    return TryLater(text, status=reply.status)


def what(call: Call) -> str:
    """Method and path; parameters may hold personal data and keys."""
    return f"{call.method} {call.url.partition('?')[0]}"
