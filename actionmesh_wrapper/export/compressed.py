"""A GLB whose vertices and indices are compressed, by EXT_meshopt_compression."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.export.glb import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, Glb
from actionmesh_wrapper.export.meshopt import encode_attributes, encode_triangles

EXTENSION = "EXT_meshopt_compression"


class CompressedGlb(Glb):
    """A `Glb` that says where its compressed data would lie once decompressed: in a second, empty buffer.

    A triangle may start at another of its corners than in the indices that were handed in.
    """

    def __init__(self) -> None:
        super().__init__()
        self._decompressed = 0  # bytes
        for use in ("extensionsUsed", "extensionsRequired"):
            self.add(use, EXTENSION)

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
        self._decompressed += size + -size % 4
        compressed = {"extensions": {EXTENSION: self._append(data) | layout}}
        return self.add("bufferViews", place | properties | compressed)

    def _buffers(self) -> list[dict[str, Any]]:
        empty = {"byteLength": self._decompressed, "extensions": {EXTENSION: {"fallback": True}}}
        return [*super()._buffers(), empty]
