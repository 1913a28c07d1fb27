"""What a job takes by stage, by any meter: our engine tells of its stages, upstream is made to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from actionmesh_wrapper.data.progress import Step

R = TypeVar("R")

STAGES = ("masks", "stage_0", "extraction", "context", "stage_1", "stage_2")
"""As our engine tells of them; the first begins with the job. Each ends where the next is told of."""

METHODS = {
    "init_banks_from_anchor": "stage_0",
    "encode_all_frames": "context",
    "generate_3d_latents": "stage_1",
    "generate_mesh_animation": "stage_2",
}
"""Upstream's methods, and the stage that begins with each."""


class ByStage:
    """How far a meter goes in each stage of a job; a step of the engine's.

    Args:
        read: the meter, which never goes back.

    Attributes:
        gained: by stage, of those that have ended.
    """

    def __init__(self, read: Callable[[], float]) -> None:
        self._read = read
        self._stage = STAGES[0]
        self._last = read()
        self.gained: dict[str, float] = {}

    def __call__(self, stage: str, _index: int, _of: int) -> None:
        """Ends the stage that runs if this is another one."""
        if stage != self._stage:
            self.end()
            self._stage = stage

    def end(self) -> None:
        """Ends the stage that runs."""
        now = self._read()
        self.gained[self._stage] = self.gained.get(self._stage, 0.0) + now - self._last
        self._last = now


def timed_by_stage(run: Callable[[Step], R], read: Callable[[], float]) -> tuple[R, dict[str, float]]:
    """What it gives, and how far a meter goes in each stage.

    Args:
        run: runs a job and tells of its stages.
        read: the meter.
    """
    stages = ByStage(read)
    result = run(stages)
    stages.end()
    return result, stages.gained


@contextmanager
def upstream_tells(pipe: Any, step: Step) -> Iterator[None]:
    """Has upstream's pipeline tell of its stages where our engine tells of them.

    Args:
        pipe: an ``ActionMeshPipeline``.
        step: is told of the beginning of each.
    """

    def telling(method: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def told(*args: Any, **kwargs: Any) -> Any:
            step(stage, 0, 1)
            if stage != "stage_0":
                return method(*args, **kwargs)
            decoder = pipe.image_to_3d_pipe.vae.decoder  # some modes have it only now
            handle = decoder.register_forward_hook(lambda *_: step("extraction", 0, 1))
            try:
                return method(*args, **kwargs)
            finally:
                handle.remove()

        return told

    for name, stage in METHODS.items():
        setattr(pipe, name, telling(getattr(pipe, name), stage))
    try:
        yield
    finally:
        for name in METHODS:
            delattr(pipe, name)
