"""What a job takes of the machine, looked at many times a second while it runs."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
CAN_WATCH = (PROC / "self/status").is_file()
_EVERY_S = 0.02
_KB = 1024
_ENDING_S = 10.0  # that a process which was told to end may take on a busy machine


@dataclass
class Peaks:
    """The most that was seen, in bytes.

    Attributes:
        own: resident memory of this process beyond what it had at the start.
        child: resident memory of the largest child process.
        space: address space of the child that had most of it.
        disk: all files below the folder.
    """

    own: int = 0
    child: int = 0
    space: int = 0
    disk: int = 0
    over: threading.Event = field(default_factory=threading.Event, repr=False)


@contextmanager
def watching(folder: Path) -> Iterator[Peaks]:
    """Watches this process, its children and a folder; where there is no /proc, nothing is seen."""
    peaks = Peaks()
    start = _status(os.getpid()).get("VmRSS", 0) if CAN_WATCH else 0
    thread = threading.Thread(target=_watch, args=(peaks, folder, start))
    if CAN_WATCH:
        thread.start()
    try:
        yield peaks
    finally:
        peaks.over.set()
        if CAN_WATCH:
            thread.join()


def children() -> list[int]:
    """The ids of this process's children; until they run a program of their own, our memory is theirs."""
    found, ours = [], (PROC / "self/cmdline").read_bytes()
    for process in (entry for entry in PROC.iterdir() if entry.name.isdigit()):
        with suppress(OSError):  # it has ended
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and (process / "cmdline").read_bytes() != ours:
                found.append(int(process.name))
    return found


def left_over() -> list[str]:
    """The names of children that do not end."""
    over = time.monotonic() + _ENDING_S
    while (left := children()) and time.monotonic() < over:
        time.sleep(_EVERY_S)
    return [_name(process) for process in left]


def _name(process: int) -> str:
    with suppress(OSError):
        return (PROC / str(process) / "comm").read_text().strip()
    return ""


def _watch(peaks: Peaks, folder: Path, start: int) -> None:
    while not peaks.over.wait(_EVERY_S):
        peaks.own = max(peaks.own, _status(os.getpid()).get("VmRSS", 0) - start)
        for child in children():
            status = _status(child)
            peaks.child = max(peaks.child, status.get("VmHWM", 0))
            peaks.space = max(peaks.space, status.get("VmPeak", 0))
        peaks.disk = max(peaks.disk, _size(folder))


def _status(process: int) -> dict[str, int]:
    """A process's memory by kind, in bytes; empty if it has ended."""
    with suppress(OSError):
        lines = (PROC / str(process) / "status").read_text().splitlines()
        pairs = (line.split(":\t", 1) for line in lines if line.startswith("Vm"))
        return {name: int(value.removesuffix(" kB")) * _KB for name, value in pairs}
    return {}


def _size(folder: Path) -> int:
    size = 0
    for parent, _, files in os.walk(folder):  # which passes over folders that are gone
        for file in files:
            with suppress(OSError):  # it was just removed
                size += (Path(parent) / file).stat().st_size
    return size
