"""URL → file: over public addresses only, with bounds on size and time, tried again where that may help."""

import math
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path

from urllib3.connection import HTTPConnection
from urllib3.response import HTTPResponse

from actionmesh_wrapper.addresses import Find, public
from actionmesh_wrapper.errors import (
    DownloadFailed,
    DownloadIncomplete,
    DownloadTimeout,
    EmptyInput,
    TooLarge,
)
from actionmesh_wrapper.partial import no_partial
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.source import pinned

DOWNLOAD_S = 300.0  # for all of it, tries and redirects included; 100 MB at 3 Mbit/s

_PAUSES_S = (0.5, 1.0)  # before the second try and the third
_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 4  # of a host, tried one after another
_TICK_S = 0.25  # how soon a cancel is noticed


def download(
    url: str, path: Path, *, max_bytes: int, step: Part, seconds: float = DOWNLOAD_S, find: Find = public
) -> None:
    """Downloads a file.

    A host is looked up once for each request, and what was found is what is connected to. So neither a
    redirect, nor a second answer of the resolver, nor a proxy of the environment leads elsewhere.

    Args:
        url: http or https, without user name and password.
        path: the file to write; after an error there is none.
        max_bytes: the largest file taken, both as sent and decompressed.
        step: is called with the bytes that came and those expected; may raise `Cancelled`.
        seconds: for all of it.
        find: looks up hosts and refuses addresses.

    Raises:
        UrlNotAllowed: if the URL, or one that it redirects to, may not be asked for.
        DownloadTimeout: if it takes too long.
        DownloadIncomplete: if less came than was promised, at the last try too.
        DownloadFailed: if the server cannot be reached or refuses, at the last try too.
        TooLarge, EmptyInput: if the file is of no use.
    """
    transfer = _Transfer(path, max_bytes, find)
    with no_partial(path), ThreadPoolExecutor(1) as pool:
        task = pool.submit(transfer.run, url)
        try:
            _watch(transfer, task, step, seconds)
        except BaseException:
            while not task.done():
                transfer.cut()
                wait([task], _TICK_S)
            raise
        task.result()


def _watch(transfer: "_Transfer", task: Future[None], step: Part, seconds: float) -> None:
    """Returns when the task has ended, however it did."""
    deadline = time.monotonic() + seconds
    while not task.done():
        received = transfer.received
        step(received, max(transfer.expected, received, 1))
        if time.monotonic() > deadline:
            raise DownloadTimeout(f"The download took longer than {seconds:g} s.")
        wait([task], _TICK_S)


def too_large(size: int, limit: int) -> TooLarge:
    """The error for a file of so many bytes, rounded up so that it never looks like the limit."""
    return TooLarge(f"This file is {math.ceil(size / 1e5) / 10:g} MB; the limit is {limit / 1e6:g} MB.")


class _Transfer:
    """One download, run in a thread of its own, so that another can watch it and cut it off.

    Attributes:
        received: bytes so far.
        expected: bytes in all, or the most there may be while that is not known.
    """

    def __init__(self, path: Path, max_bytes: int, find: Find) -> None:
        self.received = 0
        self.expected = max_bytes
        self._path = path
        self._max_bytes = max_bytes
        self._find = find
        self._socket: socket.socket | None = None
        self._is_cut = threading.Event()

    def run(self, url: str) -> None:
        """Tries until it works or is of no use."""
        for pause in _PAUSES_S:
            try:
                return self._follow(url)
            except (pinned.Passing, DownloadIncomplete):
                if self._is_cut.wait(pause):
                    raise
        return self._follow(url)

    def cut(self) -> None:
        """Shuts the connection that is open now; to be called again until `run` has ended."""
        self._is_cut.set()
        if self._socket is not None:
            with suppress(OSError):  # it was closed meanwhile
                self._socket.shutdown(socket.SHUT_RDWR)

    def _follow(self, url: str) -> None:
        target = pinned.parse(url)
        for _ in range(_MAX_REDIRECTS + 1):
            with closing(self._connect(target)) as connection:
                self._socket = connection.sock
                with closing(pinned.ask(connection, target)) as response:
                    location = response.get_redirect_location()
                    if not location:
                        return self._save(response)
            target = pinned.parse(location, base=target.url)
        raise DownloadFailed("The server redirects too often.")

    def _connect(self, target: pinned.Target) -> HTTPConnection:
        """A connection to the first of the host's addresses that answers."""
        *others, last = self._find(target.host, target.port)[:_MAX_ADDRESSES]
        for address in others:
            if self._is_cut.is_set():
                break
            with suppress(pinned.Passing, DownloadTimeout):
                return pinned.connect(target, address)
        return pinned.connect(target, last)

    def _save(self, response: HTTPResponse) -> None:
        size = response.length_remaining
        if size is not None and size > self._max_bytes:
            raise too_large(size, self._max_bytes)
        self.received, self.expected = 0, size or self._max_bytes
        with self._path.open("wb") as file:
            for piece in pinned.body(response):
                self.received += len(piece)
                if max(self.received, response.tell()) > self._max_bytes:
                    raise TooLarge(f"This file is larger than the limit of {self._max_bytes / 1e6:g} MB.")
                file.write(piece)
        if self.received == 0:
            raise EmptyInput("The file has zero bytes.")
