"""The files of a job, by kind: what was asked for, made by `export` and `preview`."""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.export import write_animated_mesh, write_archive, write_masks, write_meshes
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.preview import write_preview
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.request import Output

Made = dict[Output, list[Path]]

# Most important first: that is what an answer with little room keeps.
KINDS: tuple[Output, ...] = ("animated_mesh", "preview", "archive", "meshes", "masks")
ALWAYS_ARCHIVED = frozenset(KINDS) - {"masks"}


def to_make(outputs: Collection[Output]) -> frozenset[Output]:
    """The kinds that must be made for those asked for: an archive holds more than is asked for beside it."""
    return frozenset(outputs) | (ALWAYS_ARCHIVED if "archive" in outputs else frozenset())


def export(
    animation: Animation,
    masks: NDArray[np.uint8] | None,
    kinds: Collection[Output],
    folder: Path,
    facts: Mapping[str, object],
    *,
    step: Part,
) -> Made:
    """Writes ``animated_mesh.glb``, ``mesh_000.glb`` … and ``mask_000.png`` … where asked for.

    Args:
        animation: the mesh.
        masks: (T, H, W) uint8, or None of an engine that takes none.
        kinds: what is asked for.
        folder: an existing folder.
        facts: become the meshes' extras.
        step: is called with how many meshes are written, of how many.

    Raises:
        ExportFailed: if a file could not be written.
    """
    made: Made = {}
    if "animated_mesh" in kinds:
        made["animated_mesh"] = [write_animated_mesh(animation, folder / "animated_mesh.glb", extras=facts)]
    if "meshes" in kinds:
        made["meshes"] = write_meshes(animation, folder, extras=facts, step=step)
    if "masks" in kinds and masks is not None:
        made["masks"] = write_masks(masks, folder)
    return made


def preview(
    animation: Animation, frames: Frames, kinds: Collection[Output], folder: Path, *, step: Part
) -> Made:
    """Writes ``preview.mp4`` where asked for.

    Raises:
        ExportFailed: if it could not be written.
    """
    if "preview" not in kinds:
        return {}
    return {"preview": [write_preview(animation, frames, folder / "preview.mp4", step=step)]}


def archive(made: Made, kinds: Collection[Output], folder: Path, facts: Mapping[str, object]) -> Made:
    """Writes ``archive.zip`` of all that was made, where asked for; ``facts`` become its manifest.

    Raises:
        ExportFailed: if it could not be written.
    """
    if "archive" not in kinds:
        return {}
    return {"archive": [write_archive(flat(made), folder / "archive.zip", manifest=facts)]}


def flat(made: Made) -> list[Path]:
    """All files, the most important kind first."""
    return [path for kind in KINDS for path in made.get(kind, [])]
