"""Runs a command that reads hostile data: limited in time, memory, output and files, and killed for sure."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Self

from actionmesh_wrapper.system import limited_exec

_TICK_S = 0.25  # how soon a cancel is noticed while the command is silent
_CHUNK_BYTES = 1 << 16  # what a pipe holds on Linux
_LOG_BYTES = 4096  # the end of stderr; the cause is said last
_ENVIRONMENT = {"LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"}  # no proxies, no keys, no search paths

_Cause = Literal["time", "output"]


@dataclass(frozen=True)
class Limits:
    """What a command may use before it is killed.

    Attributes:
        seconds: of wall time.
        cpu_seconds: of processor time over all its threads.
        memory_bytes: of address space (not enforced by macOS).
        output_bytes: on stdout.
        file_bytes: of each file it writes.
    """

    seconds: float
    cpu_seconds: int
    memory_bytes: int
    output_bytes: int
    file_bytes: int


@dataclass(frozen=True)
class Completed:
    """How a command ended.

    Attributes:
        code: its exit status; negative if a signal ended it.
        output: all of its stdout, writable.
        log: the end of its stderr.
    """

    code: int
    output: bytearray
    log: str


class LimitExceeded(Exception):
    """The command was killed because it took too long or said too much.

    Attributes:
        cause: ``"time"`` or ``"output"``.
        log: the end of its stderr.
    """

    def __init__(self, cause: _Cause, log: str) -> None:
        super().__init__(f"killed at its limit of {cause}")
        self.cause: _Cause = cause
        self.log = log


def paths_of_ours() -> dict[str, str]:
    """The variable by which a Python that runs contained finds the modules that this process finds."""
    return {"PYTHONPATH": os.pathsep.join(path or os.curdir for path in sys.path)}


def run(
    command: list[str],
    *,
    limits: Limits,
    stdin: Path | None = None,
    feed: Iterable[bytes] | None = None,
    tick: Callable[[int], None] = lambda _: None,
    environment: Mapping[str, str] = {},
) -> Completed:
    """Runs a command in a process group of its own and waits for its end. It does not outlive us.

    Whatever is raised meanwhile, by ``feed`` and ``tick`` too, passes through once the group is killed.

    Args:
        command: an absolute path and its arguments.
        limits: what it may use.
        stdin: a file that becomes its stdin, where it can seek; nothing by default.
        feed: is written to its stdin instead, piece by piece, each asked for when the last is written.
        tick: is called with the number of bytes of output so far, several times a second.
        environment: more variables for it; of ours it gets none.

    Raises:
        LimitExceeded: if it ran out of time or wrote more than it may.
    """
    deadline = time.monotonic() + limits.seconds
    next_tick = 0.0
    with (
        _process_group(command, limits, stdin, environment, piped=feed is not None) as process,
        _Pump(process, feed or (), limits.output_bytes) as pump,
    ):
        while pump.is_open:
            now = time.monotonic()
            if now > deadline:
                raise LimitExceeded("time", pump.log)
            if now >= next_tick:
                tick(len(pump.output))
                next_tick = now + _TICK_S
            pump.move(min(_TICK_S, deadline - now))
        try:
            code = process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired as error:
            raise LimitExceeded("time", pump.log) from error
        return Completed(code, pump.output, pump.log)


@contextmanager
def _process_group(
    command: list[str], limits: Limits, stdin: Path | None, environment: Mapping[str, str], *, piped: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """The command under its limits as the leader of a process group that is gone afterwards."""
    numbers = (os.getpid(), limits.memory_bytes, limits.cpu_seconds, limits.file_bytes)
    with open(stdin or os.devnull, "rb") as file:  # noqa: PTH123 - os.devnull is no Path
        process = subprocess.Popen(  # noqa: S603 - an argument list, no shell
            [sys.executable, "-I", "-S", limited_exec.__file__, *map(str, numbers), *command],
            stdin=subprocess.PIPE if piped else file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**_ENVIRONMENT, **environment},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError, PermissionError):  # none of the group is left; macOS's word for it
            os.killpg(process.pid, signal.SIGKILL)  # a shell script may have ended before what it started
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


class _Pump:
    """Moves bytes to and from a process without ever blocking on one of its streams.

    Attributes:
        output: its stdout so far.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], feed: Iterable[bytes], max_output_bytes: int
    ) -> None:
        self.output = bytearray()
        self._log = b""
        self._max_output_bytes = max_output_bytes
        self._feed = iter(feed)
        self._pending = memoryview(b"")
        self._selector = selectors.DefaultSelector()
        self._register(process.stdout, selectors.EVENT_READ, self._read_output)
        self._register(process.stderr, selectors.EVENT_READ, self._read_log)
        self._register(process.stdin, selectors.EVENT_WRITE, self._write)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    @property
    def is_open(self) -> bool:
        """Whether any of the process's streams is still open."""
        return bool(self._selector.get_map())

    @property
    def log(self) -> str:
        """The end of stderr so far."""
        return self._log.decode(errors="replace")

    def move(self, seconds: float) -> None:
        """Moves what can be moved; waits at most so long for something that can."""
        for key, _ in self._selector.select(seconds):
            stream, handle = key.data
            if not handle(key.fd):
                self._selector.unregister(stream)
                stream.close()

    def _register(self, stream: IO[bytes] | None, event: int, handle: Callable[[int], bool]) -> None:
        if stream is not None:
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, event, (stream, handle))

    def _read_output(self, fd: int) -> bool:
        chunk = os.read(fd, _CHUNK_BYTES)
        if len(self.output) + len(chunk) > self._max_output_bytes:
            raise LimitExceeded("output", self.log)
        self.output += chunk
        return bool(chunk)

    def _read_log(self, fd: int) -> bool:
        chunk = os.read(fd, _CHUNK_BYTES)
        self._log = (self._log + chunk)[-_LOG_BYTES:]
        return bool(chunk)

    def _write(self, fd: int) -> bool:
        if not self._pending:
            piece = next(self._feed, None)
            if piece is None:
                return False
            self._pending = memoryview(piece)
        try:
            self._pending = self._pending[os.write(fd, self._pending) :]
        except BrokenPipeError:  # it has read enough or failed; its exit status tells which
            return False
        return True
