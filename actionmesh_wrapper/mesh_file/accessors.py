"""The numbers and pictures in a GLB's binary chunk and data URIs.

Source: Khronos, glTF 2.0 Specification, section 3.6.2 (accessors, 3.6.2.3 for sparse ones).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.gltf import DTYPES, WIDTHS
from actionmesh_wrapper.mesh_file.data_uri import decoded, is_data
from actionmesh_wrapper.mesh_file.document import Document, Sparse, at, parse_property
from actionmesh_wrapper.mesh_file.extensions import COMPRESSIONS

MAX_SPARSE = 2_000_000  # elements of sparse accessors, in all: more than the vertices and faces taken have


class Accessors:
    """Reads a document's accessors and buffer views; never reads beyond the end of their bytes."""

    def __init__(self, document: Document, binary: memoryview) -> None:
        self.document = document
        self._binary = binary
        self._decoded: dict[str, memoryview] = {}  # data URIs, each once
        self._replaced: dict[int, tuple[NDArray[np.intp], NDArray[Any]]] = {}  # elements of sparse accessors
        self._sparse_left = MAX_SPARSE

    def count(self, index: int) -> int:
        """How many elements an accessor says that it has."""
        return at(self.document.accessors, index).count

    def raw(self, index: int, kind: str, rows: NDArray[np.intp] | None = None) -> NDArray[Any]:
        """An accessor's elements as stored; without a copy where it is not sparse and all are wanted.

        Args:
            index: the accessor's.
            kind: the type that it must have, such as ``VEC3``.
            rows: (R,) the elements wanted; None is all.

        Returns:
            (R or N, W) of the stored dtype.

        Raises:
            NotAMesh: if it is of another type, its bytes are not there, or it has fewer elements than
                ``rows`` name.
            TooLarge: if there are too many elements of sparse accessors.
        """
        accessor = at(self.document.accessors, index)
        if accessor.type != kind:
            raise NotAMesh(f"The mesh's file is broken: an accessor is not of the type {kind}.")
        if accessor.sparse is None and accessor.buffer_view is None:
            raise NotAMesh(
                "The mesh has an empty accessor, which is not read; "
                f"is it compressed ({', '.join(COMPRESSIONS[:2])})? Export it plainly."
            )
        shape, dtype = (accessor.count, WIDTHS[kind]), _dtype(accessor.component_type)
        if accessor.buffer_view is None:
            stored = _zeros(shape, dtype)
        else:
            stored = self._elements(accessor.buffer_view, accessor.byte_offset, shape, dtype)
        if rows is not None:
            if rows.size and rows.max() >= len(stored):
                raise NotAMesh("The mesh's file is broken: its vertices' attributes differ in length.")
            stored = stored[rows]
        if accessor.sparse is not None:
            places, values = self._sparse(index, shape, dtype)
            wanted = np.arange(shape[0]) if rows is None else rows
            near = np.searchsorted(places, wanted).clip(max=max(len(places) - 1, 0))
            is_replaced = places[near] == wanted if len(places) else np.zeros(len(wanted), bool)
            stored = np.array(stored)
            stored[is_replaced] = values[near[is_replaced]]
        return stored

    def numbers(self, index: int, kind: str, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """An accessor's elements as glTF means them: normalized integers become fractions.

        Args:
            index: the accessor's.
            kind: the type that it must have.
            rows: (R,) the elements wanted; None is all.

        Returns:
            (R or N, W) float64.

        Raises:
            NotAMesh, TooLarge: see `raw`.
        """
        stored = self.raw(index, kind, rows)
        values = stored.astype(np.float64)
        if at(self.document.accessors, index).normalized and stored.dtype.kind in "iu":
            values = np.maximum(values / np.iinfo(stored.dtype).max, -1.0)
        return values

    def _elements(self, view: int, offset: int, shape: tuple[int, int], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Elements (N, W) in a buffer view, without a copy."""
        if not shape[0]:
            return np.empty(shape, dtype)
        data = self.view(view)
        size = shape[1] * dtype.itemsize
        stride = at(self.document.buffer_views, view).byte_stride or size
        if stride < size or offset + stride * (shape[0] - 1) + size > len(data):
            raise NotAMesh("The mesh's file is broken: an accessor is longer than its data.")
        return np.ndarray(shape, dtype, data, offset, (stride, dtype.itemsize))

    def _sparse(
        self, index: int, shape: tuple[int, int], dtype: np.dtype[Any]
    ) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """The elements that a sparse accessor replaces, rising, and what by."""
        if index not in self._replaced:
            sparse = parse_property(Sparse, self.document.accessors[index].sparse)
            self._sparse_left -= sparse.count
            if self._sparse_left < 0:
                raise TooLarge(f"The mesh has sparse accessors of more than {MAX_SPARSE:,} elements.")
            kind, size = _dtype(sparse.indices.component_type), (sparse.count, shape[1])
            named = self._elements(
                sparse.indices.buffer_view, sparse.indices.byte_offset, (sparse.count, 1), kind
            )
            places = named[:, 0].astype(np.intp)
            if kind.kind != "u" or (np.diff(places) <= 0).any() or (places >= shape[0]).any():
                raise NotAMesh(
                    "The mesh's file is broken: a sparse accessor names elements that are not there."
                )
            values = self._elements(sparse.values.buffer_view, sparse.values.byte_offset, size, dtype)
            self._replaced[index] = places, values
        return self._replaced[index]

    def view(self, index: int) -> memoryview:
        """A buffer view's bytes.

        Raises:
            NotAMesh: if they are not in the file.
        """
        view = at(self.document.buffer_views, index)
        return self.bytes_at(view.buffer, view.byte_offset, view.byte_length)

    def bytes_at(self, buffer: int, offset: int, length: int) -> memoryview:
        """Some of a buffer's bytes.

        Raises:
            NotAMesh: if they are not in the file.
        """
        data = self._buffer(buffer)
        if offset + length > len(data):
            raise NotAMesh("The mesh's file is broken: a buffer view reaches beyond its data.")
        return data[offset : offset + length]

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


def _dtype(component_type: int) -> np.dtype[Any]:
    if component_type not in DTYPES:
        raise NotAMesh("The mesh's file is broken: an accessor's numbers are of no kind that glTF has.")
    return np.dtype(DTYPES[component_type])


def _zeros(shape: tuple[int, int], dtype: np.dtype[Any]) -> NDArray[Any]:
    """What a sparse accessor without a buffer view starts from: zeros that take no memory."""
    if shape[0] > MAX_SPARSE:
        raise TooLarge(f"The mesh has a sparse accessor of more than {MAX_SPARSE:,} elements.")
    return np.broadcast_to(np.zeros((), dtype), shape)
