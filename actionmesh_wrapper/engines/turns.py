"""One job at a time on an engine that several jobs share."""

import threading
from collections.abc import Mapping

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.engines import Engine, Show
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

    @property
    def name(self) -> str:
        """The engine's."""
        return self._engine.name

    @property
    def revision(self) -> str:
        """The engine's."""
        return self._engine.revision

    @property
    def accelerated(self) -> tuple[str, ...]:
        """The engine's."""
        return self._engine.accelerated

    def stages(self, options: Options, num_frames: int) -> Mapping[str, float]:
        """The engine's."""
        return self._engine.stages(options, num_frames)

    @property
    def honours(self) -> frozenset[str]:
        """The engine's."""
        return self._engine.honours

    def accept(self, options: Options, *, mesh: bool) -> None:
        """Asks the engine."""
        self._engine.accept(options, mesh=mesh)

    def animate(
        self,
        frames: Frames,
        options: Options,
        step: Step,
        warn: Warn,
        show: Show,
        *,
        mesh: Animation | None = None,
    ) -> Animation:
        """Waits for its turn, then animates."""
        first = next(iter(self.stages(options, len(frames))))
        step(first, 0, 1)
        while not self._lock.acquire(timeout=LOOK_S):
            step(first, 0, 1)
        try:
            return self._engine.animate(frames, options, step, warn, show, mesh=mesh)
        finally:
            self._lock.release()
