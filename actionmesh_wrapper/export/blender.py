"""The animation as Blender saves it: a .blend, its own exporters' GLB, FBX and Alembic file."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.errors import ExportFailed, JobError
from actionmesh_wrapper.export.film_camera import lens_of
from actionmesh_wrapper.export.program import Tick, lay, made_or_left_out, run_program, workplace
from actionmesh_wrapper.gltf import pack, unpack
from actionmesh_wrapper.system.files import whole_file

BLEND, GLB = "animated_mesh.blend", "animated_mesh_blender.glb"
_SCENE_SCRIPT = Path(__file__).with_name("blender_scene.py")


def write(job: WriteJob) -> Written:
    """Writes the kind ``blender``; see `write_blender`. Without Blender, or if it fails, it is left out."""
    lacking = Notice("OPTION_IGNORED", "blender_export has no effect: this worker lacks Blender.")
    return written_by_blender(job, (BLEND, GLB), lacking, "The files of blender_export are left out.")


def written_by_blender(
    job: WriteJob, names: Sequence[str], lacking: Notice, without: str, *, rig: Path | None = None
) -> Written:
    """Has Blender write files of a job; without Blender, or if it fails, they are left out with a warning.

    Args:
        job: the job.
        names: as in `write_blender`.
        lacking: the warning where there is no Blender.
        without: a sentence on what is missing where Blender fails.
        rig: as in `write_blender`.
    """
    blender = job.tools.blender
    if blender is None:
        job.warn(lacking)
        return Written()

    def make(tick: Tick) -> list[Path]:
        return write_blender(
            job.animation,
            job.folder,
            names,
            blender=blender,
            extras=job.extras,
            rig=rig,
            film=job.film,
            tick=tick,
        )

    files = made_or_left_out(job, make, lambda error: Notice("BLENDER_FAILED", f"{error.message} {without}"))
    return Written(tuple(files or ()))


def write_blender(
    animation: Animation,
    folder: Path,
    names: Sequence[str] = (BLEND, GLB),
    *,
    blender: Path,
    extras: Mapping[str, object],
    rig: Path | None = None,
    film: FilmView | None = None,
    tick: Tick = lambda: None,
) -> list[Path]:
    """Has Blender write the animation.

    Files hold the frames as shape keys, one of them at a time, a frame of Blender's a key from frame 0 on,
    and the texture; an Alembic file has the points at each frame, but neither texture nor ``extras``.

    Args:
        animation: T frames.
        folder: an existing folder.
        names: of the files, each written after its ending: .blend, .glb, .fbx or .abc.
        blender: the program, 3.4 or newer.
        extras: JSON values, which become properties of Blender's scene and extras of the files.
        rig: a GLB of the same animation with a skin, T keys evenly at ``animation.fps``, that the files are
            made from in place of shape keys; None: shape keys.
        film: the camera that filmed the subject, which becomes the scene's; see `lens_of`. Blender's GLB is
            without it, as glTF has no shift.
        tick: see `Tick`.

    Returns:
        The files, in the order of ``names``.

    Raises:
        ExportFailed: if Blender failed, took too long or left a file out; its stderr is the detail.
    """
    with workplace(folder) as place:
        facts = {
            "is_rigged": rig is not None,
            "files": list(names),
            "extras": dict(extras),
            "camera": film and lens_of(film, animation.vertices),
        }
        mesh = animation.joined()  # Blender has a uv for each corner of a face
        lay(animation, place, facts=facts, vertices=mesh.vertices, faces=mesh.faces, uv_faces=animation.faces)
        if rig is not None:
            _lay_rig(animation, rig, place / "rigged.glb")
        command = [
            *(str(blender), "--background", "--factory-startup", "-noaudio", "--python-exit-code", "1"),
            *("--python", str(_SCENE_SCRIPT), "--", str(place)),
        ]
        for path in run_program("Blender", command, place, names, tick):
            if path.suffix == ".glb" and animation.num_frames > 1:
                retime(path, (animation.num_frames - 1) / animation.fps)
            if path.suffix == ".fbx":
                _forget(place, path)
            path.replace(folder / path.name)
    return [folder / name for name in names]


def _lay_rig(animation: Animation, rig: Path, path: Path) -> None:
    """Copies a GLB with its keys moved to whole frames of the rate that `blender_scene` rounds to."""
    shutil.copyfile(rig, path)
    if animation.num_frames > 1:
        retime(path, (animation.num_frames - 1) / max(1, round(animation.fps)))


def _forget(folder: Path, path: Path) -> None:
    """Replaces a folder's path in an FBX, where it stands before the texture's name, by one as long: here."""
    name = os.fsencode(folder)
    path.write_bytes(path.read_bytes().replace(name, b"." + b"/" * (len(name) - 1)))


def retime(path: Path, duration_s: float) -> None:
    """Stretches all key times of a GLB, in place, so that the last lies at ``duration_s``.

    Args:
        path: a GLB with one binary chunk.
        duration_s: seconds, > 0.

    Raises:
        ExportFailed: if the file is not such a GLB, or could not be read or written.
    """
    try:
        document: Any
        document, chunk = unpack(path.read_bytes())
        times, binary = _key_times(document), bytearray(chunk)
        end = max((accessor["max"][0] for accessor, _ in times), default=0)
        for accessor, view in times if end > 0 else ():
            _scale_times(accessor, view, binary, duration_s / end)
    except (OSError, ValueError, LookupError, TypeError, JobError) as error:
        raise ExportFailed(f"The result file {path.name} could not be retimed.") from error
    with whole_file(path) as file:
        file.writelines(pack(document, [binary], len(binary)))


def _key_times(document: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The accessors of a document's key times, each once, with their buffer views."""
    inputs = {sampler["input"] for clip in document.get("animations", []) for sampler in clip["samplers"]}
    accessors = [document["accessors"][index] for index in sorted(inputs)]
    return [(accessor, document["bufferViews"][accessor["bufferView"]]) for accessor in accessors]


def _scale_times(accessor: dict[str, Any], view: dict[str, Any], binary: bytearray, factor: float) -> None:
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    times = np.frombuffer(binary, "<f4", accessor["count"], start)
    times *= np.float32(factor)
    accessor["min"], accessor["max"] = [float(times.min())], [float(times.max())]
