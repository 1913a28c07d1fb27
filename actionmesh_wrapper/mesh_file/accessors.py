"""The numbers and pictures in a GLB's binary chunk and data URIs.

Source: Khronos, glTF 2.0 Specification, section 3.6.2 (accessors).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.gltf import DTYPES, WIDTHS
from actionmesh_wrapper.mesh_file.data_uri import decoded, is_data
from actionmesh_wrapper.mesh_file.document import Document, at
from actionmesh_wrapper.mesh_file.extensions import COMPRESSIONS


class Accessors:
    """Reads a document's accessors and buffer views; never reads beyond the end of their bytes."""

    def __init__(self, document: Document, binary: memoryview) -> None:
        self.document = document
        self._binary = binary
        self._decoded: dict[str, memoryview] = {}  # data URIs, each once

    def count(self, index: int) -> int:
        """How many elements an accessor says that it has."""
        return at(self.document.accessors, index).count

    def raw(self, index: int, kind: str) -> NDArray[Any]:
        """An accessor's elements as stored, without a copy.

        Args:
            index: the accessor's.
            kind: the type that it must have, such as ``VEC3``.

        Returns:
            (N, W) of the stored dtype, read-only.

        Raises:
            NotAMesh: if it is of another type, or its bytes are not there.
        """
        accessor = at(self.document.accessors, index)
        if accessor.type != kind:
            raise NotAMesh(f"The mesh's file is broken: an accessor is not of the type {kind}.")
        if accessor.sparse is not None or accessor.buffer_view is None:
            raise NotAMesh(
                "The mesh has a sparse or an empty accessor, which is not read; "
                f"is it compressed ({', '.join(COMPRESSIONS[:2])})? Export it plainly."
            )
        if accessor.component_type not in DTYPES:
            raise NotAMesh("The mesh's file is broken: an accessor's numbers are of no kind that glTF has.")
        width, dtype = WIDTHS[kind], np.dtype(DTYPES[accessor.component_type])
        if not accessor.count:
            return np.empty((0, width), dtype)
        data = self.view(accessor.buffer_view)
        size = width * dtype.itemsize
        stride = at(self.document.buffer_views, accessor.buffer_view).byte_stride or size
        if stride < size or accessor.byte_offset + stride * (accessor.count - 1) + size > len(data):
            raise NotAMesh("The mesh's file is broken: an accessor is longer than its data.")
        shape, strides = (accessor.count, width), (stride, dtype.itemsize)
        return np.ndarray(shape, dtype, data, accessor.byte_offset, strides)

    def numbers(self, index: int, kind: str, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """An accessor's elements as glTF means them: normalized integers become fractions.

        Args:
            index: the accessor's.
            kind: the type that it must have.
            rows: (R,) the elements wanted; None is all.

        Returns:
            (R or N, W) float64.

        Raises:
            NotAMesh: see `raw`; or if there are fewer elements than ``rows`` name.
        """
        stored = self.raw(index, kind)
        if rows is not None:
            if rows.size and rows.max() >= len(stored):
                raise NotAMesh("The mesh's file is broken: its vertices' attributes differ in length.")
            stored = stored[rows]
        values = stored.astype(np.float64)
        if at(self.document.accessors, index).normalized and stored.dtype.kind in "iu":
            values = np.maximum(values / np.iinfo(stored.dtype).max, -1.0)
        return values

    def view(self, index: int) -> memoryview:
        """A buffer view's bytes.

        Raises:
            NotAMesh: if they are not in the file.
        """
        view = at(self.document.buffer_views, index)
        data = self._buffer(view.buffer)
        if view.byte_offset + view.byte_length > len(data):
            raise NotAMesh("The mesh's file is broken: a buffer view reaches beyond its data.")
        return data[view.byte_offset : view.byte_offset + view.byte_length]

    def picture(self, source: int | str) -> memoryview:
        """A picture's bytes: a buffer view's, given its index, or a data URI's.

        Raises:
            NotAMesh: if they are not in the file.
        """
        return self.view(source) if isinstance(source, int) else self._data(source)

    def _buffer(self, index: int) -> memoryview:
        """A buffer's bytes; the first may be the binary chunk."""
        uri = at(self.document.buffers, index).uri
        if uri is None and index == 0:
            return self._binary
        if uri is None or not is_data(uri):
            raise NotAMesh("The mesh's data lie outside of its file; export a GLB that holds all of it.")
        return self._data(uri)

    def _data(self, uri: str) -> memoryview:
        """A data URI's bytes."""
        if uri not in self._decoded:
            self._decoded[uri] = memoryview(decoded(uri))
        return self._decoded[uri]
