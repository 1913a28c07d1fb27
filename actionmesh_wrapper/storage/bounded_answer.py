"""A socket whose answers end: a server of a caller's may send a byte every few seconds, or never stop."""

import io
import socket
import time
from typing import Any

from actionmesh_wrapper.errors import StorageFailed

ANSWER_S = 60.0  # for one answer, headers and all, however steadily it comes
ANSWER_BYTES = 4_000_000  # all that S3 answers us, listings and manifests, is far smaller


def too_large() -> StorageFailed:
    """The error of an answer with more than `ANSWER_BYTES`."""
    return StorageFailed("The bucket's server sends more than any answer of S3 has.")


class BoundedSocket:
    """Stands for a socket. What is read through `makefile`, as http.client reads each answer, has bounds."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def makefile(self, mode: str, buffering: int = -1) -> io.RawIOBase | io.BufferedReader:
        """A reader of one answer, or of its status alone; its bounds begin now."""
        assert mode == "rb"
        answer = _Answer(self._socket)
        return answer if buffering == 0 else io.BufferedReader(answer)


class _Answer(io.RawIOBase):
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._file = connected.makefile("rb", buffering=0)  # which keeps the socket open until it is read
        self._ends = time.monotonic() + ANSWER_S
        self._left = ANSWER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Reads what has come.

        Raises:
            TimeoutError: if nothing comes, or the answer takes too long.
            StorageFailed: if it is too large.
        """
        left_s = self._ends - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the answer takes too long")
        silence_s = self._socket.gettimeout()
        self._socket.settimeout(left_s if silence_s is None else min(silence_s, left_s))
        try:
            count = self._file.readinto(buffer)
        finally:
            self._socket.settimeout(silence_s)
        self._left -= count or 0
        if self._left < 0:
            raise too_large()
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
