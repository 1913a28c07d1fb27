"""Corrects the duration of a GLB's animation, where what wrote it knows whole frame rates only."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.files import whole_file

_HEADER, _CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")


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
