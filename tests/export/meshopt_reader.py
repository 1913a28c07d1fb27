"""A decoder of EXT_meshopt_compression, written from the extension's appendix A, byte by byte and slow."""

from collections import deque
from collections.abc import Iterator

import numpy as np


def decode(data: bytes, mode: str, count: int, stride: int) -> bytes:
    """The bytes of a buffer view."""
    if mode == "ATTRIBUTES":
        return decode_attributes(data, count, stride)
    assert mode == "TRIANGLES"
    return np.array(decode_triangles(data, count // 3), f"<u{stride}").tobytes()


def decode_attributes(data: bytes, count: int, stride: int) -> bytes:
    assert data[0] == 0xA0
    at, end = 1, len(data) - max(stride, 32)
    last = bytearray(data[len(data) - stride :])
    rows = bytearray()
    while count:
        size = min(count, 8192 // stride & ~15, 256)
        groups = -(-size // 16)
        columns = []
        for byte in range(stride):
            header = data[at : at + -(-groups // 4)]
            at += len(header)
            steps: list[int] = []
            for group in range(groups):
                values, at = _group(data, at, header[group // 4] >> group % 4 * 2 & 3)
                steps += values
            column = []
            for step in steps[:size]:
                last[byte] = (last[byte] + (step >> 1 ^ -(step & 1))) & 255
                column.append(last[byte])
            columns.append(column)
        rows += bytes(value for row in zip(*columns, strict=True) for value in row)
        count -= size
    assert at == end, "not all of the stream was read"
    return bytes(rows)


def _group(data: bytes, at: int, mode: int) -> tuple[list[int], int]:
    """16 differences, zigzag, and where they end."""
    if mode == 0:
        return [0] * 16, at
    if mode == 3:
        return list(data[at : at + 16]), at + 16
    bits = 2 * mode
    packed = int.from_bytes(data[at : at + 2 * bits], "big")
    at += 2 * bits
    values = [packed >> (15 - index) * bits & ((1 << bits) - 1) for index in range(16)]
    for index, value in enumerate(values):
        if value == (1 << bits) - 1:
            values[index] = data[at]
            at += 1
    return values, at


class _Triangles:
    def __init__(self, data: bytes, count: int) -> None:
        assert data[0] == 0xE1
        self.codes = data[1 : 1 + count]
        self.extra = iter(data[1 + count : -16])
        self.table = data[-16:]
        self.next = self.last = 0
        self.edges: deque[tuple[int, int]] = deque(maxlen=16)  # the newest is the first
        self.vertices: deque[int] = deque(maxlen=16)

    def read(self) -> Iterator[int]:
        assert self.table[14:] == b"\0\0"
        for code in self.codes:
            yield from self._at_edge(code) if code < 0xF0 else self._alone(code)
        assert next(self.extra, None) is None, "not all of the stream was read"

    def _at_edge(self, code: int) -> tuple[int, int, int]:
        a, b = self.edges[code >> 4]
        third = code & 15
        if 0 < third < 13:
            c = self.vertices[third]
        else:
            c = self._fresh(third)
            self.vertices.appendleft(c)
        self.edges.appendleft((c, b))
        self.edges.appendleft((a, c))
        return a, b, c

    def _fresh(self, code: int) -> int:
        if code == 0:
            self.next += 1
            return self.next - 1
        if code == 15:
            return self._told()
        self.last += 1 if code == 14 else -1
        return self.last

    def _alone(self, code: int) -> tuple[int, int, int]:
        if code < 0xFE:
            pair = self.table[code & 15]
        else:
            pair = next(self.extra)
            if pair == 0:
                self.next = 0
        told = [15 if code == 0xFF else 0, pair >> 4, pair & 15]
        corners = [self._fresh(kind) if kind in {0, 15} else self.vertices[kind - 1] for kind in told]
        for kind, vertex in zip(told, corners, strict=True):
            if kind in {0, 15}:
                self.vertices.appendleft(vertex)
        a, b, c = corners
        self.edges.extendleft([(b, a), (c, b), (a, c)])
        return a, b, c

    def _told(self) -> int:
        value = shift = 0
        more = True
        while more:
            byte = next(self.extra)
            value |= (byte & 127) << shift
            shift += 7
            more = byte > 127
        self.last += value >> 1 ^ -(value & 1)
        return self.last


def decode_triangles(data: bytes, count: int) -> list[int]:
    return list(_Triangles(data, count).read())
