"""The animation as Blender saves it: a .blend, and the GLB of its own exporter, its times corrected."""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.errors import ExportFailed, JobError
from actionmesh_wrapper.export.surface import CLAY, ROUGHNESS, encode_texture
from actionmesh_wrapper.gltf import pack, unpack
from actionmesh_wrapper.system.contained import LimitExceeded, Limits, run
from actionmesh_wrapper.system.files import whole_file

log = logging.getLogger(__name__)

BLEND, GLB = "animated_mesh.blend", "animated_mesh_blender.glb"
_SCENE_SCRIPT = Path(__file__).with_name("blender_scene.py")
_LOG_BYTES = 4096
_GIB = 1 << 30
_LIMITS = Limits(
    seconds=300, cpu_seconds=1200, memory_bytes=32 * _GIB, output_bytes=16 << 20, file_bytes=2 * _GIB
)


def write(job: WriteJob) -> Written:
    """Writes the kind ``blender``; see `write_blender`. Without Blender, or if it fails, it is left out."""
    if job.tools.blender is None:
        job.warn(Notice("OPTION_IGNORED", "blender_export has no effect: this worker lacks Blender."))
        return Written()

    def tick() -> None:
        job.step(0, job.animation.num_frames)

    try:
        files = write_blender(
            job.animation, job.folder, blender=job.tools.blender, extras=job.extras, tick=tick
        )
    except ExportFailed as error:
        log.warning("%s %s", error, error.detail, exc_info=error.__cause__)
        job.warn(Notice("BLENDER_FAILED", f"{error.message} The files of blender_export are left out."))
        return Written()
    return Written(tuple(files))


def write_blender(
    animation: Animation,
    folder: Path,
    *,
    blender: Path,
    extras: Mapping[str, object],
    tick: Callable[[], None] = lambda: None,
) -> list[Path]:
    """Has Blender write ``animated_mesh.blend`` and ``animated_mesh_blender.glb``.

    Both hold the frames as shape keys, one of them at a time, a frame of Blender's a key from frame 0 on, and
    the texture.

    Args:
        animation: T frames.
        folder: an existing folder.
        blender: the program, 3.4 or newer.
        extras: JSON values, which become properties of Blender's scene and extras of the GLB's.
        tick: is called several times a second; what it raises passes through, and Blender is killed.

    Returns:
        The two files.

    Raises:
        ExportFailed: if Blender failed, took too long or left a file out; its stderr is the detail.
    """
    with TemporaryDirectory(dir=folder, prefix=".blender-") as name:
        _write_input(animation, Path(name), extras)
        blender_log = _run_blender(blender, Path(name), tick)
        targets = {"out.blend": folder / BLEND, "out.glb": folder / GLB}
        missing = [path.name for source, path in targets.items() if not (Path(name) / source).is_file()]
        if missing:  # Blender ends well after many a failure
            raise ExportFailed(f"Blender did not write {' and '.join(missing)}.", detail=blender_log)
        if animation.num_frames > 1:
            retime(Path(name) / "out.glb", (animation.num_frames - 1) / animation.fps)
        for source, path in targets.items():
            (Path(name) / source).replace(path)
    return list(targets.values())


def _write_input(animation: Animation, folder: Path, extras: Mapping[str, object]) -> None:
    """Writes what `blender_scene` reads."""
    facts = {
        "name": "animated_mesh",
        "fps": animation.fps,
        "has_uv": animation.uv is not None,
        "colour": CLAY,
        "roughness": ROUGHNESS,
        "extras": dict(extras),
    }
    try:
        (folder / "scene.json").write_text(json.dumps(facts))
        np.save(folder / "vertices.npy", animation.vertices)
        np.save(folder / "faces.npy", animation.faces)
        if animation.uv is not None and animation.texture is not None:
            np.save(folder / "uv.npy", animation.uv)
            (folder / "texture.jpg").write_bytes(encode_texture(animation.texture))
    except OSError as error:
        raise ExportFailed("What Blender reads could not be written.") from error


def _run_blender(blender: Path, folder: Path, tick: Callable[[], None]) -> str:
    """Runs Blender; returns the end of its stderr and of its stdout, where 3.4 tells Python's errors."""
    command = [
        *(str(blender), "--background", "--factory-startup", "-noaudio", "--python-exit-code", "1"),
        *("--python", str(_SCENE_SCRIPT), "--", str(folder)),
    ]
    try:
        result = run(command, limits=_LIMITS, tick=lambda _: tick())
    except LimitExceeded as error:
        raise ExportFailed("Blender took too long or said too much.", detail=error.log) from error
    detail = f"{result.log}\n{result.output[-_LOG_BYTES:].decode(errors='replace')}".strip()
    if result.code != 0:
        raise ExportFailed("Blender failed.", detail=detail)
    return detail


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
