"""What real systems do wrong, and which error says what heals it."""

from __future__ import annotations

import gzip
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from integrations.connectors.http import forget_connections
from integrations.connectors.port import ConnectionSpec, EffectClass, Write
from integrations.connectors.registry import open_connector
from integrations.errors import CursorExpired, NeedsAPerson, TryLater, UnknownOutcome
from tests.integrations.connectors.contract import creation
from tests.integrations.connectors.dialects import described, keyset
from tests.integrations.connectors.given import raised
from tests.integrations.connectors.peer import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from integrations.connectors.port import Connector

    Opens = Callable[..., Connector]

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
