"""The engine that executes a description over HTTP."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from msgspec import json

from governance.catalog.connector_words import seconds
from integrations.connectors import secrets
from integrations.connectors.auth import authenticator
from integrations.connectors.changes import FilterReader
from integrations.connectors.client import client_for
from integrations.connectors.description import action_of, compiled, object_of
from integrations.connectors.encoding import filled
from integrations.connectors.events import EventReader
from integrations.connectors.failures import NotFound
from integrations.connectors.incremental import HeaderReader, Reader, WindowReader
from integrations.connectors.places import getter
from integrations.connectors.reading import listing_of, rows_of
from integrations.connectors.session import Call, Session
from integrations.connectors.writing import Writer
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.catalog.connector_words import Description, ObjectSpec
    from integrations.connectors.port import (
        Answer,
        ConnectionSpec,
        Connector,
        EffectClass,
        Page,
        SourceRecord,
        Write,
    )

READERS = {"full": Reader, "header": HeaderReader, "window": WindowReader, "filter": FilterReader}
HOOKS = "integrations.connectors."


class Hook(Protocol):
    """Code for what cannot be described: it writes by calls of the same session."""

    def write(self, write: Write) -> Answer: ...

    def find(self, write: Write) -> Answer | None: ...


class HttpConnector:
    """One connection. Thread-safe, and kept for the life of the process."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._readers: dict[str, Reader] = {}

    def __repr__(self) -> str:
        return f"<HttpConnector {self._session.description.connector}>"

    def read(
        self, object: str, *, cursor: dict[str, Any], limit: int, where: Mapping[str, Any]
    ) -> Page:
        return self._reader(object).read(cursor, limit, where)

    def write(self, write: Write) -> Answer:
        hook = self._hook(write)
        return hook.write(write) if hook else self._writer(write.object).write(write)

    def find(self, write: Write) -> Answer | None:
        hook = self._hook(write)
        return hook.find(write) if hook else self._writer(write.object).find(write)

    def effect_class(self, object: str, action: str) -> EffectClass:
        return self._writer(object).effect(action)

    def fetch(self, object: str, key: str) -> SourceRecord | None:
        spec = self._spec(object)
        method, _, path = (spec.get or f"GET {spec.path}/{{id}}").partition(" ")
        listing = listing_of(spec)
        try:
            heard = self._session.call(
                Call(method, self._session.below(path, id=key), list(listing.fixed))
            )
        except NotFound:
            return None
        body = heard.body
        if isinstance(body, dict) and getter(spec.id)(body) is None and spec.records:
            body = getter(spec.records)(body)
        rows = rows_of(body, replace(listing, records=""))
        return self._reader(object).recorder.record(rows[0]) if rows else None

    def _spec(self, object: str) -> ObjectSpec:
        return object_of(self._session.description, object)

    def _writer(self, object: str) -> Writer:
        return Writer(self._session, self._spec(object))

    def _reader(self, object: str) -> Reader:
        if object not in self._readers:
            self._readers[object] = self._made(object)
        return self._readers[object]

    def _made(self, object: str) -> Reader:
        spec = self._spec(object)
        if spec.incremental.mode == "events":
            return EventReader(self._session, spec, lambda key: self.fetch(object, key))
        return READERS[spec.incremental.mode](self._session, spec)

    def _hook(self, write: Write) -> Hook | None:
        if action_of(self._spec(write.object), write.action).call != "hook":
            return None
        hook: Hook = load_hook(self._session.description)(self._session)
        return hook


def load_hook(description: Description) -> Any:
    """The class that the description names; only shipped code is loaded."""
    module, _, name = description.hook.rpartition(".")
    if not module.startswith(HOOKS):
        raise NeedsAPerson(f"{description.hook!r} is no shipped hook", klass="contract")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError):
        raise NeedsAPerson(
            f"the hook {description.hook!r} is not shipped", klass="contract"
        ) from None


def open_http(spec: ConnectionSpec) -> Connector:
    """The connector of a connection: made anew only when the agreement or the secret changed."""
    return _connector(
        spec.connection,
        spec.base_url,
        tuple(sorted(spec.variables.items())),
        json.encode(spec.description, order="sorted"),
        _Sealed(secrets.reveal(spec.secret)),
        tuple(settings.LOCAL_HOSTS),
    )


class _Sealed:
    """A secret as a cache key that no repr shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sealed) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "<sealed>"

    def value(self) -> str:
        return self._value


@lru_cache(maxsize=128)
def _connector(
    connection: str,
    base_url: str,
    variables: tuple[tuple[str, str], ...],
    document: bytes,
    secret: _Sealed,
    local: tuple[str, ...],
) -> HttpConnector:
    description = compiled(json.decode(document))
    names = dict(variables)
    base = filled(base_url or description.base_url, names)
    hosts = [base, *_token_hosts(description, names)]
    limits = [limit.concurrent for limit in description.limits if limit.concurrent]
    client = client_for(
        tuple(hosts), local, seconds(description.timeout), min(limits, default=20), connection
    )
    auth = authenticator(
        description.auth,
        secret.value(),
        owner=connection,
        base_url=base,
        variables=names,
        client=client,
    )
    return HttpConnector(Session(client, description, base, names, auth))


def _token_hosts(description: Description, names: dict[str, str]) -> list[str]:
    address = description.auth.token_url
    return [filled(address, names)] if "://" in address else []


def forget_connections() -> None:
    """Every connection is opened anew: after a fork, and between tests."""
    _connector.cache_clear()
    client_for.cache_clear()


os.register_at_fork(after_in_child=forget_connections)
