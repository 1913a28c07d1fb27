"""The animation as Blender saves it: a .blend, and the GLB of its own exporter, its times corrected."""

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.surface import CLAY, ROUGHNESS, encode_texture
from actionmesh_wrapper.system.contained import LimitExceeded, Limits, run
from actionmesh_wrapper.system.files import whole_file

_HEADER, _CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")
BLEND, GLB = "animated_mesh.blend", "animated_mesh_blender.glb"
_SCENE = Path(__file__).with_name("blender_scene.py")
_LOG_BYTES = 4096
_GIB = 1 << 30
_LIMITS = Limits(
    seconds=300, cpu_seconds=1200, memory_bytes=32 * _GIB, output_bytes=16 << 20, file_bytes=2 * _GIB
)


def retime(path: Path, duration_s: float) -> None:
    """Stretches all key times of a GLB, in place, so that the last lies at ``duration_s``.

    Args:
        path: a GLB with one binary chunk.
        duration_s: seconds, > 0.

    Raises:
        ExportFailed: if the file is not such a GLB, or could not be read or written.
    """
    try:
        document, binary = _parts(path.read_bytes())
        inputs = {sampler["input"] for clip in document.get("animations", []) for sampler in clip["samplers"]}
        accessors = [document["accessors"][index] for index in sorted(inputs)]
        end = max((accessor["max"][0] for accessor in accessors), default=0)
        for accessor in accessors if end > 0 else []:
            _stretch(accessor, document["bufferViews"][accessor["bufferView"]], binary, duration_s / end)
    except (OSError, ValueError, LookupError, struct.error) as error:
        raise ExportFailed(f"The result file {path.name} could not be retimed.") from error
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    size = _HEADER.size + 2 * _CHUNK.size + len(text) + len(binary)
    with whole_file(path) as file:
        file.write(_HEADER.pack(b"glTF", 2, size))
        file.write(_CHUNK.pack(len(text), b"JSON") + text)
        file.write(_CHUNK.pack(len(binary), b"BIN\0") + binary)


def _parts(data: bytes) -> tuple[dict[str, Any], bytearray]:
    """A GLB's document and its binary chunk."""
    magic, version, _ = _HEADER.unpack_from(data)
    length, kind = _CHUNK.unpack_from(data, _HEADER.size)
    start = _HEADER.size + _CHUNK.size
    binary_length, binary_kind = _CHUNK.unpack_from(data, start + length)
    if (magic, version, kind, binary_kind) != (b"glTF", 2, b"JSON", b"BIN\0"):
        raise ValueError("not a GLB of two chunks")
    binary_start = start + length + _CHUNK.size
    document: dict[str, Any] = json.loads(data[start : start + length])
    return document, bytearray(data[binary_start : binary_start + binary_length])


def _stretch(accessor: dict[str, Any], view: dict[str, Any], binary: bytearray, factor: float) -> None:
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    times = np.frombuffer(binary, "<f4", accessor["count"], start)
    times *= np.float32(factor)
    accessor["min"], accessor["max"] = [float(times.min())], [float(times.max())]


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
        _lay_out(animation, Path(name), extras)
        log = _run(blender, Path(name), tick)
        made = {"out.blend": folder / BLEND, "out.glb": folder / GLB}
        missing = [path.name for source, path in made.items() if not (Path(name) / source).is_file()]
        if missing:  # Blender ends well after many a failure
            raise ExportFailed(f"Blender did not write {' and '.join(missing)}.", detail=log)
        if animation.num_frames > 1:
            retime(Path(name) / "out.glb", (animation.num_frames - 1) / animation.fps)
        for source, path in made.items():
            (Path(name) / source).replace(path)
    return list(made.values())


def _lay_out(animation: Animation, folder: Path, extras: Mapping[str, object]) -> None:
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


def _run(blender: Path, folder: Path, tick: Callable[[], None]) -> str:
    """Runs Blender; returns the end of its stderr and of its stdout, where 3.4 tells Python's errors."""
    command = [
        *(str(blender), "--background", "--factory-startup", "-noaudio", "--python-exit-code", "1"),
        *("--python", str(_SCENE), "--", str(folder)),
    ]
    try:
        result = run(command, limits=_LIMITS, tick=lambda _: tick())
    except LimitExceeded as error:
        raise ExportFailed("Blender took too long or said too much.", detail=error.log) from error
    said = f"{result.log}\n{result.output[-_LOG_BYTES:].decode(errors='replace')}".strip()
    if result.code != 0:
        raise ExportFailed("Blender failed.", detail=said)
    return said
