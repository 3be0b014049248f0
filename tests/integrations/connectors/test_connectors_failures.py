"""What real systems do wrong, and which error says what heals it."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from integrations.connectors import services
from integrations.connectors.http import forget_connections
from integrations.connectors.port import ConnectionSpec, EffectClass, Write
from integrations.connectors.registry import open_connector
from integrations.errors import CursorExpired, NeedsAPerson, TryLater, UnknownOutcome
from tests.integrations.connectors.contract import creation
from tests.integrations.connectors.dialects import described, keyset
from tests.integrations.connectors.peer import Manners, Server
from tests.integrations.connectors.test_connectors_services import ADA, NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from integrations.connectors.port import Connector

    Opens = Callable[..., Connector]

CANARY = "s3cr3t-canary-value"
ERRORS = [
    {"status": 400, "body": "SSS_REQUEST_LIMIT_EXCEEDED", "class": "throttle"},
    {
        "status": 200,
        "path": "success",
        "equals": False,
        "class": "invalid",
        "message": "reasons[0].message",
    },
    {"status": 200, "path": "failed", "present": True, "class": "invalid"},
    {"status": 500, "content_type": "text/plain", "method": "POST", "class": "try_later"},
]


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    serving = Server(Manners())
    settings.LOCAL_HOSTS = [serving.host]
    yield serving
    forget_connections()
    serving.stop()


@pytest.fixture
def opened(server: Server) -> Opens:
    def open_one(**told: Any) -> Connector:
        secret = told.pop("secret", "")
        told.setdefault("top", {})
        return open_connector(
            ConnectionSpec(
                system="peer",
                connection=f"peer-{server.host}",
                kind="http",
                base_url=server.url + "/api",
                variables={"tenant": "t-1"},
                secret=secret,
                description=described(**told),
            )
        )

    return open_one


@pytest.fixture
def secret(db: None) -> str:
    services.put_secret(name="peer", value=CANARY, by=ADA, reason="test", now=NOW)
    return "peer"


def raised(act: Callable[[], Any]) -> Exception:
    with pytest.raises(Exception) as caught:
        act()
    return caught.value


READING: dict[str, tuple[type[Exception], str]] = {
    "down": (TryLater, ""),
    "html500": (TryLater, ""),
    "text500": (TryLater, ""),
    "truncated": (TryLater, ""),
    "lost_answer": (TryLater, ""),
    "hang": (TryLater, ""),
    "deep": (TryLater, ""),
    "deepish": (TryLater, ""),
    "throttled": (TryLater, ""),
    "throttled_400": (TryLater, ""),
    "success_false": (NeedsAPerson, "data"),
    "no_list": (NeedsAPerson, "contract"),
    "gone": (CursorExpired, ""),
}


@pytest.mark.parametrize("fault", READING)
def test_reading_fails_in_the_class_that_heals_it(
    server: Server, opened: Opens, fault: str
) -> None:
    server.peer.put({"id": "1"})
    connector = opened(top={"errors": ERRORS})
    server.peer.faults.append(fault)
    error = raised(lambda: connector.read("invoice", cursor={}, limit=5, where={}))
    kind, klass = READING[fault]
    assert type(error) is kind
    assert getattr(error, "klass", "") == klass
    page = connector.read("invoice", cursor={}, limit=5, where={})
    assert [record.key for record in page.records] == ["1"]


WRITING: dict[str, tuple[type[Exception], str, int]] = {
    "down": (UnknownOutcome, "", 0),
    "maintenance": (TryLater, "", 0),
    "html500": (UnknownOutcome, "", 0),
    "text500": (TryLater, "", 0),
    "truncated": (UnknownOutcome, "", 1),
    "lost_answer": (UnknownOutcome, "", 1),
    "hang": (UnknownOutcome, "", 1),
    "deep": (UnknownOutcome, "", 0),
    "throttled": (TryLater, "", 0),
    "throttled_400": (TryLater, "", 0),
    "success_false": (NeedsAPerson, "data", 0),
    "partial": (NeedsAPerson, "data", 0),
    "stale": (NeedsAPerson, "data", 0),
}


@pytest.mark.parametrize("fault", WRITING)
def test_writing_fails_in_the_class_that_heals_it(
    server: Server, opened: Opens, fault: str
) -> None:
    connector = opened(top={"errors": ERRORS})
    server.peer.faults.append(fault)
    error = raised(lambda: connector.write(creation("R-1")))
    kind, klass, made = WRITING[fault]
    assert type(error) is kind
    assert getattr(error, "klass", "") == klass
    assert len(server.peer.rows) == made
    found = connector.find(creation("R-1"))
    assert (found is not None) is bool(made)


def test_a_refusal_brings_the_systems_own_words(server: Server, opened: Opens) -> None:
    server.peer.faults.append("success_false")
    error = raised(lambda: opened(top={"errors": ERRORS}).write(creation("R-1")))
    assert str(error) == "POST /invoices answered 200: no account"


def test_html_is_shown_as_its_words(server: Server, opened: Opens) -> None:
    server.peer.faults.append("html500")
    error = raised(lambda: opened().read("invoice", cursor={}, limit=1, where={}))
    assert str(error) == "GET /invoices answered 500: 500 Server Error"


def test_a_closed_port_is_tried_later_also_for_writes(server: Server, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    settings.LOCAL_HOSTS = [f"127.0.0.1:{port}"]
    address = f"http://127.0.0.1:{port}"
    spec = ConnectionSpec("x", "closed", "http", address, description=described())
    error = raised(lambda: open_connector(spec).write(creation("R-1")))
    assert type(error) is TryLater


def test_a_redirect_is_not_followed(server: Server, opened: Opens) -> None:
    error = raised(lambda: opened(path="/moved").read("invoice", cursor={}, limit=1, where={}))
    assert isinstance(error, NeedsAPerson)
    assert (error.klass, error.status) == ("contract", 302)
    assert [path for _, path, _, _ in server.peer.requests] == [
        "/api/moved?sort=id+asc&limit=1&offset=0"
    ]


def test_a_next_link_to_another_host_is_not_followed(server: Server, opened: Opens) -> None:
    for number in range(3):
        server.peer.put({"id": str(number + 1)})
    told = {"page": {"style": "next_url", "next": "next", "size": ["limit", 1]}}
    page = opened(**told).read("invoice", cursor={}, limit=1, where={})
    stolen = {**page.cursor, "page": {"url": "http://169.254.169.254/latest"}}
    error = raised(lambda: opened(**told).read("invoice", cursor=stolen, limit=1, where={}))
    assert isinstance(error, NeedsAPerson)
    assert error.code == "address_refused"


def test_a_system_that_ignores_paging_does_not_loop(server: Server, opened: Opens) -> None:
    server.peer.manners.ignores_paging = True
    for number in range(5):
        server.peer.put({"id": str(number + 1)})
    connector = opened()
    page = connector.read("invoice", cursor={}, limit=2, where={})
    error = raised(lambda: connector.read("invoice", cursor=page.cursor, limit=2, where={}))
    assert isinstance(error, NeedsAPerson)
    assert (error.klass, "same page again" in str(error)) == ("contract", True)


def test_keyset_paging_is_refused_where_the_filter_is_ignored(
    server: Server, opened: Opens
) -> None:
    server.peer.manners.ignores_filters = True
    for number in range(5):
        server.peer.put({"id": str(number + 1)})
    connector = opened(**keyset("updated_at"))
    page = connector.read("invoice", cursor={}, limit=2, where={})
    error = raised(lambda: connector.read("invoice", cursor=page.cursor, limit=2, where={}))
    assert "ignores the filter on updated_at" in str(error)


def test_an_inflating_answer_is_cut_off(server: Server, opened: Opens, settings: Any) -> None:
    bomb = gzip.compress(b"[" + b" " * 60_000_000 + b"]")
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def serve() -> None:
        client, _ = listening.accept()
        with client:
            client.recv(10_000)
            head = (
                f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(bomb)}\r\n\r\n"
            )
            client.sendall(head.encode() + bomb)
            client.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.LOCAL_HOSTS = [f"127.0.0.1:{port}"]
    spec = ConnectionSpec("x", "bomb", "http", f"http://127.0.0.1:{port}", description=described())
    error = raised(lambda: open_connector(spec).read("invoice", cursor={}, limit=1, where={}))
    assert type(error) is TryLater
    assert "longer than 33554432 bytes" in str(error)
    forget_connections()
    thread.join(5)
    listening.close()


def test_two_records_with_our_reference_are_a_case(server: Server, opened: Opens) -> None:
    for _ in range(2):
        server.peer.put({"reference": "R-1"})
    error = raised(lambda: opened().find(creation("R-1")))
    assert isinstance(error, NeedsAPerson)
    assert error.klass == "duplicate"


def test_an_ignored_lookup_filter_finds_only_what_carries_the_reference(
    server: Server, opened: Opens
) -> None:
    server.peer.manners.ignores_filters = True
    for number in range(5):
        server.peer.put({"reference": f"R-{number}"})
    found = opened().find(creation("R-3"))
    assert found is not None
    assert (found.body["reference"], found.existed) == ("R-3", True)
    assert opened().find(creation("R-9")) is None


def test_where_nothing_can_be_looked_up_nobody_says_it_is_not_there(opened: Opens) -> None:
    connector = opened(proof={})
    assert connector.effect_class("invoice", "create") is EffectClass.NONE
    error = raised(lambda: connector.find(creation("R-1")))
    assert isinstance(error, NeedsAPerson)
    assert error.klass == "unknown"


def test_an_act_is_looked_up_by_the_state_it_leaves(server: Server, opened: Opens) -> None:
    shown = {"call": "GET /invoices/{id}", "match": "state", "equals": ["posted"], "records": ""}
    post = {"call": "POST /invoices/{id}/post", "body": "none", "lookup": shown}
    connector = opened(proof={"actions": {"post": post}})
    server.peer.put({"id": "7", "state": "draft"})
    write = Write("invoice", "post", {}, {"id": "7"}, "k", "R-7")
    assert connector.effect_class("invoice", "post") is EffectClass.LOOKUP
    assert connector.find(write) is None
    assert connector.write(write).id == "7"
    found = connector.find(write)
    assert found is not None
    assert (found.id, found.existed) == ("7", True)
    error = raised(lambda: connector.write(write))
    assert isinstance(error, NeedsAPerson)
    assert "posted already" in str(error)


def test_an_id_cannot_climb_out_of_its_path(server: Server, opened: Opens) -> None:
    connector = opened()
    assert connector.fetch("invoice", "../../moved") is None
    assert [path for _, path, _, _ in server.peer.requests] == ["/api/invoices/..%2F..%2Fmoved"]
    error = raised(lambda: connector.fetch("invoice", ".."))
    assert isinstance(error, NeedsAPerson)


def test_a_missing_variable_is_refused_before_sending(server: Server, opened: Opens) -> None:
    error = raised(lambda: opened().write(Write("invoice", "update", {}, {}, "k", "r")))
    assert isinstance(error, NeedsAPerson)
    assert "'id'" in str(error)
    assert server.peer.requests == []


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
