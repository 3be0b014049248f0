"""The HTTP client that connectors share: only registered hosts, only checked addresses, no
redirects, bounded answers, bounded time."""

from __future__ import annotations

import logging
import ssl
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import finalize

import httpcore2
import httpx2

from integrations.connectors.addresses import AddressRefused, Guard, guard_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of one answer after decompression."""
CONNECT_SECONDS = 5.0
SLOWEST = 4.0
"""An answer may take this many times the read timeout in all, however it drips."""
UNSENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


def _is_silent(record: logging.LogRecord) -> bool:
    """httpx2 logs whole addresses, in which some systems want their key."""
    return False


logging.getLogger("httpx2").addFilter(_is_silent)


class NotSent(Exception):
    """No byte of the request left."""


class Broken(Exception):
    """Bytes left, and no whole answer came back."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    params: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None

    def __repr__(self) -> str:
        return f"<{self.method} {self.url.partition('?')[0]}>"


@dataclass(frozen=True, slots=True)
class Reply:
    """Header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class CheckedBackend(httpcore2.NetworkBackend):
    """Connects to the address that was checked, so that a second look-up cannot differ."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = self._guard.addresses(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} is not known to the name service") from error
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses[:3]:
            try:
                return self._plain.connect_tcp(address, port, timeout, None, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class CheckedTransport(httpx2.HTTPTransport):
    """httpx2's own transport over a pool whose connections are checked."""

    def __init__(self, guard: Guard, connections: int) -> None:
        tls = ssl.create_default_context()
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=4.0,
            network_backend=CheckedBackend(guard),
        )


class SafeClient:
    """Thread-safe; one per connection, with its own pool and cookies."""

    def __init__(
        self,
        hosts: Iterable[str],
        guard: Guard,
        *,
        timeout: float = 30.0,
        connections: int = 20,
        max_bytes: int = MAX_ANSWER,
    ) -> None:
        self._origins = frozenset(origin(host, guard) for host in hosts)
        self._seconds = timeout
        self._max_bytes = max_bytes
        self._client = httpx2.Client(
            transport=CheckedTransport(guard, connections),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
        )
        self.close = finalize(self, self._client.close)
        """Also called when nobody holds this client any more."""

    def send(self, request: Request) -> Reply:
        """The whole answer. Raises NotSent, Broken or AddressRefused."""
        try:
            url = httpx2.URL(request.url)
            if request.params:
                url = url.copy_merge_params(httpx2.QueryParams(request.params))
        except (httpx2.InvalidURL, ValueError) as error:
            raise NotSent(f"not an address: {error}") from None
        if origin_of(url) not in self._origins:
            raise AddressRefused(f"{url.host!r} is not the registered host of this connection")
        try:
            with self._client.stream(
                request.method, url, headers=request.headers, content=request.content
            ) as response:
                content = self._body(response)
        except UNSENT as error:
            raise NotSent(_said(error)) from None
        except httpx2.HTTPError as error:
            raise Broken(_said(error)) from None
        return Reply(response.status_code, _lower(response.headers), content)

    def cookies_forgotten(self) -> None:
        self._client.cookies.clear()

    def _body(self, response: httpx2.Response) -> bytes:
        deadline = time.monotonic() + self._seconds * SLOWEST
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > self._max_bytes:
                raise Broken(f"the answer is longer than {self._max_bytes} bytes")
            if time.monotonic() > deadline:
                raise Broken("the answer did not end in time")
            parts.append(part)
        return b"".join(parts)


def origin_of(url: httpx2.URL) -> tuple[str, str, int]:
    port = url.port or (443 if url.scheme == "https" else 80)
    return (url.scheme, url.host.lower(), port)


def origin(address: str, guard: Guard) -> tuple[str, str, int]:
    """Scheme, host and port of a registered address; refuses what may not be registered."""
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, ValueError):
        raise AddressRefused("the base address is not a URL: write https://host/path") from None
    scheme, host, port = origin_of(url)
    if url.userinfo:
        raise AddressRefused("an address holds no user or password: store them as a secret")
    if scheme != "https" and not (scheme == "http" and guard.may_be_plain(host, port)):
        raise AddressRefused(f"{host}: only https is called (http where CONCORDAT_LOCAL_HOSTS)")
    return scheme, host, port


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _lower(headers: httpx2.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@lru_cache(maxsize=128)
def client_for(
    hosts: tuple[str, ...], local: tuple[str, ...], timeout: float, connections: int, owner: str
) -> SafeClient:
    """One client per connection (`owner`) and process."""
    return SafeClient(hosts, guard_of(local), timeout=timeout, connections=connections)
