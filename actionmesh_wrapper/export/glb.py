"""A writer of glTF documents with one binary buffer, plain or compressed by EXT_meshopt_compression.

Source: Khronos, glTF 2.0 Specification, section 3.6 (binary data).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.export.meshopt import encode_attributes, encode_triangles
from actionmesh_wrapper.gltf import ALIGNMENT, DTYPES, WIDTHS, Buffer, pack

ARRAY_BUFFER = 34962  # what a GPU binds vertex attributes to
ELEMENT_ARRAY_BUFFER = 34963  # what a GPU binds indices to
_COMPONENT_TYPES = {np.dtype(dtype): number for number, dtype in DTYPES.items()}
_ELEMENT_TYPES = {WIDTHS[name]: name for name in ("SCALAR", "VEC2", "VEC3", "VEC4", "MAT4")}
_EXTENSION = "EXT_meshopt_compression"


class Glb:
    """A glTF document that grows item by item, with its one binary buffer.

    Equal calls in equal order give equal bytes. The arrays handed in are not copied before they are
    written, so leave them as they are until then.
    """

    def __init__(self) -> None:
        self._document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "actionmesh-worker"},
        }
        self._binary: list[bytes | memoryview] = []
        self._length = 0

    def add(self, kind: str, item: Any) -> int:
        """Appends ``item`` to the document's list ``kind``, such as ``"nodes"``; returns its index."""
        items = self._document.setdefault(kind, [])
        items.append(item)
        return len(items) - 1

    def set(self, name: str, value: Any) -> None:
        """Sets a top-level property, such as ``"scene"``."""
        self._document[name] = value

    def use(self, extension: str) -> None:
        """Says that the file uses an extension that a tool may pass over."""
        if extension not in self._document.get("extensionsUsed", ()):
            self.add("extensionsUsed", extension)

    def view(self, data: bytes | memoryview, **properties: int) -> int:
        """Appends bytes to the buffer as a buffer view; returns the view's index.

        Args:
            data: its bytes, C-contiguous.
            properties: more of the view's properties: ``target``, ``byteStride``.
        """
        return self.add("bufferViews", self._append(data) | properties)

    def attribute(
        self, values: NDArray[np.generic], *, normalized: bool = False, bounded: bool = False
    ) -> int:
        """Appends a vertex attribute; returns its accessor's index.

        Args:
            values: (V, 2), (V, 3) or (V, 4), int8, uint8, int16, uint16 or float32.
            normalized: whether integers stand for fractions of their type's largest value.
            bounded: whether to state the least and the largest value, as glTF asks of positions.
        """
        width = values.shape[1] * values.itemsize
        stride = width + -width % ALIGNMENT
        if stride > width:
            padded = np.zeros((len(values), stride // values.itemsize), values.dtype)
            padded[:, : values.shape[1]] = values
            view = self._vertex_view(padded, byteStride=stride)
        else:
            view = self._vertex_view(np.ascontiguousarray(values))
        return self._accessor(view, values, normalized=normalized, bounded=bounded)

    def indices(self, values: NDArray[np.unsignedinteger[Any]]) -> int:
        """Appends (3 F,) uint16 or uint32 vertex indices of triangles; returns their accessor's index."""
        return self._accessor(self._index_view(values), values)

    def samples(self, values: NDArray[np.float32], *, bounded: bool = False) -> int:
        """Appends numbers of an animation's sampler or of a skin; returns their accessor's index.

        Args:
            values: (N,) key times in seconds, or values at the keys; or (N, 3), (N, 4), (N, 16), of which the
                last are matrices, column by column.
            bounded: as in `attribute`; glTF asks it of key times.
        """
        return self._accessor(self.view(values.data), values, bounded=bounded)

    def chunks(self) -> Iterator[Buffer]:
        """The file's bytes, part by part."""
        return pack(self._document | {"buffers": self._buffers()}, self._binary, self._length)

    def _append(self, data: bytes | memoryview) -> dict[str, int]:
        """Appends bytes to the buffer, padded; returns where they lie."""
        size = memoryview(data).nbytes
        start, padding = self._length, -size % ALIGNMENT
        self._binary += [data, bytes(padding)]
        self._length += size + padding
        return {"buffer": 0, "byteOffset": start, "byteLength": size}

    def _vertex_view(self, rows: NDArray[np.generic], **properties: int) -> int:
        """Appends (V, N) rows, contiguous, each a multiple of four bytes; returns their view's index."""
        return self.view(rows.data, **properties, target=ARRAY_BUFFER)

    def _index_view(self, values: NDArray[np.unsignedinteger[Any]]) -> int:
        """Appends (3 F,) indices; returns their view's index."""
        return self.view(values.data, target=ELEMENT_ARRAY_BUFFER)

    def _buffers(self) -> list[dict[str, Any]]:
        """What the document says of its buffers; the first is the file's own."""
        return [{"byteLength": self._length}]

    def _accessor(
        self, view: int, values: NDArray[np.generic], *, normalized: bool = False, bounded: bool = False
    ) -> int:
        columns = np.ascontiguousarray(values.reshape(len(values), -1).T)
        accessor: dict[str, Any] = {
            "bufferView": view,
            "componentType": _COMPONENT_TYPES[values.dtype],
            "count": len(values),
            "type": _ELEMENT_TYPES[len(columns)],
        }
        if normalized:
            accessor["normalized"] = True
        if bounded:
            accessor["min"] = columns.min(axis=1).tolist()
            accessor["max"] = columns.max(axis=1).tolist()
        return self.add("accessors", accessor)


class CompressedGlb(Glb):
    """A `Glb` that says where its compressed data would lie once decompressed: in a second, empty buffer.

    A triangle may start at another of its corners than in the indices that were handed in.
    """

    def __init__(self) -> None:
        super().__init__()
        self._decompressed = 0  # bytes
        for use in ("extensionsUsed", "extensionsRequired"):
            self.add(use, _EXTENSION)

    def _vertex_view(self, rows: NDArray[np.generic], **properties: int) -> int:
        count, stride = len(rows), rows.shape[1] * rows.itemsize
        data = encode_attributes(rows.view(np.uint8).reshape(count, stride))
        layout = {"mode": "ATTRIBUTES", "byteStride": stride, "count": count}
        return self._compressed_view(data, layout, properties | {"target": ARRAY_BUFFER})

    def _index_view(self, values: NDArray[np.unsignedinteger[Any]]) -> int:
        layout = {"mode": "TRIANGLES", "byteStride": values.itemsize, "count": len(values)}
        data = encode_triangles(values.reshape(-1, 3))
        return self._compressed_view(data, layout, {"target": ELEMENT_ARRAY_BUFFER})

    def _compressed_view(self, data: bytes, layout: dict[str, Any], properties: dict[str, int]) -> int:
        size = layout["byteStride"] * layout["count"]
        place = {"buffer": 1, "byteOffset": self._decompressed, "byteLength": size}
        self._decompressed += size + -size % ALIGNMENT
        compressed = {"extensions": {_EXTENSION: self._append(data) | layout}}
        return self.add("bufferViews", place | properties | compressed)

    def _buffers(self) -> list[dict[str, Any]]:
        empty = {"byteLength": self._decompressed, "extensions": {_EXTENSION: {"fallback": True}}}
        return [*super()._buffers(), empty]
