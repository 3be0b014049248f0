"""How connectors prove who we are, and what they put into a request."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from integrations.connectors.port import Write
from integrations.errors import NeedsAPerson
from tests.integrations.connectors.contract import creation
from tests.integrations.connectors.given import CANARY, raised
from tests.integrations.connectors.peer import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from integrations.connectors.port import Connector

    Opens = Callable[..., Connector]


def sent(server: Server, name: str) -> list[str]:
    return [headers.get(name, "") for _, _, headers, _ in server.peer.requests]


SCHEMES: dict[str, tuple[dict[str, str], str, str]] = {
    "bearer": ({"scheme": "bearer"}, "authorization", f"Bearer {CANARY}"),
    "header_key": ({"scheme": "header_key", "name": "X-Key"}, "x-key", CANARY),
    "basic": (
        {"scheme": "basic", "username": "ada"},
        "authorization",
        "Basic YWRhOnMzY3IzdC1jYW5hcnktdmFsdWU=",
    ),
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_fixed_proofs_are_sent(server: Server, opened: Opens, secret: str, scheme: str) -> None:
    auth, header, value = SCHEMES[scheme]
    headers = {"X-Tenant": "{tenant}"}
    opened(top={"auth": auth, "headers": headers}, secret=secret).read(
        "invoice", cursor={}, limit=1, where={}
    )
    assert (sent(server, header), sent(server, "x-tenant")) == ([value], ["t-1"])


def test_a_key_in_the_query_is_sent_and_never_shown(
    server: Server, opened: Opens, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    auth = {"scheme": "query_key", "name": "api_key"}
    connector = opened(top={"auth": auth}, secret=secret)
    server.peer.faults.append("down")
    error = raised(lambda: connector.read("invoice", cursor={}, limit=1, where={}))
    assert f"api_key={CANARY}" in server.peer.requests[0][1]
    assert CANARY not in str(error) + repr(error) + caplog.text


def test_a_token_is_fetched_once_and_renewed_after_a_401(
    server: Server, opened: Opens, secret: str
) -> None:
    auth = {"scheme": "oauth2_cc", "token_url": "/token", "client_id": "us", "scope": "all"}
    connector = opened(top={"auth": auth}, secret=secret)
    for _ in range(3):
        connector.read("invoice", cursor={}, limit=1, where={})
    assert server.peer.tokens == 1
    server.peer.manners.token = "Bearer another"
    assert connector.write(creation("R-1")).id != ""
    assert (server.peer.tokens, len(server.peer.rows)) == (2, 1)


def test_a_session_is_opened_by_a_call(server: Server, opened: Opens, secret: str) -> None:
    login = {
        "call": "POST /login",
        "body": {"method": "login", "params": ["ada", {"password": "{secret}"}]},
        "take": {"uid": "result[0]", "key": "result[1]"},
        "value": "{username}:{uid}:{key}",
        "encode": "base64",
    }
    auth = {"scheme": "session_login", "username": "ada", "prefix": "Session ", "login": login}
    server.peer.manners.token = "nothing yet"
    connector = opened(top={"auth": auth}, secret=secret)
    assert connector.read("invoice", cursor={}, limit=1, where={}).records == []
    assert server.peer.requests[0][3] == (
        b'{"method":"login","params":["ada",{"password":"s3cr3t-canary-value"}]}'
    )


def test_a_refused_key_is_the_auth_class_and_is_not_echoed(
    server: Server, opened: Opens, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.peer.manners.token = "Bearer something else"
    connector = opened(top={"auth": {"scheme": "bearer"}}, secret=secret)
    error = raised(lambda: connector.read("invoice", cursor={}, limit=1, where={}))
    assert isinstance(error, NeedsAPerson)
    assert (error.klass, error.status) == ("auth", 401)
    shown = str(error) + error.body + repr(connector) + repr(error.__dict__) + caplog.text
    assert CANARY not in shown


def test_a_write_carries_the_csrf_token_that_it_fetched_once(server: Server, opened: Opens) -> None:
    server.peer.manners.csrf = True
    connector = opened(top={"csrf": {"fetch": "GET /invoices"}})
    connector.write(creation("R-1"))
    connector.write(creation("R-2"))
    assert sent(server, "x-csrf-token") == ["fetch", "csrf-1", "csrf-1"]


def test_a_form_nests_as_billing_systems_want_it(server: Server, opened: Opens) -> None:
    body = {"items": [{"plan": "p 1"}], "metadata": {"a": "1"}, "tags": ["x", "y"], "ok": True}
    opened(proof={"body": "form", "reference": ""}).write(
        Write("invoice", "create", body, {}, "k", "R-1")
    )
    assert server.peer.requests[-1][3].decode() == (
        "items%5B0%5D%5Bplan%5D=p+1&metadata%5Ba%5D=1&tags%5B%5D=x&tags%5B%5D=y&ok=true"
    )


def test_our_reference_is_put_where_the_description_says(server: Server, opened: Opens) -> None:
    opened(proof={"reference": "metadata.concordat"}).write(
        Write("invoice", "create", {"metadata": {"a": 1}}, {}, "k", "R-1")
    )
    assert server.peer.requests[-1][3] == b'{"metadata":{"a":1,"concordat":"R-1"}}'


def test_a_filter_that_is_verified_is_asked_once_in_the_future(
    server: Server, opened: Opens
) -> None:
    server.peer.put({"id": "1"})
    connector = opened()
    cursor = connector.read("invoice", cursor={}, limit=5, where={}).cursor
    cursor = connector.read("invoice", cursor=cursor, limit=5, where={}).cursor
    for _ in range(3):
        cursor = connector.read("invoice", cursor=cursor, limit=5, where={}).cursor
    asked = [path for _, path, _, _ in server.peer.requests if "updated_since=2036" in path]
    assert len(asked) == 1
