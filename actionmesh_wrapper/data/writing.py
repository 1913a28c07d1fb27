"""What a writer of a job's files is handed, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import StageStep, Warn

if TYPE_CHECKING:
    from actionmesh_wrapper.data.film_camera import FilmView

Profile = Literal["standard", "quantized", "compact"]
"""How ``animated_mesh.glb`` is stored: each smaller than the one before, and opened by fewer tools."""


@dataclass(frozen=True)
class Tools:
    """What a worker makes files with.

    Attributes:
        blender: the program, or None where there is none.
        renderer: draws the preview, a `preview.renderer.Renderer`; None: NumPy does.
    """

    blender: Path | None = None
    renderer: Any = None


@dataclass(frozen=True)
class Written:
    """Files that were written; two of these together are one by ``|``.

    Attributes:
        files: all, none twice.
        result_fields: what the result says of them, by its fields' names, such as ``animated_mesh_info``.
    """

    files: tuple[Path, ...] = ()
    result_fields: Mapping[str, object] = field(default_factory=dict)

    def __or__(self, other: "Written") -> "Written":
        return Written(self.files + other.files, {**self.result_fields, **other.result_fields})


@dataclass(frozen=True, eq=False)
class WriteJob:
    """What a writer is handed.

    Attributes:
        made: the mesh, or None of a job that makes only what needs none.
        taken: the frames that it was made from, or None of a mesh that is of an earlier job.
        masks: (T, H, W) uint8, or None of an engine that takes none.
        folder: for the files; exists.
        extras: JSON values that say how the mesh was made, for the files' own extras.
        profile: that is asked for of ``animated_mesh.glb``.
        tools: what may be used.
        warn: takes what was left out, and why: no reason to lose a job.
        step: is called with what is done, of how much; what it raises passes through.
        before: what the kinds before this one have written.
        mesh_bytes: that ``animated_mesh.glb`` may have; None: any.
        keyframe_error: how far a key that it leaves out may be off, as a share of the longest side of the box
            around all frames; 0: all are kept.
        film: the camera that filmed the frames, where it was found.
    """

    made: Animation | None
    taken: Frames | None
    masks: NDArray[np.uint8] | None
    folder: Path
    extras: Mapping[str, object]
    profile: Profile
    tools: Tools
    warn: Warn
    step: StageStep = lambda _done, _of: None
    before: Written = Written()
    mesh_bytes: int | None = None
    keyframe_error: float = 0.0
    film: "FilmView | None" = None

    @property
    def animation(self) -> Animation:
        """The mesh, for writers of kinds that need one."""
        assert self.made is not None
        return self.made

    @property
    def frames(self) -> Frames:
        """The frames, for writers of kinds that show the clip."""
        assert self.taken is not None
        return self.taken


Writer = Callable[[WriteJob], Written]
"""Writes the files of a kind; none, with a warning, where this worker lacks what it takes.

Raises `ExportFailed` if a file could not be written.
"""
