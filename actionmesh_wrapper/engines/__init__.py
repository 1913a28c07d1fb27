"""The engines, and the one protocol that they follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from actionmesh_wrapper.contract.engines import EngineFacts
from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Listener


@dataclass(frozen=True, eq=False)
class Task:
    """What an engine is to animate.

    Attributes:
        frames: T pictures; `Frames.has_alpha` says that alpha is the mask.
        options: the caller's; None means the engine's default.
        mesh: the caller's own, an animation of one key: the subject as it stands in the anchor frame. None:
            the engine makes one.
    """

    frames: Frames
    options: Options
    mesh: Animation | None = None


class Engine(Protocol):
    """Turns frames into an animation. Loaded once, used for every job."""

    @property
    def facts(self) -> EngineFacts:
        """What is known of it without loading it."""

    @property
    def revision(self) -> str:
        """What its output hangs on besides the worker's version: the revisions of weights and code."""

    @property
    def accelerated(self) -> tuple[str, ...]:
        """The changes that make it faster, by name."""

    def stages(self, options: Options, num_frames: int) -> Mapping[str, float]:
        """The stages of such a job in order, each with the time that it usually takes, in any unit."""

    def accept(self, options: Options, *, mesh: bool) -> None:
        """Looks whether it can do a job, before anything is fetched for it.

        Args:
            options: the caller's.
            mesh: whether the caller brings a mesh.

        Raises:
            JobError: if it cannot, such as `GpuTooSmall`.
        """

    def find_masks(self, task: Task, listener: Listener) -> None:
        """Tells the listener the masks that `animate` would take, and makes no more than these.

        Its one stage is the first of `stages`.

        Raises:
            EngineError: `SubjectNotFound` and the like.
        """

    def animate(self, task: Task, listener: Listener) -> Animation:
        """Makes the animation.

        Args:
            task: what to animate; with a mesh only where `accept` took one.
            listener: is told of progress, warnings, the masks, and the anchor's mesh if it is there early.

        Returns:
            As many keys as there are frames, at ``frames.fps``; with ``options.subsampling`` L > 1, and an
            engine that heeds it, (T - 1) 2^(L - 1) + 1 keys at 2^(L - 1) times that rate. With a mesh, its
            vertices' order, faces, uv and texture.

        Raises:
            EngineError: `SubjectNotFound` and the like.
        """
