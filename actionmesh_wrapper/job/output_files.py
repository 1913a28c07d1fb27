"""The files of a job, by kind: what was asked for, made by `export` and `preview`."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.request import Profile, Recipe
from actionmesh_wrapper.contract.result import FileKind
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice, StageStep, Warn
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import (
    AnimatedMesh,
    usd_is_installed,
    write_animated_mesh,
    write_archive,
    write_blender,
    write_masks,
    write_meshes,
    write_usdz,
)
from actionmesh_wrapper.preview import NUMPY, Renderer, write_preview
from actionmesh_wrapper.storage import Storage

log = logging.getLogger(__name__)

# Most important first: that is what an answer with little room keeps.
KINDS: tuple[FileKind, ...] = ("animated_mesh", "preview", "usdz", "archive", "meshes", "masks", "blender")
ALWAYS_ARCHIVED: frozenset[FileKind] = frozenset(KINDS) - {"masks", "usdz", "blender"}


@dataclass(frozen=True)
class Tools:
    """What a worker makes files with.

    Attributes:
        blender: the program, or None where there is none.
        renderer: draws the preview.
    """

    blender: Path | None = None
    renderer: Renderer = NUMPY


@dataclass(frozen=True)
class Order:
    """What a job's files are to be.

    Attributes:
        asked: the kinds that the caller gets.
        kinds: the kinds that must be made for these: an archive holds more than is asked for beside it.
        profile: of ``animated_mesh.glb``.
        facts: become the meshes' extras and the archive's manifest.
        folder: for the files; exists.
    """

    asked: frozenset[FileKind]
    kinds: frozenset[FileKind]
    profile: Profile
    facts: Mapping[str, object]
    folder: Path

    @classmethod
    def of(
        cls, request: Recipe, storage: Storage, facts: Mapping[str, object], folder: Path, *, warn: Warn
    ) -> Self:
        """The order of a request; a storage with little room has the smallest profile, with a warning."""
        asked: frozenset[FileKind] = frozenset(request.outputs)
        if request.blender_export:
            asked |= {"blender"}
        kinds = asked | (ALWAYS_ARCHIVED if "archive" in asked else frozenset())
        wanted = request.animated_mesh_profile
        profile: Profile = "compact" if storage.prefers_compact else wanted
        if profile != wanted and "animated_mesh" in kinds:
            why = "Without a bucket animated_mesh.glb has to fit in the answer"
            warn(Notice("COMPACT_MESH", f"{why}: its profile is compact, not {wanted}."))
        return cls(asked, kinds, profile, facts, folder)


@dataclass(frozen=True)
class Made:
    """Files that were made; two of these together are one by ``|``.

    Attributes:
        files: by kind.
        animated: how ``animated_mesh.glb`` is stored, or None without one.
        renderer: the name of what drew the preview, or None without one.
    """

    files: Mapping[FileKind, Sequence[Path]] = field(default_factory=dict)
    animated: AnimatedMesh | None = None
    renderer: str | None = None

    def __or__(self, other: "Made") -> "Made":
        return Made(
            {**self.files, **other.files},
            self.animated or other.animated,
            self.renderer or other.renderer,
        )

    def only(self, kinds: frozenset[FileKind]) -> "Made":
        """Those of some kinds."""
        files = {kind: paths for kind, paths in self.files.items() if kind in kinds}
        return Made(files, self.animated, self.renderer)

    @property
    def paths(self) -> list[Path]:
        """All files, the most important kind first."""
        return [path for kind in KINDS for path in self.files.get(kind, ())]


def export(
    animation: Animation,
    masks: NDArray[np.uint8] | None,
    order: Order,
    tools: Tools,
    *,
    step: StageStep,
    warn: Warn,
) -> Made:
    """Writes the animation and the masks in every form that is asked for.

    What Blender or usd-core should have made and did not is named in a warning: no reason to lose a job.

    Args:
        animation: the mesh.
        masks: (T, H, W) uint8, or None of an engine that takes none.
        order: what is asked for.
        tools: Blender, if at all.
        step: is called with how many meshes are written, of how many.
        warn: takes what was left out.

    Raises:
        ExportFailed: if a file could not be written.
    """
    files: dict[FileKind, Sequence[Path]] = {}
    animated = None
    if "animated_mesh" in order.kinds:
        path = order.folder / "animated_mesh.glb"
        animated = write_animated_mesh(animation, path, extras=order.facts, profile=order.profile)
        files["animated_mesh"] = [path]
    if "usdz" in order.kinds:
        files["usdz"] = _usdz(animation, order, warn)
    if "blender" in order.kinds and tools.blender is not None:
        files["blender"] = _by_blender(animation, order, tools.blender, step=step, warn=warn)
    if "meshes" in order.kinds:
        files["meshes"] = write_meshes(animation, order.folder, extras=order.facts, step=step)
    if "masks" in order.kinds and masks is not None:
        files["masks"] = write_masks(masks, order.folder)
    return Made(files, animated)


def _usdz(animation: Animation, order: Order, warn: Warn) -> list[Path]:
    if usd_is_installed():
        return [write_usdz(animation, order.folder / "animated_mesh.usdz", extras=order.facts)]
    warn(Notice("OUTPUT_LEFT_OUT", "usdz was not made: this worker lacks usd-core."))
    return []


def _by_blender(
    animation: Animation, order: Order, blender: Path, *, step: StageStep, warn: Warn
) -> Sequence[Path]:
    def tick() -> None:
        step(0, animation.num_frames)

    try:
        return write_blender(animation, order.folder, blender=blender, extras=order.facts, tick=tick)
    except ExportFailed as error:
        log.warning("%s %s", error, error.detail, exc_info=error.__cause__)
        warn(Notice("BLENDER_FAILED", f"{error.message} The files of blender_export are left out."))
        return []


def preview(animation: Animation, frames: Frames, order: Order, tools: Tools, *, step: StageStep) -> Made:
    """Writes ``preview.mp4``, ``preview.webp`` and ``poster.png`` where asked for.

    Raises:
        ExportFailed: if they could not be written.
    """
    if "preview" not in order.kinds:
        return Made()
    drawn = write_preview(animation, frames, order.folder, renderer=tools.renderer, step=step)
    return Made({"preview": drawn.files}, renderer=drawn.renderer)


def archive(made: Made, order: Order) -> Made:
    """Writes ``archive.zip`` of all that was made, where asked for.

    Its manifest has the order's facts, and how ``animated_mesh.glb`` is stored.

    Raises:
        ExportFailed: if it could not be written.
    """
    if "archive" not in order.kinds:
        return Made()
    manifest = dict(order.facts)
    if made.animated is not None:
        told = {"profile": made.animated.profile, "max_error": made.animated.max_error}
        manifest["animated_mesh"] = told
    path = order.folder / "archive.zip"
    return Made({"archive": [write_archive(made.paths, path, manifest=manifest, profile=order.profile)]})
