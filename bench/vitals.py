"""What a process holds, seen from outside in /proc, and whether that grows. Linux alone."""

import ctypes
import math
import os
import re
import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

MEGABYTE = 1e6
KIB = 1024
PR_SET_CHILD_SUBREAPER = 36
BIN = 10  # jobs; within so many all kinds of them occur, so their medians can be compared


@dataclass(frozen=True)
class Vitals:
    """What a process holds at one moment.

    Attributes:
        rss_mb: its memory, in 10⁶ bytes.
        threads: its threads.
        files: its open files, sockets and pipes.
        processes: those that it, or they, started and that still run.
        jobs_mb: what lies in its folder of jobs, in 10⁶ bytes.
        temp_mb: what lies in its folder for temporary files.
    """

    rss_mb: float
    threads: float
    files: float
    processes: float
    jobs_mb: float
    temp_mb: float


@dataclass(frozen=True)
class Slope:
    """A least squares line's slope and its standard error, a 100 jobs."""

    per_100: float
    error: float

    def exceeds(self, allowed: float) -> bool:
        """Whether it is larger than that beyond chance: by more than twice its error."""
        return self.per_100 - 2 * self.error > allowed


def vitals(pid: int, jobs_dir: Path, temp_dir: Path) -> Vitals | None:
    """What a process holds now; None if it has ended."""
    proc = Path(f"/proc/{pid}")
    try:
        status = (proc / "status").read_text()
        files = len(list((proc / "fd").iterdir()))
    except OSError:
        return None
    told = dict(re.findall(r"^(VmRSS|Threads):\s+(\d+)", status, re.MULTILINE))
    if "VmRSS" not in told:  # it is a zombie
        return None
    return Vitals(
        rss_mb=int(told["VmRSS"]) * KIB / MEGABYTE,
        threads=int(told["Threads"]),
        files=files,
        processes=len(descendants(pid)),
        jobs_mb=_size(jobs_dir) / MEGABYTE,
        temp_mb=_size(temp_dir) / MEGABYTE,
    )


def descendants(pid: int) -> list[int]:
    """The living processes that a process started, and those that these did."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                children.setdefault(int(parent), []).append(int(stat.parent.name))
    found, todo = [], [pid]
    while todo:
        of_one = children.get(todo.pop(), [])
        found += of_one
        todo += of_one
    return found


def adopt_orphans() -> None:
    """Makes this process the parent of whatever its descendants leave behind."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def slope(xs: Sequence[float], ys: Sequence[float]) -> Slope:
    """The slope of ``ys`` over ``xs``, a 100 of these; NaN where there are fewer than three."""
    if len(xs) < 3:
        return Slope(math.nan, math.nan)
    mean_x = statistics.fmean(xs)
    spread = sum((x - mean_x) ** 2 for x in xs)
    line = statistics.linear_regression(xs, ys)
    rest = sum((y - line.slope * x - line.intercept) ** 2 for x, y in zip(xs, ys, strict=True))
    return Slope(100 * line.slope, 100 * math.sqrt(rest / (len(xs) - 2) / spread))


def binned(
    samples: Sequence[tuple[int, Vitals]], *, from_job: int
) -> tuple[list[float], dict[str, list[float]]]:
    """Medians over every `BIN` jobs from one on, for samples beside each other say the same.

    Args:
        samples: how many jobs had ended, and what the process held.
        from_job: what came before it is left out.

    Returns:
        The middle of each bin, and for each of the vitals its medians.
    """
    bins: dict[int, list[Vitals]] = {}
    for job, sample in samples:
        if job >= from_job:
            bins.setdefault((job - from_job) // BIN, []).append(sample)
    middles = [from_job + (number + 0.5) * BIN for number in sorted(bins)]
    names = list(Vitals.__dataclass_fields__)
    rows = [[asdict(sample) for sample in bins[number]] for number in sorted(bins)]
    return middles, {name: [statistics.median(each[name] for each in row) for row in rows] for name in names}


def _size(folder: Path) -> int:
    """Bytes in a folder, whatever is written and removed in it meanwhile."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).lstat().st_size
    return total
