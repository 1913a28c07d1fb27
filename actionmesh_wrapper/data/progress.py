"""What a step reports while it runs: progress, warnings, early results; and the meter of a whole job."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation

LOW_CONFIDENCE = "MASK_LOW_CONFIDENCE"
"""The code of a `Notice` that masks may be wrong; then the caller gets to see them."""


@dataclass(frozen=True)
class Notice:
    """One warning.

    Attributes:
        code: stable, upper case, such as ``OPTION_IGNORED``.
        message: one or two sentences for the caller, free of paths and host names.
    """

    code: str
    message: str


Warn = Callable[[Notice], None]
"""What a step is handed to warn the caller with."""


@dataclass(frozen=True)
class Progress:
    """Where a job stands.

    Attributes:
        stage: the step at work: ``fetch``, ``sample``, one of the engine's stages, ``export``, ``preview``
            or ``upload``.
        index: how many parts of the stage are done, 0 to ``of``.
        of: how many parts the stage has, at least 1.
        percent: share of the whole job that is done, 0 to 100, never falling.
        eta_s: seconds left, by that share and the time so far; None while there is too little of both.
        early: links to what is there before the end, by name, such as ``anchor_mesh``.
    """

    stage: str
    index: int
    of: int
    percent: float
    eta_s: float | None = None
    early: Mapping[str, str] = field(default_factory=dict)


Step = Callable[[str, int, int], None]
"""What an engine is handed: called with a stage, how many parts of it are done, and of how many.

It may raise `Cancelled`; let it pass.
"""


StageStep = Callable[[int, int], None]
"""A `Step` of one stage: call it with how many parts of it are done, of how many."""


def _nobody(*_: object) -> None:
    """Stands for a listener who is not there."""


@dataclass(frozen=True)
class Listener:
    """Who listens to an engine while it works; by default nobody does.

    Attributes:
        step: is called as parts of the engine's stages get done; may raise `Cancelled`.
        warn: takes what the caller should know.
        masks: takes the subject's masks, (T, H, W) uint8 of the size of the frames, 255 on the subject.
        anchor: takes the anchor frame's mesh, an animation of one key, long before the others; perhaps in
            another thread.
        so_far: takes those keys of the animation that are there, as an animation of them alone, and which of
            its keys they are, in order; is called again as there are more.
        waited: takes the seconds of a wait for a turn, in the stage that was told last, once it is over.
    """

    step: Step = _nobody
    warn: Warn = _nobody
    masks: Callable[[NDArray[np.uint8]], None] = _nobody
    anchor: Callable[[Animation], None] = _nobody
    so_far: Callable[[Animation, Sequence[int]], None] = _nobody
    waited: Callable[[float], None] = _nobody

    def stage(self, name: str) -> StageStep:
        """The `StageStep` of one of the engine's stages."""
        return lambda index, of: self.step(name, index, of)


WAIT = "wait"
"""What the seconds are called in which a job waited for its turn; no stage of its own."""
ETA_FROM_PERCENT = 5.0  # below it a guess of the time left is no better than none


class Meter:
    """A `Step` that turns "part ``index`` of ``of`` of ``stage``" into a `Progress` of the whole job.

    It also notes how long each stage takes: from its first call to the first call of another. Threads may
    share it.

    Args:
        shares: each stage's name, in order, with its expected share of the time (any unit).
        report: is handed every `Progress`; what it raises passes through.
        clock: monotonic seconds.
        turns: stages next to each other that are worked on in turns.
    """

    def __init__(
        self,
        shares: Mapping[str, float],
        report: Callable[[Progress], None],
        clock: Callable[[], float] = time.perf_counter,
        turns: Collection[str] = (),
    ) -> None:
        self._turns, self._done = turns, dict.fromkeys(turns, 0.0)
        self._spans: dict[str, tuple[float, float]] = {}
        self.plan(shares)
        self._report = report
        self._clock = clock
        self._lock = threading.Lock()
        self._start = clock()
        self._percent = 0.0
        self._stage: str | None = None
        self._since = 0.0
        self._timings: dict[str, float] = {}
        self._early: Mapping[str, str] = {}
        self._last: Progress | None = None

    def plan(self, shares: Mapping[str, float]) -> None:
        """Sets the shares, or sets them anew once more is known; ``percent`` never falls by that."""
        total, start = sum(shares.values()), 0.0
        for stage, share in shares.items():
            self._spans[stage] = (start, share * 100 / total)
            start += share * 100 / total

    def __call__(self, stage: str, index: int, of: int) -> None:
        with self._lock:
            self._enter(stage)
            self._percent = min(100.0, max(self._percent, round(self._reached(stage, index / of), 1)))
            self._tell(Progress(stage, index, of, self._percent, self._eta_s(), self._early))

    def announce(self, name: str, url: str) -> None:
        """Tells, at once and from now on with every `Progress`, where something is before the end."""
        with self._lock:
            self._early = {**self._early, name: url}
            if self._last is not None:
                self._tell(replace(self._last, early=self._early))

    def waited(self, seconds: float) -> None:
        """Takes so many seconds of the present stage, just over, for a wait for a turn."""
        with self._lock:
            self._enter(stage := self._stage)
            assert stage is not None, "a wait is a part of a stage"
            seconds = min(seconds, self._timings[stage])
            self._timings[stage] -= seconds
            self._timings[WAIT] = self._timings.get(WAIT, 0.0) + seconds
            self._start += seconds

    def stage(self, name: str) -> StageStep:
        """Enters a stage and returns its `StageStep`."""
        self(name, 0, 1)
        return lambda index, of: self(name, index, of)

    def timings_s(self) -> dict[str, float]:
        """Seconds spent in each stage so far, the present one included, in order."""
        self._enter(self._stage)
        return {stage: round(seconds, 3) for stage, seconds in self._timings.items()}

    def _reached(self, stage: str, share: float) -> float:
        """How many percent are done with this share of a stage."""
        start, span = self._spans[stage]
        if stage not in self._turns:
            return start + span * share
        self._done[stage] = share
        spans = {name: self._spans[name] for name in self._turns if name in self._spans}
        first = min(start for start, _ in spans.values())
        return first + sum(span * self._done[name] for name, (_, span) in spans.items())

    def _tell(self, progress: Progress) -> None:
        self._last = progress
        self._report(progress)

    def _eta_s(self) -> float | None:
        if self._percent < ETA_FROM_PERCENT:
            return None
        return round((self._since - self._start) * (100 - self._percent) / self._percent, 1)

    def _enter(self, stage: str | None) -> None:
        now = self._clock()
        if self._stage is not None:
            self._timings[self._stage] = self._timings.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now
