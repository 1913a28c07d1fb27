"""Sockets that take back what has not arrived when they are closed."""

import socket
import struct
from typing import Any

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives it: family, type, protocol, canonical name, address."""


def resetting_socket(address: AddressInfo) -> socket.socket:
    """A TCP socket whose close is a reset: what the other side has not received is dropped.

    An ordinary close leaves the system sending for minutes, so that a request which was given up may yet be
    received whole.

    Args:
        address: what it will connect to.
    """
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    return made
