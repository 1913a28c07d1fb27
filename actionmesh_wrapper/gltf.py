"""GLB, the binary container of glTF 2.0: a file ↔ its JSON and its binary chunk; and how numbers lie in it.

Source: Khronos, glTF 2.0 Specification, sections 3.6.2 (accessors) and 4 (GLB file format).
"""

import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from actionmesh_wrapper.errors import NotAMesh, TooLarge

MAX_JSON_BYTES = 8_000_000  # thousands of nodes and accessors; what it may grow to in memory hangs on it

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
Buffer = bytes | bytearray | memoryview

_MAGIC, _VERSION = b"glTF", 2
_JSON, _BINARY = b"JSON", b"BIN\0"

ALIGNMENT = 4  # bytes; chunks, buffer views and vertex strides are multiples of it

DTYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
"""NumPy's name of each ``componentType``."""

WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
"""How many numbers an element of each ``type`` has."""


def pack(document: Mapping[str, Any], binary: Iterable[Buffer], length: int) -> Iterator[Buffer]:
    """Puts a GLB together.

    Args:
        document: JSON.
        binary: the binary chunk, part by part.
        length: of all its parts, in bytes; a multiple of `ALIGNMENT`.

    Yields:
        The file's bytes, part by part.
    """
    text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode("ascii")
    text += b" " * (-len(text) % ALIGNMENT)
    yield _HEADER.pack(_MAGIC, _VERSION, _HEADER.size + 2 * _CHUNK.size + len(text) + length)
    yield _CHUNK.pack(len(text), _JSON)
    yield text
    yield _CHUNK.pack(length, _BINARY)
    yield from binary


def unpack(data: bytes) -> tuple[object, memoryview]:
    """Takes a GLB apart.

    Returns:
        The decoded JSON, of any shape, and the binary chunk, empty where there is none. What is null in an
        object is left out of it, and NaN and infinity are numbers: whoever reads one looks at it.

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
        tree = json.loads(_decoded(text), parse_constant=float, object_hook=_without_nulls)
    except (ValueError, RecursionError) as error:
        raise NotAMesh("The mesh's JSON cannot be read.") from error
    return tree, chunks.get(_BINARY, memoryview(b""))


def _chunks(data: bytes) -> dict[bytes, memoryview]:
    """The first chunk of each kind."""
    if data[:4] != _MAGIC or len(data) < _HEADER.size:
        raise NotAMesh("The mesh is no GLB, the binary form of glTF 2.0.")
    _, version, length = _HEADER.unpack_from(data)
    if version != _VERSION:
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


def _decoded(text: memoryview) -> str:
    """The JSON's text without a mark at its start, NULs at its end and bytes that are no UTF-8."""
    return bytes(text).rstrip(b"\0 ").decode("utf-8-sig", "replace")


def _without_nulls(members: dict[str, Any]) -> dict[str, Any]:
    """An object without the members that are null, which exporters write for what is not there."""
    return {name: value for name, value in members.items() if value is not None}
