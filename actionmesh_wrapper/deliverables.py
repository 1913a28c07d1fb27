"""The files of a job, by kind: what was asked for, made by `export` and `preview`."""

import logging
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation
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
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.notice import Notice, Warn
from actionmesh_wrapper.preview import Renderer, write_preview
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.request import Profile, Recipe
from actionmesh_wrapper.result import FileKind
from actionmesh_wrapper.storage import Storage

Made = dict[FileKind, list[Path]]

log = logging.getLogger(__name__)

# Most important first: that is what an answer with little room keeps.
KINDS: tuple[FileKind, ...] = ("animated_mesh", "preview", "usdz", "archive", "meshes", "masks", "blender")
ALWAYS_ARCHIVED: frozenset[FileKind] = frozenset(KINDS) - {"masks", "usdz", "blender"}


def asked(request: Recipe) -> frozenset[FileKind]:
    """The kinds that a job is asked for."""
    return frozenset(request.outputs) | (frozenset({"blender"}) if request.blender_export else frozenset())


def to_make(kinds: Collection[FileKind]) -> frozenset[FileKind]:
    """The kinds that must be made for those asked for: an archive holds more than is asked for beside it."""
    return frozenset(kinds) | (ALWAYS_ARCHIVED if "archive" in kinds else frozenset())


def choose_profile(request: Recipe, storage: Storage, warn: Warn) -> Profile:
    """The profile of ``animated_mesh.glb``: the one asked for, unless the storage wants the smallest."""
    wanted = request.animated_mesh_profile
    if wanted == "compact" or not storage.prefers_compact:
        return wanted
    if "animated_mesh" in to_make(request.outputs):
        why = "Without a bucket animated_mesh.glb has to fit in the answer"
        warn(Notice("COMPACT_MESH", f"{why}: its profile is compact, not {wanted}."))
    return "compact"


def export(
    animation: Animation,
    masks: NDArray[np.uint8] | None,
    kinds: Collection[FileKind],
    folder: Path,
    facts: Mapping[str, object],
    *,
    profile: Profile,
    blender: Path | None,
    step: Part,
    warn: Warn,
) -> tuple[Made, AnimatedMesh | None]:
    """Writes the animation and the masks in every form that is asked for.

    What Blender or usd-core should have made and did not is named in a warning: no reason to lose a job.

    Args:
        animation: the mesh.
        masks: (T, H, W) uint8, or None of an engine that takes none.
        kinds: what is asked for.
        folder: an existing folder.
        facts: become the meshes' extras.
        profile: of ``animated_mesh.glb``.
        blender: the program, or None where there is none.
        step: is called with how many meshes are written, of how many.
        warn: takes what was left out.

    Returns:
        The files, and how ``animated_mesh.glb`` is stored.

    Raises:
        ExportFailed: if a file could not be written.
    """
    made: Made = {}
    animated = None
    if "animated_mesh" in kinds:
        path = folder / "animated_mesh.glb"
        animated = write_animated_mesh(animation, path, extras=facts, profile=profile)
        made["animated_mesh"] = [path]
    if "usdz" in kinds:
        made["usdz"] = _usdz(animation, folder, facts, warn)
    if "blender" in kinds and blender is not None:
        made["blender"] = _by_blender(animation, folder, facts, blender, step=step, warn=warn)
    if "meshes" in kinds:
        made["meshes"] = write_meshes(animation, folder, extras=facts, step=step)
    if "masks" in kinds and masks is not None:
        made["masks"] = write_masks(masks, folder)
    return made, animated


def _usdz(animation: Animation, folder: Path, facts: Mapping[str, object], warn: Warn) -> list[Path]:
    if usd_is_installed():
        return [write_usdz(animation, folder / "animated_mesh.usdz", extras=facts)]
    warn(Notice("OUTPUT_LEFT_OUT", "usdz was not made: this worker lacks usd-core."))
    return []


def _by_blender(
    animation: Animation,
    folder: Path,
    facts: Mapping[str, object],
    blender: Path,
    *,
    step: Part,
    warn: Warn,
) -> list[Path]:
    try:
        return write_blender(
            animation, folder, blender=blender, extras=facts, tick=lambda: step(0, animation.num_frames)
        )
    except ExportFailed as error:
        log.warning("%s %s", error, error.detail, exc_info=error.__cause__)
        warn(Notice("BLENDER_FAILED", f"{error.message} The files of blender_export are left out."))
        return []


def preview(
    animation: Animation,
    frames: Frames,
    kinds: Collection[FileKind],
    folder: Path,
    renderer: Renderer,
    *,
    step: Part,
) -> tuple[Made, str | None]:
    """Writes ``preview.mp4``, ``preview.webp`` and ``poster.png`` where asked for.

    Returns:
        The files, and the name of the renderer that drew them.

    Raises:
        ExportFailed: if they could not be written.
    """
    if "preview" not in kinds:
        return {}, None
    made = write_preview(animation, frames, folder, renderer=renderer, step=step)
    return {"preview": made.files}, made.renderer


def archive(
    made: Made,
    kinds: Collection[FileKind],
    folder: Path,
    facts: Mapping[str, object],
    animated: AnimatedMesh | None,
) -> Made:
    """Writes ``archive.zip`` of all that was made, where asked for.

    Its manifest has ``facts``, and how ``animated_mesh.glb`` is stored.

    Raises:
        ExportFailed: if it could not be written.
    """
    if "archive" not in kinds:
        return {}
    profile: Profile = "default"
    manifest = dict(facts)
    if animated is not None:
        profile = animated.profile
        manifest["animated_mesh"] = {"profile": profile, "max_error": animated.max_error}
    path = write_archive(flat(made), folder / "archive.zip", manifest=manifest, profile=profile)
    return {"archive": [path]}


def flat(made: Made) -> list[Path]:
    """All files, the most important kind first."""
    return [path for kind in KINDS for path in made.get(kind, [])]
