"""One job at a time on an engine that several jobs share."""

import threading
from collections.abc import Mapping

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.notice import Warn
from actionmesh_wrapper.progress import Step
from actionmesh_wrapper.request import Options

LOOK_S = 0.2  # how soon a waiting job notices that it was cancelled


class Turns:
    """An `Engine` that runs another, one job after the other; a job that waits can be cancelled."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._first = next(iter(engine.stages))

    @property
    def name(self) -> str:
        """The engine's."""
        return self._engine.name

    @property
    def stages(self) -> Mapping[str, float]:
        """The engine's."""
        return self._engine.stages

    @property
    def honours(self) -> frozenset[str]:
        """The engine's."""
        return self._engine.honours

    def animate(self, frames: Frames, options: Options, step: Step, warn: Warn) -> Animation:
        """Waits for its turn, then animates."""
        step(self._first, 0, 1)
        while not self._lock.acquire(timeout=LOOK_S):
            step(self._first, 0, 1)
        try:
            return self._engine.animate(frames, options, step, warn)
        finally:
            self._lock.release()
