"""Small animated pictures that claim any size and number of frames, whatever a decoder makes of them."""

import struct
import zlib


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A PNG's chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def gif(width: int, height: int, *, frames: int = 20) -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\x00"
    return screen + picture * frames + b"\x3b"


def apng(width: int, height: int, extra: bytes = b"", *, frames: int = 20) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    data = zlib.compress(bytes((64 * 4 + 1) * 64))
    pictures = []
    for index in range(frames):
        control = struct.pack(">IIIIIHHBB", 2 * index, width, height, 0, 0, 1, 10, 0, 0)
        picture = chunk(b"fdAT", struct.pack(">I", 2 * index + 1) + data) if index else chunk(b"IDAT", data)
        pictures += [chunk(b"fcTL", control), picture]
    begin = b"\x89PNG\r\n\x1a\n" + header + chunk(b"acTL", struct.pack(">II", frames, 0))
    return begin + extra + b"".join(pictures) + chunk(b"IEND")


def blended(frames: int, *, whole: int | None = None) -> bytes:
    """An animated PNG of 64 × 64 whose frames blend over what is there, also the first, 10 a second.

    Frame n is red up to its row 4 n, and clear below. The frame ``whole`` replaces what is there instead.
    """
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 6, 0, 0, 0))
    file = b"\x89PNG\r\n\x1a\n" + header + chunk(b"acTL", struct.pack(">II", frames, 0))
    for index in range(frames):
        rows = [b"\0" + (b"\xff\0\0\xff" if row < 4 * index else bytes(4)) * 64 for row in range(64)]
        number, data = 2 * index, zlib.compress(b"".join(rows))
        over = index != whole
        file += chunk(b"fcTL", struct.pack(">IIIIIHHBB", max(number - 1, 0), 64, 64, 0, 0, 1, 10, 0, over))
        file += chunk(b"fdAT", struct.pack(">I", number) + data) if index else chunk(b"IDAT", data)
    return file + chunk(b"IEND")


def webp(width: int, height: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data

    def three(number: int) -> bytes:
        return struct.pack("<I", number)[:3]

    canvas = part(b"VP8X", b"\x02\0\0\0" + three(width - 1) + three(height - 1))
    frame = part(b"ANMF", bytes(12) + three(50) + b"\0" + part(b"VP8L", b"\x2f\0\0\0\0\x88\x88\x08"))
    data = b"WEBP" + canvas + part(b"ANIM", bytes(6)) + frame * 20
    return b"RIFF" + struct.pack("<I", len(data)) + data
