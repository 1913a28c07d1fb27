"""The boxes of an MP4: making them, and putting one in the place of another."""

import struct

MINF = (b"moov", b"trak", b"mdia", b"minf")
STBL = (*MINF, b"stbl")


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data


def full(kind: bytes, data: bytes) -> bytes:
    """A box with version and flags, both 0."""
    return box(kind, bytes(4) + data)


def replaced(file: bytes, path: tuple[bytes, ...], new: bytes) -> bytes:
    """A file whose index stands at its end, with another box at a path; the boxes around it fit again."""
    starts = []
    inside = 0
    for name in path:
        start = inside
        while file[start + 4 : start + 8] != name:
            start += _size(file, start)
        starts.append(start)
        inside = start + 8
    old = _size(file, starts[-1])
    out = bytearray(file[: starts[-1]] + new + file[starts[-1] + old :])
    for start in starts[:-1]:
        struct.pack_into(">I", out, start, _size(file, start) + len(new) - old)
    return bytes(out)


def in_sample_entry(file: bytes, codec: bytes, new: bytes) -> bytes:
    """A file of one track, whose index stands at its end, with another box in its sample's entry."""
    start = file.index(b"stsd") - 4
    entry = file[start + 16 : start + _size(file, start)]
    assert entry[4:8] == codec, entry[4:8]
    longer = struct.pack(">I", len(entry) + len(new)) + entry[4:] + new
    return replaced(file, (*STBL, b"stsd"), full(b"stsd", struct.pack(">I", 1) + longer))


def _size(file: bytes, start: int) -> int:
    return int.from_bytes(file[start : start + 4], "big")
