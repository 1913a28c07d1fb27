"""The files of a job, by kind: what was asked for, made by `export` and `preview`."""

from collections.abc import Collection, Mapping
from pathlib import Path

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.export import write_animated_mesh, write_archive, write_meshes
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.preview import write_preview
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.request import Output

Made = dict[Output, list[Path]]

# Most important first: that is what an answer with little room keeps.
KINDS: tuple[Output, ...] = ("animated_mesh", "preview", "archive", "meshes")


def to_make(outputs: Collection[Output]) -> frozenset[Output]:
    """The kinds that must be made for the kinds asked for: an archive holds all of them."""
    return frozenset(KINDS if "archive" in outputs else outputs)


def export(
    animation: Animation, kinds: Collection[Output], folder: Path, facts: Mapping[str, object], *, step: Part
) -> Made:
    """Writes ``animated_mesh.glb`` and ``mesh_000.glb`` … where asked for; ``facts`` become their extras.

    Raises:
        ExportFailed: if a file could not be written.
    """
    made: Made = {}
    if "animated_mesh" in kinds:
        made["animated_mesh"] = [write_animated_mesh(animation, folder / "animated_mesh.glb", extras=facts)]
    if "meshes" in kinds:
        made["meshes"] = write_meshes(animation, folder, extras=facts, step=step)
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
