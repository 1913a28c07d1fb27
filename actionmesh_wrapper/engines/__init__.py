"""The engines, and the one protocol that they follow."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.request import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Step, Warn


class Show(Protocol):
    """Takes what an engine has before it is done."""

    def masks(self, masks: NDArray[np.uint8]) -> None:
        """Takes the subject's masks, (T, H, W) uint8 of the size of the frames, 255 on the subject."""

    def anchor(self, mesh: Animation) -> None:
        """Takes the anchor frame's mesh, an animation of one key, long before the others."""


class Unseen:
    """A `Show` that looks away."""

    def masks(self, masks: NDArray[np.uint8]) -> None:
        """Does nothing."""

    def anchor(self, mesh: Animation) -> None:
        """Does nothing."""


class Engine(Protocol):
    """Turns frames into an animation. Loaded once, used for every job."""

    @property
    def name(self) -> str:
        """What the result calls it."""

    @property
    def revision(self) -> str:
        """What its output hangs on besides the worker's version: the revisions of weights and code."""

    @property
    def accelerated(self) -> tuple[str, ...]:
        """The changes that make it faster, by name."""

    def stages(self, options: Options, num_frames: int) -> Mapping[str, float]:
        """The stages of such a job in order, each with its usual share of the engine's time."""

    @property
    def honours(self) -> frozenset[str]:
        """The fields of `Options` it heeds; the job warns of any other that the caller has set."""

    def accept(self, options: Options, *, mesh: bool) -> None:
        """Looks whether it can do a job, before anything is fetched for it.

        Args:
            options: the caller's wishes.
            mesh: whether the caller brings a mesh.

        Raises:
            JobError: if it cannot, such as `GpuTooSmall`.
        """

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
        """Makes the animation.

        Args:
            frames: what to animate; `Frames.has_alpha` says that alpha is the mask.
            options: the caller's wishes; None means the engine's default.
            step: is called as parts of the engine's stages get done; may raise `Cancelled`.
            warn: takes what the caller should know.
            show: takes the masks, and the anchor's mesh where there is one early; the latter perhaps in
                another thread.
            mesh: the caller's own, an animation of one key: the subject as it stands in the anchor frame. The
                answer then has its vertices' order, faces, uv and texture. Only where `accept` took one.

        Returns:
            As many keys as ``frames``, at ``frames.fps``; with ``options.subsampling`` L > 1, and an engine
            that honours it, (T - 1) 2^(L - 1) + 1 keys at 2^(L - 1) times that rate.

        Raises:
            EngineError: `SubjectNotFound` and the like.
        """
