"""The engines, and the one protocol that they follow."""

from collections.abc import Mapping
from typing import Protocol

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.notice import Warn
from actionmesh_wrapper.progress import Step
from actionmesh_wrapper.request import Options


class Engine(Protocol):
    """Turns frames into an animation. Loaded once, used for every job."""

    @property
    def name(self) -> str:
        """What the result calls it."""

    @property
    def stages(self) -> Mapping[str, float]:
        """Its stages in order, each with its usual share of the engine's time."""

    @property
    def honours(self) -> frozenset[str]:
        """The fields of `Options` it heeds; the job warns of any other that the caller has set."""

    def animate(self, frames: Frames, options: Options, step: Step, warn: Warn) -> Animation:
        """Makes the animation.

        Args:
            frames: what to animate; `Frames.has_alpha` says that alpha is the mask.
            options: the caller's wishes; None means the engine's default.
            step: is called as parts of the engine's stages get done; may raise `Cancelled`.
            warn: takes what the caller should know.

        Returns:
            As many keys as ``frames``, at ``frames.fps``.

        Raises:
            EngineError: `SubjectNotFound` and the like.
        """
