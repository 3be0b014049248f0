"""Which addresses may be called: public ones, and local ones that the operator named."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from integrations.errors import NeedsAPerson

Resolve = Callable[[str, int], list[str]]
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
LOOKS_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?\Z", re.IGNORECASE)
HOST_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+\Z")
EMBEDDING = [
    ipaddress.ip_network(net)
    for net in (
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "::ffff:0:0:0/96",
    )
]
NEVER = [
    ipaddress.ip_network(net)
    for net in ("100.64.0.0/10", "168.63.129.16/32", "192.88.99.0/24", "fec0::/10", "fd00:ec2::/32")
]
LINK_LOCAL = [ipaddress.ip_network(net) for net in ("169.254.0.0/16", "fe80::/10")]


class AddressRefused(NeedsAPerson):
    """Nothing was sent: the address is not one that connectors may call."""

    code = "address_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, klass="contract")


def refuse_unless_public(text: str) -> None:
    """`text` is one resolved address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if not is_public(address):
        raise AddressRefused(
            f"{address} is not a public address: register a public host, or name the local "
            "one as host:port in CONCORDAT_LOCAL_HOSTS"
        )


def is_public(address: IpAddress) -> bool:
    """False also for an IPv4 address inside an IPv6 one, whatever the IPv4 address is."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return False
    inside = any(address in network for network in (*EMBEDDING, *NEVER))
    return address.is_global and not address.is_multicast and not inside


def refuse_odd_host(host: str) -> None:
    """Numbers in any form but four decimal ones; names that are not names."""
    if ":" in host:
        if "%" in host:
            raise AddressRefused(f"{host!r} names a network interface: register a public host")
        return
    if LOOKS_NUMERIC.match(host):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise AddressRefused(
                f"{host!r} is a number in disguise: write the host name or four decimal numbers"
            ) from None
    elif not HOST_NAME.match(host.lower()):
        raise AddressRefused(f"{host!r} is not a full host name, like api.example.com")


def system_resolve(host: str, port: int) -> list[str]:
    """Every address of the host, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True)
class Guard:
    """Decides to which address a connection goes. `local` holds host:port pairs."""

    local: frozenset[str]
    resolve: Resolve = system_resolve

    def addresses(self, host: str, port: int) -> list[str]:
        """Checked addresses. One that is refused refuses the host. Raises OSError if unknown."""
        named = f"{host}:{port}".lower() in self.local
        if not named:
            refuse_odd_host(host)
        found = self.resolve(host, port)
        for address in found:
            if named:
                self._refuse_link_local(address)
            else:
                refuse_unless_public(address)
        return found

    def may_be_plain(self, host: str, port: int) -> bool:
        """Only a named local host may be called without TLS."""
        return f"{host}:{port}".lower() in self.local

    @staticmethod
    def _refuse_link_local(text: str) -> None:
        address = ipaddress.ip_address(text.partition("%")[0])
        if any(address in network for network in LINK_LOCAL):
            raise AddressRefused(f"{address} is a link-local address, also where it was named")


def guard_of(local_hosts: Iterable[str]) -> Guard:
    return Guard(frozenset(host.lower() for host in local_hosts))
