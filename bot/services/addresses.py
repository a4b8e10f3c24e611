"""Which addresses may be fetched from: the public internet, and what the operator opens.

Python's own `is_global` lets some of these pass, differently from one release to the next, so the list is ours.
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

PORTS = frozenset({80, 443})
"""Where web pages are. Behind others stand mail servers and databases: nothing that strangers may reach through us."""

_CLOSED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carriers' address translation; Alibaba's metadata
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # Azure's host services, under a public address
            "169.254.0.0/16",  # link-local; most clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments; Oracle's metadata
            "192.0.2.0/24",  # documentation
            "192.52.193.0/24",  # multicast tunnels
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)

_OPEN_6 = IPv6Network("2000::/3")  # all that is handed out for the public internet
_CLOSED_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # the network's own translator: as good as the address inside

_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE | re.ASCII)


def literal(host: str) -> Address | None:
    """Return the address that a host is, in any spelling that a resolver would take for one; None for a name.

    Raises:
        ValueError: it looks like an address and is none.
    """
    if _NUMERIC.fullmatch(host):
        try:
            return IPv4Address(socket.inet_aton(host.rstrip(".")))  # octal, hexadecimal, fewer than four parts
        except OSError as error:
            raise ValueError(f"{host} is no address") from error
    return ip_address(host.strip("[]").replace("%25", "%")) if ":" in host else None


def is_open(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Return whether an address is on the public internet, or in one of the networks that are allowed besides."""
    plain = _unwrap(address)
    return _is_public(plain) or any(one.version == plain.version and plain in one for one in allowed)


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Return whether an address is in one of these networks."""
    plain = _unwrap(address)
    return any(one.version == plain.version and plain in one for one in allowed)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in closed for closed in _CLOSED_4)
    return address in _OPEN_6 and not any(address in closed for closed in _CLOSED_6)


def _unwrap(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
