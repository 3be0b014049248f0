"""No form of a local address is called: a canary listens and hears nothing."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from integrations.connectors.addresses import AddressRefused, Guard
from integrations.connectors.client import Broken, NotSent, Request, SafeClient

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {
    "rebind.example.com": ["127.0.0.1"],
    "both.example.com": ["93.184.216.34", "127.0.0.1"],
    "six.example.com": ["::1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "metadata.example.com": ["169.254.169.254"],
    "azure.example.com": ["168.63.129.16"],
    "cgnat.example.com": ["100.64.0.1"],
    "private10.example.com": ["10.0.0.1"],
    "private172.example.com": ["172.16.0.1"],
    "private192.example.com": ["192.168.0.1"],
    "zero.example.com": ["0.0.0.0"],
    "this.example.com": ["0.1.2.3"],
    "broadcast.example.com": ["255.255.255.255"],
    "multicast.example.com": ["224.0.0.1"],
    "reserved.example.com": ["240.0.0.1"],
    "bench.example.com": ["198.18.0.1"],
    "testnet.example.com": ["192.0.2.1"],
    "unique.example.com": ["fd00::1"],
    "link.example.com": ["fe80::1%lo"],
    "site.example.com": ["fec0::1"],
    "nat64.example.com": ["64:ff9b::7f00:1"],
    "sixtofour.example.com": ["2002:7f00:1::"],
    "teredo.example.com": ["2001:0:7f00:1::"],
    "compat.example.com": ["::127.0.0.1"],
    "translated.example.com": ["::ffff:0:127.0.0.1"],
    "docs.example.com": ["2001:db8::1"],
    "multicast6.example.com": ["ff02::1"],
}
FORMS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "00.00.00.00",
    "2130706433",
    "4294967295",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0x7f.1",
    "0X7F000001",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "127.0x0.0.1",
    "00000177.0.0.1",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "localhost.localdomain",
    "ip6-localhost",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "[fd00::1]",
    "10.0.0.1",
    "169.254.169.254",
    "2852039166",
    "0xA9FEA9FE",
    "100.100.100.200",
    "user@127.0.0.1",
    "user:pw@localhost",
    "api.example.com@127.0.0.1",
    "api.example.com:443@127.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "127.0.0.1%00.example.com",
    "127.0.0.1\\.example.com",
    "intranet",
    *NAMES,
]


class Canary:
    """Counts who connects; answers one line of HTTP."""

    def __init__(self) -> None:
        self.heard = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.heard += 1
            client.settimeout(2)
            with client:
                client.recv(1000)
                client.sendall(
                    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
                )

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def canary() -> Iterator[Canary]:
    listening = Canary()
    yield listening
    listening.close()


def lookup(host: str, port: int) -> list[str]:
    """The names above; whatever else is a number or a local name, as the system says."""
    if host in NAMES:
        return NAMES[host]
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_form_of_a_local_address_is_called(canary: Canary, scheme: str) -> None:
    assert len(FORMS) >= 60
    guard = Guard(frozenset(), lookup)
    outcomes = {}
    for form in FORMS:
        address = f"{scheme}://{form}:{canary.port}/"
        try:
            client = SafeClient([address], guard, timeout=2)
            outcomes[form] = client.send(Request("GET", address)).status
        except (AddressRefused, NotSent) as refused:
            outcomes[form] = type(refused).__name__
    assert {form for form, outcome in outcomes.items() if isinstance(outcome, int)} == set()
    assert canary.heard == 0


def test_the_guard_itself_refuses_each_form_without_tls_helping(canary: Canary) -> None:
    guard = Guard(frozenset(), lookup)
    passed = []
    for name in NAMES:
        try:
            passed.append(guard.addresses(name, canary.port))
        except AddressRefused:
            continue
    assert passed == []


def test_a_named_local_host_is_called(canary: Canary) -> None:
    address = f"http://127.0.0.1:{canary.port}/"
    guard = Guard(frozenset({f"127.0.0.1:{canary.port}"}))
    reply = SafeClient([address], guard).send(Request("GET", address))
    assert (reply.status, reply.content, canary.heard) == (200, b"{}", 1)


def test_naming_one_port_opens_no_other(canary: Canary) -> None:
    guard = Guard(frozenset({f"127.0.0.1:{canary.port + 1}"}))
    with pytest.raises(AddressRefused):
        SafeClient([f"http://127.0.0.1:{canary.port}/"], guard)
    assert canary.heard == 0


def test_the_address_that_was_checked_is_the_one_that_is_called(canary: Canary) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    guard = Guard(frozenset({f"peer.example.com:{canary.port}"}), lambda *_: next(answers))
    address = f"http://peer.example.com:{canary.port}/"
    assert SafeClient([address], guard).send(Request("GET", address)).status == 200
    assert next(answers) == ["169.254.169.254"]


def test_link_local_is_refused_also_where_its_name_was_allowed() -> None:
    guard = Guard(frozenset({"peer.example.com:80"}), lambda *_: ["169.254.169.254"])
    with pytest.raises(AddressRefused, match="link-local"):
        guard.addresses("peer.example.com", 80)


def test_only_the_registered_host_is_called(canary: Canary) -> None:
    local = frozenset({f"127.0.0.1:{canary.port}", "127.0.0.1:1"})
    client = SafeClient(["http://127.0.0.1:1/"], Guard(local))
    with pytest.raises(AddressRefused, match="not the registered host"):
        client.send(Request("GET", f"http://127.0.0.1:{canary.port}/"))
    assert canary.heard == 0


def test_a_closed_port_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    client = SafeClient([f"http://127.0.0.1:{port}/"], Guard(frozenset({f"127.0.0.1:{port}"})))
    with pytest.raises(NotSent):
        client.send(Request("POST", f"http://127.0.0.1:{port}/", content=b"{}"))


def test_a_public_address_passes_the_guard() -> None:
    guard = Guard(frozenset(), lambda *_: ["93.184.216.34", "2606:2800:220:1::1"])
    assert guard.addresses("api.example.com", 443) == ["93.184.216.34", "2606:2800:220:1::1"]


def test_a_request_shows_no_query() -> None:
    assert repr(Request("GET", "https://x.example.com/a?key=s3cr3t")) == (
        "<GET https://x.example.com/a>"
    )


def test_a_silent_peer_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        guard = Guard(frozenset({f"127.0.0.1:{port}"}))
        client = SafeClient([f"http://127.0.0.1:{port}/"], guard, timeout=0.2)
        with pytest.raises(Broken):
            client.send(Request("GET", f"http://127.0.0.1:{port}/"))
        client.close()
