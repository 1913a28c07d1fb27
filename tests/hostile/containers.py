"""Files that are no good video, made of nothing or of a good one."""

import struct
import zlib
from collections.abc import Callable

from tests.hostile.scene import Clips
from tests.video.animated import chunk
from tests.video.clips import H264

Make = Callable[[Clips], bytes]

MOVED = ("-movflags", "frag_keyframe+empty_moov", "-g", "4")
SOUND = ("-f", "lavfi", "-i", "sine=d=1")

# Good clips by container, each as small as can be.
KINDS: dict[str, tuple[str, ...]] = {
    "clip.mp4": (*H264, "-movflags", "+faststart"),
    "fragmented.mp4": (*H264, *MOVED),
    "prores.mov": ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"),
    "png.mov": ("-c:v", "png", "-pix_fmt", "rgba"),
    "clip.mkv": H264,
    "clip.webm": ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "1M"),
    "clip.avi": ("-c:v", "mjpeg", "-q:v", "2"),
    "clip.ts": H264,
    "clip.mpg": ("-c:v", "mpeg2video", "-q:v", "2"),
    "clip.flv": H264,
    "clip.wmv": ("-c:v", "wmv2", "-q:v", "2"),
    "clip.ogv": ("-c:v", "libtheora", "-q:v", "10"),
    "clip.gif": (),
    "clip.apng": ("-pix_fmt", "rgba"),
    "clip.webp": ("-c:v", "libwebp_anim", "-lossless", "1"),
}


def good(clips: Clips, kind: str, *arguments: str, count: int = 16) -> bytes:
    """A good clip of a kind."""
    name = f"{count}{''.join(arguments).replace('/', '_')}-{kind}"
    return clips.get(name, *KINDS[kind], *arguments, count=count)


def cut(kind: str, share: float) -> Make:
    """Only the first part of a good clip."""
    return lambda clips: (data := good(clips, kind))[: int(len(data) * share)]


def garbled(kind: str, keep: int) -> Make:
    """Garbage behind the first bytes of a good clip."""
    return lambda clips: good(clips, kind)[:keep] + bytes(range(256)) * 40


def replaced(kind: str, old: bytes, new: bytes, count: int = -1) -> Make:
    """A good clip with some bytes in the place of others, which it must have."""

    def make(clips: Clips) -> bytes:
        data = good(clips, kind)
        assert old in data
        return data.replace(old, new, count)

    return make


def patched(kind: str, behind: bytes, offset: int, new: bytes) -> Make:
    """A good clip with some bytes changed, so far behind the first place of others."""

    def make(clips: Clips) -> bytes:
        data = good(clips, kind)
        at = data.index(behind) + len(behind) + offset
        return data[:at] + new + data[at + len(new) :]

    return make


def made(*arguments: str, name: str) -> Make:
    """What ffmpeg makes of its own sources."""
    return lambda clips: clips.made(name, *arguments)


def encoded(kind: str, *arguments: str, count: int = 16) -> Make:
    """A good clip encoded with more arguments."""
    return lambda clips: good(clips, kind, *arguments, count=count)


def gif(width: int, height: int, frames: int, *, picture: tuple[int, int] = (1, 1)) -> bytes:
    """A GIF of dots on a canvas; each picture says that it has a size, and has data for a dot."""
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    delay = b"\x21\xf9\x04\x00\x01\x00\x00\x00"
    dot = b"\x2c" + struct.pack("<HHHHB", 0, 0, *picture, 0) + b"\x02\x02\x44\x01\x00"
    return screen + (delay + dot) * frames + b"\x3b"


def apng(width: int, height: int, *, frames: int = 20, claimed: int | None = None) -> bytes:
    """An APNG whose pictures hold a row of zeros each, whatever their size."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    control = chunk(b"acTL", struct.pack(">II", frames if claimed is None else claimed, 0))
    pictures = b"".join(
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 2 * n, width, height, 0, 0, 1, 24, 0, 0))
        + chunk(
            b"fdAT" if n else b"IDAT",
            (struct.pack(">I", 2 * n + 1) if n else b"") + zlib.compress(bytes(1 << 16)),
        )
        for n in range(frames)
    )
    return b"\x89PNG\r\n\x1a\n" + header + control + pictures + chunk(b"IEND")


def webp(width: int, height: int) -> bytes:
    """An animated WebP of frames that have nothing in them."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = b"ANMF" + struct.pack("<I", 16) + bytes(6) + size + b"\x28\0\0\0"
    parts = (
        b"VP8X"
        + struct.pack("<I", 10)
        + b"\x02\0\0\0"
        + size
        + b"ANIM"
        + struct.pack("<I", 6)
        + bytes(6)
        + frame * 20
    )
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


def grown(kind: str) -> Make:
    """A clip of PNG pictures that say, in their own headers, that they are huge."""

    def make(clips: Clips) -> bytes:
        data = good(clips, kind, "-c:v", "png", "-pix_fmt", "rgba")
        header = struct.pack(">II", 96, 64)
        assert header in data
        return data.replace(b"IHDR" + header, b"IHDR" + struct.pack(">II", 60_000, 60_000))

    return make


def gap(clips: Clips) -> bytes:
    """A transport stream whose second half is shown a day after its first."""
    late = good(clips, "clip.ts", "-output_ts_offset", "86000")
    return good(clips, "clip.ts") + late


def elsewhere(clips: Clips) -> bytes:
    """A MOV whose pictures are said to lie in another file: its data reference is an alias."""
    path = b"/etc/passwd"
    alias = struct.pack(">IHH", 0, 100 + 54, 2) + bytes(142) + struct.pack(">hH", 2, len(path)) + path
    alias += bytes(-len(path) % 2) + struct.pack(">hH", -1, 0)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    data = good(clips, "prores.mov")
    at = data.index(b"dref")
    old = int.from_bytes(data[at - 4 : at], "big")
    new = b"dref" + struct.pack(">II", 0, 1) + entry
    added = len(new) + 4 - old
    data = data[: at - 4] + struct.pack(">I", len(new) + 4) + new + data[at - 4 + old :]
    for parent in (b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        place = data.rindex(parent, 0, at) - 4
        size = int.from_bytes(data[place : place + 4], "big") + added
        data = data[:place] + struct.pack(">I", size) + data[place + 4 :]
    return data
