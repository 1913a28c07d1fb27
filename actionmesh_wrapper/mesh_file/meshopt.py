"""What EXT_meshopt_compression holds: vertex attributes (mode 0) and triangles (mode 1), without filters.

Source: Khronos, glTF's registry of extensions, EXT_meshopt_compression, appendix A (bitstream).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh

_ATTRIBUTES_HEADER, _TRIANGLES_HEADER = 0xA0, 0xE1
_BLOCK_BYTES, _BLOCK_ELEMENTS, _GROUP = 8192, 256, 16  # a group's elements share a width
_MOST_STRIDE = 256
_LEAST_TAIL = 32  # bytes at the end, whose last are the first element
_PACKED_BITS = {1: 2, 2: 4}  # a group's mode: bits of each difference; of the largest number a byte follows
_RAW = 3  # the mode of a group of plain bytes
_MOST_GROUP_BYTES = 24
_PAST_THE_END = _BLOCK_ELEMENTS // _GROUP * _MOST_GROUP_BYTES + _MOST_GROUP_BYTES

_CODEAUX_BYTES = 16
_FIFO = 15  # the mask of an index into a FIFO of 16
_BEFORE_LAST, _EXPLICIT = 13, 15
_ALONE, _WITH_DATA, _NOT_NEW = 0xF0, 0xFE, 0xFF
_U32 = 0xFFFFFFFF


def decode_attributes(data: memoryview, count: int, stride: int) -> NDArray[np.uint8]:
    """Decodes mode 0.

    Args:
        data: the stream.
        count: elements, ≥ 1. The caller bounds how many.
        stride: bytes of each.

    Returns:
        (count, stride) uint8.

    Raises:
        NotAMesh: if the stream is damaged, or longer or shorter than what it holds.
    """
    tail = max(stride, _LEAST_TAIL)
    if stride % 4 or not 4 <= stride <= _MOST_STRIDE or len(data) < 1 + tail or data[0] != _ATTRIBUTES_HEADER:
        raise _broken()
    stream = np.concatenate([np.frombuffer(data, np.uint8), np.zeros(_PAST_THE_END, np.uint8)])
    size = min(_BLOCK_BYTES // stride // _GROUP * _GROUP, _BLOCK_ELEMENTS)
    sizes = [size] * (count // size) + [count % size] * (count % size > 0)
    groups = _decoded_groups(stream, *_find_groups(stream, sizes, stride, len(data) - tail))
    steps = np.empty((count, stride), np.uint8)
    done, row = 0, 0
    for elements in sizes:
        wide = -(-elements // _GROUP) * _GROUP
        block = groups[done : done + stride * wide // _GROUP].reshape(stride, wide)
        steps[row : row + elements] = block[:, :elements].T
        done, row = done + len(block) * wide // _GROUP, row + elements
    signed = ((steps >> 1) ^ np.where(steps & 1, 255, 0)).astype(np.uint8)
    signed[0] += np.frombuffer(data[len(data) - stride :], np.uint8)
    rows: NDArray[np.uint8] = np.cumsum(signed, axis=0, dtype=np.uint8)
    return rows


def _find_groups(
    stream: NDArray[np.uint8], sizes: Sequence[int], stride: int, end: int
) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Where each group of each byte of each block starts, and its mode. How long one is, its bytes tell."""
    lengths = [bytes(len(stream)), *(_packed_lengths(stream, bits) for bits in _PACKED_BITS.values())]
    lengths.append(bytes([_GROUP]) * len(stream))
    at_each, place = stream.tobytes(), 1
    starts: list[int] = []
    modes: list[int] = []
    for elements in sizes:
        groups = -(-elements // _GROUP)
        header_bytes = -(-groups // 4)
        for _ in range(stride):
            header, place = place, place + header_bytes
            if place > end:
                raise _broken()
            for group in range(groups):
                mode = at_each[header + group // 4] >> group % 4 * 2 & 3
                starts.append(place)
                modes.append(mode)
                place += lengths[mode][place]
    if place != end:
        raise _broken()
    return np.array(starts, np.intp), np.array(modes, np.uint8)


def _packed_lengths(stream: NDArray[np.uint8], bits: int) -> bytes:
    """How many bytes a group of so many bits would have, did it start at each place."""
    packed = _GROUP * bits // 8
    full = (_unpacked(stream, bits) == (1 << bits) - 1).sum(axis=-1)
    sums = np.concatenate([[0], np.cumsum(full)])
    lengths = np.full(len(stream), packed)
    lengths[: len(stream) - packed + 1] += sums[packed:] - sums[:-packed]
    return lengths.astype(np.uint8).tobytes()


def _unpacked(data: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    """The numbers in each byte, the first in the highest bits: (..., 8 / bits)."""
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    return ((data[..., None] >> shifts) & ((1 << bits) - 1)).astype(np.uint8)


def _decoded_groups(
    stream: NDArray[np.uint8], starts: NDArray[np.intp], modes: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """(G, 16) numbers of groups that start at these places."""
    groups = np.zeros((len(starts), _GROUP), np.uint8)
    raw = modes == _RAW
    groups[raw] = stream[starts[raw, None] + np.arange(_GROUP)]
    for mode, bits in _PACKED_BITS.items():
        chosen = starts[modes == mode, None]
        packed = _GROUP * bits // 8
        numbers = _unpacked(stream[chosen + np.arange(packed)], bits).reshape(-1, _GROUP)
        is_full = numbers == (1 << bits) - 1
        behind = stream[chosen + packed + np.cumsum(is_full, axis=1) - is_full]
        groups[modes == mode] = np.where(is_full, behind, numbers)
    return groups


def decode_triangles(data: memoryview, count: int) -> NDArray[np.uint32]:
    """Decodes mode 1.

    Args:
        data: the stream.
        count: indices, three a triangle. The caller bounds how many.

    Returns:
        (count,) uint32; whether there are such vertices is not looked at.

    Raises:
        NotAMesh: if the stream is damaged, or longer or shorter than what it holds.
    """
    faces = count // 3
    if count % 3 or len(data) < 1 + faces + _CODEAUX_BYTES or data[0] != _TRIANGLES_HEADER:
        raise _broken()
    reader = _Triangles(bytes(data[1 + faces : -_CODEAUX_BYTES]), bytes(data[-_CODEAUX_BYTES:]))
    try:
        corners = [reader.triangle(code) for code in data[1 : 1 + faces]]
    except IndexError:
        raise _broken() from None
    if not reader.is_at_end:
        raise _broken()
    return np.array(corners, np.uint32).ravel()


class _Triangles:
    """Follows the state that the encoder had."""

    def __init__(self, data: bytes, codeaux: bytes) -> None:
        self._data, self._codeaux, self._place = data, codeaux, 0
        self._next = self._last = 0  # the lowest vertex never seen; the last explicit one
        self._edges, self._num_edges = [(0, 0)] * 16, 0
        self._vertices, self._num_vertices = [0] * 16, 0

    @property
    def is_at_end(self) -> bool:
        """Whether all of the data was read."""
        return self._place == len(self._data)

    def triangle(self, code: int) -> tuple[int, int, int]:
        """The next one; raises IndexError if the data end before it does."""
        return self._at_edge(code) if code < _ALONE else self._alone(code)

    def _at_edge(self, code: int) -> tuple[int, int, int]:
        a, b = self._edges[self._num_edges - 1 - (code >> 4) & _FIFO]
        third = code & 15
        if 0 < third < _BEFORE_LAST:
            c = self._vertices[self._num_vertices - 1 - third & _FIFO]
        else:
            if third == 0:
                c = self._new()
            elif third == _EXPLICIT:
                c = self._explicit()
            else:
                c = self._last = self._last + (-1 if third == _BEFORE_LAST else 1) & _U32
            self._push_vertex(c)
        self._push_edges((c, b), (a, c))
        return a, b, c

    def _alone(self, code: int) -> tuple[int, int, int]:
        pair = self._byte() if code >= _WITH_DATA else self._codeaux[code & 15]
        if code >= _WITH_DATA and pair == 0:
            self._next = 0
        codes = (_EXPLICIT if code == _NOT_NEW else 0, pair >> 4, pair & 15)
        # new and aged vertices first: explicit ones stand in the data in order, and move no counter of these
        a, b, c = (
            self._new() if each == 0 else self._vertices[self._num_vertices - each & _FIFO] for each in codes
        )
        is_table = code < _WITH_DATA
        a = self._explicit() if codes[0] == _EXPLICIT else a
        b = self._explicit() if codes[1] == _EXPLICIT and not is_table else b
        c = self._explicit() if codes[2] == _EXPLICIT and not is_table else c
        for vertex, each in zip((a, b, c), codes, strict=True):
            if each == 0 or (each == _EXPLICIT and not is_table):
                self._push_vertex(vertex)
        self._push_edges((b, a), (c, b), (a, c))
        return a, b, c

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

    def _explicit(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128 or shift > 28:
                break
        self._last = self._last + (value >> 1 ^ -(value & 1)) & _U32
        return self._last

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _push_vertex(self, vertex: int) -> None:
        self._vertices[self._num_vertices & _FIFO] = vertex
        self._num_vertices += 1

    def _push_edges(self, *edges: tuple[int, int]) -> None:
        for edge in edges:
            self._edges[self._num_edges & _FIFO] = edge
            self._num_edges += 1


def _broken() -> NotAMesh:
    return NotAMesh("The mesh's file is broken: what meshopt has compressed in it cannot be decompressed.")
