"""A GLB file → its JSON and its binary chunk.

Source: Khronos, glTF 2.0 Specification, section 4 (GLB file format).
"""

import json
import struct
from typing import Never

from actionmesh_wrapper.errors import NotAMesh, TooLarge

MAX_JSON_BYTES = 8_000_000  # thousands of nodes and accessors; what it may grow to in memory hangs on it

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_JSON, _BINARY = b"JSON", b"BIN\0"


def unpack(data: bytes) -> tuple[object, memoryview]:
    """Takes a GLB apart.

    Returns:
        The decoded JSON, of any shape, and the binary chunk, empty where there is none.

    Raises:
        NotAMesh: if it is no GLB of version 2, is cut off, or its JSON is none.
        TooLarge: if there is more JSON than is taken.
    """
    chunks = _chunks(data)
    text = chunks.get(_JSON)
    if text is None:
        raise NotAMesh("The mesh's file has no JSON chunk.")
    if len(text) > MAX_JSON_BYTES:
        raise TooLarge(
            f"The mesh's JSON has {len(text):,} bytes; at most {MAX_JSON_BYTES:,} are taken. "
            "Are there animations that could be left out?"
        )
    try:
        return json.loads(bytes(text), parse_constant=_refuse), chunks.get(_BINARY, memoryview(b""))
    except (ValueError, RecursionError) as error:
        raise NotAMesh("The mesh's JSON cannot be read.") from error


def _chunks(data: bytes) -> dict[bytes, memoryview]:
    """The first chunk of each kind."""
    if data[:4] != b"glTF" or len(data) < _HEADER.size:
        raise NotAMesh("The mesh is no GLB, the binary form of glTF 2.0.")
    _, version, length = _HEADER.unpack_from(data)
    if version != 2:
        raise NotAMesh(f"The mesh is a GLB of version {version}; only version 2 is read.")
    if length > len(data):
        raise NotAMesh(f"The mesh's file is cut off: it has {len(data):,} of {length:,} bytes.")
    whole, start = memoryview(data)[:length], _HEADER.size
    chunks: dict[bytes, memoryview] = {}
    while start + _CHUNK.size <= length:
        size, kind = _CHUNK.unpack_from(whole, start)
        start += _CHUNK.size
        if start + size > length:
            raise NotAMesh("The mesh's file is broken: a chunk is longer than the file.")
        chunks.setdefault(kind, whole[start : start + size])
        start += size
    return chunks


def _refuse(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")
