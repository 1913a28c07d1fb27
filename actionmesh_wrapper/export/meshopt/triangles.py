"""Mode 1 of EXT_meshopt_compression: triangles by the edges and vertices before them, in a fitting order."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER = b"\xe1"
_FIFO_SIZE = 16  # entries of the decoder's two FIFOs, of edges and of vertices

# Codes of a vertex; others are its age in the FIFO.
_NEW = 0  # the lowest number never seen
_BEFORE_LAST, _AFTER_LAST = 13, 14  # beside the last explicit one
_EXPLICIT = 15  # its number follows in the data

# Codes of a triangle at no edge in the FIFO: what to add is an index into the table, or one of these two, by
# its first corner, where the codes of the other two follow in the data.
_RESTART = 0xF0
_NEW_THEN_DATA, _EXPLICIT_THEN_DATA = 14, 15
# Codes of a second and a third corner; the last two entries are not used and must be 0.
_CODEAUX = bytes.fromhex("0076 8756 6778 a986 6589 6898 0169 0000")
_CODEAUX_USED = 14


@dataclass(frozen=True, eq=False)
class VertexOrder:
    """A mesh, renumbered.

    Attributes:
        vertices: (V,) intp, the old number of each new vertex: new = old[vertices].
        faces: (F, 3) int32, the same triangles in new numbers and in a new order.
    """

    vertices: NDArray[np.intp]
    faces: NDArray[np.int32]


def strip_order(faces: NDArray[np.int32], num_vertices: int) -> VertexOrder:
    """Walks over the mesh from neighbour to neighbour, and numbers vertices in the order of their first use.

    Args:
        faces: (F, 3) int32.
        num_vertices: V; vertices in no face come last.
    """
    walked = faces[_walk(faces.tolist())]
    used, first = np.unique(walked, return_index=True)
    lone = np.setdiff1d(np.arange(num_vertices), used)
    vertices = np.concatenate([used[np.argsort(first)], lone]).astype(np.intp)
    number = np.empty(num_vertices, np.int32)
    number[vertices] = np.arange(num_vertices, dtype=np.int32)
    return VertexOrder(vertices, number[walked])


def _walk(faces: list[list[int]]) -> list[int]:
    """The triangles' numbers, each next to the latest one that still has an unvisited neighbour."""
    at_edge = {edge: index for index, (a, b, c) in enumerate(faces) for edge in ((a, b), (b, c), (c, a))}
    visited = bytearray(len(faces))
    order: list[int] = []
    for start in range(len(faces)):
        stack: list[int] = [start]
        while stack:
            index = stack.pop()
            if visited[index]:
                continue
            visited[index] = 1
            order.append(index)
            a, b, c = faces[index]
            stack += [at_edge[edge] for edge in ((b, a), (c, b), (a, c)) if edge in at_edge]
    return order


def encode_triangles(faces: NDArray[np.integer[Any]]) -> bytes:
    """Compresses triangles without loss, save that a triangle may start at another of its corners.

    Small where neighbours follow each other and vertices are numbered in the order of their first use.

    Args:
        faces: (F, 3) indices, F ≥ 1.

    Returns:
        The stream.
    """
    writer = _Writer()
    for face in faces.tolist():
        writer.add(*face)
    return b"".join([_HEADER, writer.codes, writer.data, _CODEAUX])


class _Writer:
    """Keeps the state that the decoder will have at this point.

    Attributes:
        codes: one byte a triangle.
        data: what did not fit into them.
    """

    def __init__(self) -> None:
        self.codes = bytearray()
        self.data = bytearray()
        self._next = 0  # the lowest number never seen
        self._last = 0  # the last explicit vertex
        self._edges: dict[tuple[int, int], int] = {}  # each with its latest place in the FIFO's history
        self._num_edges = 0
        self._vertices: dict[int, int] = {}
        self._num_vertices = 0

    def add(self, a: int, b: int, c: int) -> None:
        """Appends a triangle."""
        newest, corners = -1, (a, b, c)
        for rotated in ((a, b, c), (b, c, a), (c, a, b)):
            place = self._edges.get(rotated[:2], -1)
            if place > newest:
                newest, corners = place, rotated
        age = self._num_edges - 1 - newest
        if newest >= 0 and age < _FIFO_SIZE - 1:
            self._add_at_edge(age, *corners)
        else:
            self._add_alone(a, b, c)

    def _add_at_edge(self, age: int, a: int, b: int, c: int) -> None:
        """A triangle at an edge in the FIFO: only its third corner is written."""
        vertex_age = self._age(c)
        if 0 < vertex_age < _BEFORE_LAST:
            third = vertex_age
        else:
            third = self._third_code(c)
            self._push_vertex(c)
        self.codes.append(age << 4 | third)
        if third == _EXPLICIT:
            self._write_explicit(c)
        self._push_edges((c, b), (a, c))

    def _third_code(self, c: int) -> int:
        """The code of a third corner whose age has no code."""
        if c == self._next:
            self._next += 1
            return _NEW
        if abs(c - self._last) == 1:
            code = _AFTER_LAST if c > self._last else _BEFORE_LAST
            self._last = c
            return code
        return _EXPLICIT

    def _add_alone(self, a: int, b: int, c: int) -> None:
        """A triangle at no edge in the FIFO; it starts with a new vertex if it has one."""
        if b == self._next:
            a, b, c = b, c, a
        elif c == self._next:
            a, b, c = c, a, b
        is_new = a == self._next
        self._next += is_new
        codes = (_NEW if is_new else _EXPLICIT, self._corner_code(b), self._corner_code(c))
        pair = codes[1] << 4 | codes[2]
        entry = _CODEAUX.find(pair, 0, _CODEAUX_USED)
        if is_new and entry >= 0:
            self.codes.append(_RESTART | entry)
        else:
            self.codes.append(_RESTART | (_NEW_THEN_DATA if is_new else _EXPLICIT_THEN_DATA))
            self.data.append(pair)
        for vertex, code in zip((a, b, c), codes, strict=True):
            if code == _EXPLICIT:
                self._write_explicit(vertex)
        for vertex, code in zip((a, b, c), codes, strict=True):
            if code in {_NEW, _EXPLICIT}:
                self._push_vertex(vertex)
        self._push_edges((b, a), (c, b), (a, c))

    def _corner_code(self, vertex: int) -> int:
        """The code of the second or third corner of a triangle at no edge in the FIFO."""
        age = self._age(vertex)
        if 0 <= age < 14:
            return age + 1
        if vertex == self._next:
            self._next += 1
            return _NEW
        return _EXPLICIT

    def _age(self, vertex: int) -> int:
        """How many vertices entered the FIFO after this one; -1 if it is not in it."""
        place = self._vertices.get(vertex)
        if place is None:
            return -1
        age = self._num_vertices - 1 - place
        return age if age < _FIFO_SIZE else -1

    def _push_vertex(self, vertex: int) -> None:
        self._vertices[vertex] = self._num_vertices
        self._num_vertices += 1

    def _push_edges(self, *edges: tuple[int, int]) -> None:
        for edge in edges:
            self._edges[edge] = self._num_edges
            self._num_edges += 1

    def _write_explicit(self, vertex: int) -> None:
        """Appends a vertex's distance from the last explicit one: zigzag, seven bits a byte."""
        step = vertex - self._last
        value = step << 1 if step >= 0 else ~(step << 1)
        while value > 127:
            self.data.append(value & 127 | 128)
            value >>= 7
        self.data.append(value)
        self._last = vertex
