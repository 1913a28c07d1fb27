"""How long a job will take, by those that this worker has done; and whether its host allows it so long."""

import logging
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from actionmesh_wrapper.data.progress import WAIT, Notice, Warn
from actionmesh_wrapper.errors import TimeoutTooShort

log = logging.getLogger(__name__)

KEPT = 8  # jobs that are looked back at
SURE = 2  # jobs of a kind that it takes to refuse another: the first may have waited for models
LASTING = ("preview",)  # stages that take as long for few frames as for many; the others grow with them


@dataclass(frozen=True)
class Work:
    """What a job has to do.

    Attributes:
        kind: jobs of another are not compared with it.
        stages: of the engine, each with the time that it takes, in any unit; see `Engine.stages`.
        frames: how many.
    """

    kind: Hashable
    stages: Mapping[str, float]
    frames: int


class Pace:
    """The jobs that this worker has done since it started, the last few. Threads may share it."""

    def __init__(self) -> None:
        self._done: deque[tuple[Work, Mapping[str, float]]] = deque(maxlen=KEPT)

    def note(self, work: Work, timings_s: Mapping[str, float]) -> None:
        """Takes note of how long the stages of a job took, in seconds."""
        self._done.append((work, dict(timings_s)))

    def seconds(self, work: Work) -> list[float]:
        """How long a job takes from the engine's first stage on, by each earlier one of its kind.

        The engine's stages are scaled by what it says of their work, what follows by the number of frames.
        """
        return [
            sum(_scaled(stage, taken, of, work) for stage, taken in timings.items())
            for of, timings in tuple(self._done)
            if of.kind == work.kind
        ]


def _scaled(stage: str, taken: float, earlier: Work, work: Work) -> float:
    if stage in ("fetch", "sample", WAIT):  # over by then, or another job's doing
        return 0.0
    if stage in LASTING:
        return taken
    if usual := earlier.stages.get(stage):
        return taken * work.stages.get(stage, 0.0) / usual
    return taken * work.frames / earlier.frames


@dataclass(frozen=True)
class TimeLimit:
    """How long a job may take, told from how long others took.

    Attributes:
        pace: of the worker.
        seconds: that the host allows; None: it is not known, or there is no limit.
        clock: monotonic seconds.
        since: when the job began, by that clock.
    """

    pace: Pace = field(default_factory=Pace)
    seconds: float | None = None
    clock: Callable[[], float] = time.perf_counter
    since: float = field(default_factory=time.perf_counter)

    def check(self, work: Work, warn: Warn) -> None:
        """Looks whether there is time for what is to be done; without earlier jobs of the kind nobody knows.

        Args:
            work: all that comes from the engine's first stage on.
            warn: is told where it may be too much: by the slowest job so far, or by the only one.

        Raises:
            TimeoutTooShort: if it is too much even by the fastest of two or more.
        """
        known = self.pace.seconds(work)
        if self.seconds is None or not known:
            return
        left = self.seconds - (self.clock() - self.since)
        if max(known) <= left:
            return
        jobs = "one job of its kind" if len(known) == 1 else f"{len(known)} jobs of its kind"
        seen = f"by the {jobs} that this worker has done; its time-out leaves {max(left, 0):.0f} s."
        if min(known) > left and len(known) >= SURE:
            raise TimeoutTooShort(
                f"{work.frames} frames would take {min(known):.0f} s or more {seen} Allow the job more time, "
                "or take fewer frames or a faster mode."
            )
        told = f"{work.frames} frames may take up to {max(known):.0f} s {seen}"
        log.warning("%s", told)  # a job that is stopped tells nobody
        warn(Notice("TIMEOUT_NEAR", told))
