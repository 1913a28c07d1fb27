"""Which network addresses a caller's URL may lead to: public ones, so that none reaches into our network."""

import ipaddress
import socket
from collections.abc import Callable

from actionmesh_wrapper.errors import DownloadFailed, UrlNotAllowed

Resolve = Callable[[str, int], list[str]]
"""Looks up a host's addresses for a port; returns at least one or raises a `JobError`."""

# ``is_global`` alone would pass these: Python 3.11 calls some global, others carry an IPv4 address inside.
_REFUSED_V4 = [
    ipaddress.IPv4Network(net)
    for net in (
        "100.64.0.0/10",  # carrier-grade NAT, clouds' metadata
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/3",  # multicast and reserved
    )
]
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")  # all that is ever routed; NAT64 and fec0::/10 lie outside
_REFUSED_V6 = [
    ipaddress.IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
]


def is_public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address, as the resolver writes it, is one of the public internet."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in net for net in _REFUSED_V4)
    return ip.is_global and ip in _UNICAST_V6 and not any(ip in net for net in _REFUSED_V6)


def public_addresses(host: str, port: int, *, resolve: Resolve | None = None) -> list[str]:
    """Looks a host up, once: connect to what this returns, never to the name.

    Args:
        host: a name, or an address in any notation that the system reads.
        port: where to.
        resolve: asked instead of the system's resolver.

    Returns:
        At least one address.

    Raises:
        DownloadFailed: if the host has none.
        UrlNotAllowed: if any of them is not public.
    """
    addresses = (resolve or any_addresses)(host, port)
    if not all(is_public(address) for address in addresses):
        raise UrlNotAllowed("The address leads to a network that is not public.")
    return addresses


def any_addresses(host: str, port: int) -> list[str]:
    """Looks a host up and refuses nothing: for tests on loopback alone.

    Raises:
        DownloadFailed: if the host has no address.
    """
    try:
        records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DownloadFailed("The server was not found.") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in records))
