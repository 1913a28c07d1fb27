"""URL → file: over public addresses only, with bounds on size and time, tried again where that may help."""

import math
import random
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path

from urllib3.connection import HTTPConnection
from urllib3.response import HTTPResponse

from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import (
    DownloadFailed,
    DownloadIncomplete,
    DownloadTimeout,
    EmptyInput,
    TooLarge,
)
from actionmesh_wrapper.source import pinned
from actionmesh_wrapper.source.own_bucket import OwnBucket
from actionmesh_wrapper.source.resume import Version
from actionmesh_wrapper.system.addresses import Resolve, any_addresses, public_addresses
from actionmesh_wrapper.system.files import no_partial

DOWNLOAD_S = 300.0  # for all of it, tries and redirects included; 100 MB at 3 Mbit/s

_TRIES = 4  # one after another that bring nothing new
_PAUSE_S = 0.25  # at most, before the next try; doubled by each that brought nothing
_MAX_WAIT_S = 10.0  # where a busy server names a time
_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 4  # of a host, tried one after another
_TICK_S = 0.25  # how soon a cancel is noticed
_PLAUSIBLE_BYTES = 10**11  # a file that is said to be larger is called just too large


def download(
    url: str,
    path: Path,
    *,
    max_bytes: int,
    step: StageStep,
    seconds: float = DOWNLOAD_S,
    find: Resolve = public_addresses,
    own: OwnBucket | None = None,
) -> None:
    """Downloads a file, and goes on where the server breaks off, if it can send the rest alone.

    A host is looked up once for each request, and what it answers is what is connected to. So neither a
    redirect, nor a second answer of the resolver, nor a proxy of the environment leads elsewhere.

    Args:
        url: http or https, without user name and password.
        path: the file to write; after an error there is none.
        max_bytes: the largest file taken, both as sent and decompressed.
        step: is called with the bytes that came and those expected; may raise `Cancelled`.
        seconds: for all of it.
        find: looks up hosts and refuses addresses.
        own: a bucket whose signed links may lead anywhere, whatever ``find`` says.

    Raises:
        UrlNotAllowed: if the URL, or one that it redirects to, may not be asked for.
        DownloadTimeout: if it takes too long.
        DownloadIncomplete: if less came than was promised, at the last try too.
        DownloadFailed: if the server cannot be reached or refuses, at the last try too.
        TooLarge, EmptyInput: if the file is of no use.
    """
    transfer = _Transfer(path, max_bytes, find, own)
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


def _watch(transfer: "_Transfer", task: Future[None], step: StageStep, seconds: float) -> None:
    """Returns when the task has ended, however it did; tells what has come until then, at its end too."""
    deadline = time.monotonic() + seconds
    while True:
        is_over = task.done()
        received = transfer.received
        step(received, max(transfer.expected, received, 1))
        if is_over:
            return
        if time.monotonic() > deadline:
            raise DownloadTimeout(f"The download took longer than {seconds:g} s.")
        wait([task], _TICK_S)


def too_large(size: int, limit: int) -> TooLarge:
    """The error for a file of so many bytes, rounded up so that it never looks like the limit."""
    if size > _PLAUSIBLE_BYTES:
        return TooLarge(f"This file is larger than the limit of {limit / 1e6:g} MB.")
    return TooLarge(f"This file is {math.ceil(size / 1e5) / 10:g} MB; the limit is {limit / 1e6:g} MB.")


def _pause_s(fruitless: int, error: DownloadFailed) -> float:
    """How long to wait after so many tries that brought nothing: some time, so that not all come at once."""
    most = _PAUSE_S * 2**fruitless
    asked = min(error.after_s, _MAX_WAIT_S) if isinstance(error, pinned.TransientFailure) else 0.0
    return max(random.uniform(0, most), asked)  # noqa: S311 – it spreads tries and guards nothing


class _Transfer:
    """One download, run in a thread of its own, so that another can watch it and cut it off.

    Attributes:
        received: bytes of the file so far; they are on the disk.
        expected: bytes in all, or the most there may be while that is not known.
    """

    def __init__(self, path: Path, max_bytes: int, find: Resolve, own: OwnBucket | None) -> None:
        self.received = 0
        self.expected = max_bytes
        self._path = path
        self._max_bytes = max_bytes
        self._find = find
        self._own = own
        self._version: Version | None = None  # of what was received, where the rest of it can be asked for
        self._furthest = 0  # bytes; what goes beyond is new
        self._socket: socket.socket | None = None
        self._is_cut = threading.Event()

    def run(self, url: str) -> None:
        """Tries until it works or is of no use."""
        fruitless = 0
        while True:
            try:
                return self._follow(url)
            except (pinned.TransientFailure, DownloadIncomplete, DownloadTimeout) as error:
                fruitless = 0 if self.received > self._furthest else fruitless + 1
                self._furthest = max(self._furthest, self.received)
                if isinstance(error, pinned.NotResumed):
                    self._version = None
                is_mute = isinstance(error, DownloadTimeout) and self._furthest == 0  # it never sent a byte
                if is_mute or fruitless == _TRIES or self._is_cut.wait(_pause_s(fruitless, error)):
                    raise

    def cut(self) -> None:
        """Shuts the connection that is open now; to be called again until `run` has ended."""
        self._is_cut.set()
        if self._socket is not None:
            with suppress(OSError):  # it was closed meanwhile
                self._socket.shutdown(socket.SHUT_RDWR)

    def _follow(self, url: str) -> None:
        target = pinned.parse(url)
        range_headers = self._version.rest(self.received) if self._version else {}
        for _ in range(_MAX_REDIRECTS + 1):
            with closing(self._connect(target)) as connection:
                self._socket = connection.sock
                with closing(pinned.request(connection, target, range_headers)) as response:
                    location = response.get_redirect_location()
                    if not location:
                        return self._save(response)
            target = pinned.parse(location, base=target.url)
        raise DownloadFailed("The server redirects too often.")

    def _connect(self, target: pinned.Target) -> HTTPConnection:
        """A connection to the first of the host's addresses that answers."""
        find = any_addresses if self._own and self._own.signed(target) else self._find
        *others, last = find(target.host, target.port)[:_MAX_ADDRESSES]
        for address in others:
            if self._is_cut.is_set():
                break
            with suppress(pinned.TransientFailure, DownloadTimeout):
                return pinned.connect(target, address)
        return pinned.connect(target, last)

    def _save(self, response: HTTPResponse) -> None:
        """Writes all of the file, or the rest of it behind what is there."""
        if self._version and pinned.is_partial(response):
            self._version = self._version.continued(response, self.received)
            self._furthest = self.received
            size, mode = self._version.size, "ab"
        else:
            self.received, self._version = 0, Version.of(response)
            size, mode = response.length_remaining, "wb"
        if size is not None and size > self._max_bytes:
            raise too_large(size, self._max_bytes)
        self.expected = size or self._max_bytes
        with self._path.open(mode) as file:
            for piece in pinned.body(response):
                self.received += len(piece)
                if max(self.received, response.tell()) > self._max_bytes:
                    raise TooLarge(f"This file is larger than the limit of {self._max_bytes / 1e6:g} MB.")
                file.write(piece)
        if self.received == 0:
            if not pinned.tells_its_end(response):  # it hung up, perhaps in the headers
                raise DownloadIncomplete(pinned.BROKE_OFF)
            raise EmptyInput("The file has zero bytes.")
        if self._version and self._version.size not in {None, self.received}:
            raise DownloadIncomplete(pinned.BROKE_OFF)
