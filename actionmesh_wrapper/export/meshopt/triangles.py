"""Mode 1 of EXT_meshopt_compression: triangles by the edges and vertices before them, in a fitting order."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER = b"\xe1"
_DEPTH = 16  # what the decoder remembers, of edges and of vertices
_NEW = 0  # a vertex that is the next one never seen
_FREE = 15  # a vertex that is told in full
_BEFORE_LAST, _AFTER_LAST = 13, 14  # a vertex beside the one last told in full
_RESTART = 0xF0  # a triangle with no edge in memory
_TOLD_AFTER_NEW, _TOLD = (
    14,
    15,
)  # such a one with a pair of corners that no byte can tell, by its first corner
# Pairs of second and third corners that one byte can tell; the last two entries are not used and must be 0.
_COMMON = bytes.fromhex("0076 8756 6778 a986 6589 6898 0169 0000")
_COMMON_USED = 14


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
        ways: list[int] = [start]
        while ways:
            index = ways.pop()
            if visited[index]:
                continue
            visited[index] = 1
            order.append(index)
            a, b, c = faces[index]
            ways += [at_edge[edge] for edge in ((b, a), (c, b), (a, c)) if edge in at_edge]
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
    return b"".join([_HEADER, writer.codes, writer.data, _COMMON])


class _Writer:
    """Keeps what the decoder will remember at this point.

    Attributes:
        codes: one byte a triangle.
        data: what did not fit into them.
    """

    def __init__(self) -> None:
        self.codes = bytearray()
        self.data = bytearray()
        self._next = 0  # the lowest number never seen
        self._last = 0  # the vertex last told in full
        self._edges: dict[tuple[int, int], int] = {}  # each with the count at which it was last remembered
        self._num_edges = 0
        self._vertices: dict[int, int] = {}
        self._num_vertices = 0

    def add(self, a: int, b: int, c: int) -> None:
        """Appends a triangle."""
        newest, corners = -1, (a, b, c)
        for turned in ((a, b, c), (b, c, a), (c, a, b)):
            at = self._edges.get(turned[:2], -1)
            if at > newest:
                newest, corners = at, turned
        age = self._num_edges - 1 - newest
        if newest >= 0 and age < _DEPTH - 1:
            self._add_at_edge(age, *corners)
        else:
            self._add_alone(a, b, c)

    def _add_at_edge(self, age: int, a: int, b: int, c: int) -> None:
        """A triangle at a remembered edge: only its third corner is to be told."""
        found = self._age(c)
        if 0 < found < _BEFORE_LAST:
            third = found
        else:
            third = self._third(c)
            self._remember_vertex(c)
        self.codes.append(age << 4 | third)
        if third == _FREE:
            self._tell(c)
        self._remember_edges((c, b), (a, c))

    def _third(self, c: int) -> int:
        """The code of a third corner that is not remembered."""
        if c == self._next:
            self._next += 1
            return _NEW
        if abs(c - self._last) == 1:
            code = _AFTER_LAST if c > self._last else _BEFORE_LAST
            self._last = c
            return code
        return _FREE

    def _add_alone(self, a: int, b: int, c: int) -> None:
        """A triangle away from the remembered edges; it starts with a new vertex if it has one."""
        if b == self._next:
            a, b, c = b, c, a
        elif c == self._next:
            a, b, c = c, a, b
        is_new = a == self._next
        self._next += is_new
        codes = (_NEW if is_new else _FREE, self._corner(b), self._corner(c))
        pair = codes[1] << 4 | codes[2]
        at = _COMMON.find(pair, 0, _COMMON_USED)
        if is_new and at >= 0:
            self.codes.append(_RESTART | at)
        else:
            self.codes.append(_RESTART | (_TOLD_AFTER_NEW if is_new else _TOLD))
            self.data.append(pair)
        for vertex, code in zip((a, b, c), codes, strict=True):
            if code == _FREE:
                self._tell(vertex)
        for vertex, code in zip((a, b, c), codes, strict=True):
            if code in {_NEW, _FREE}:
                self._remember_vertex(vertex)
        self._remember_edges((b, a), (c, b), (a, c))

    def _corner(self, vertex: int) -> int:
        """The code of the second or third corner of a triangle away from the remembered edges."""
        age = self._age(vertex)
        if 0 <= age < 14:
            return age + 1
        if vertex == self._next:
            self._next += 1
            return _NEW
        return _FREE

    def _age(self, vertex: int) -> int:
        """How many vertices were remembered since this one; -1 if it is not, or no more."""
        at = self._vertices.get(vertex)
        if at is None:
            return -1
        age = self._num_vertices - 1 - at
        return age if age < _DEPTH else -1

    def _remember_vertex(self, vertex: int) -> None:
        self._vertices[vertex] = self._num_vertices
        self._num_vertices += 1

    def _remember_edges(self, *edges: tuple[int, int]) -> None:
        for edge in edges:
            self._edges[edge] = self._num_edges
            self._num_edges += 1

    def _tell(self, vertex: int) -> None:
        """Appends a vertex in full: its distance from the last such, zigzag, seven bits a byte."""
        step = vertex - self._last
        value = step << 1 if step >= 0 else ~(step << 1)
        while value > 127:
            self.data.append(value & 127 | 128)
            value >>= 7
        self.data.append(value)
        self._last = vertex
