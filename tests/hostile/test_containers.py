"""Files that pretend to be videos, and videos that pretend to be others."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable

import numpy as np
import pytest

from tests.hostile.containers import (
    KINDS,
    SOUND,
    Make,
    apng,
    cut,
    elsewhere,
    encoded,
    gap,
    garbled,
    gif,
    grown,
    made,
    patched,
    replaced,
    webp,
)
from tests.hostile.scene import Case, Data, Scene, by_base64
from tests.mesh_file.files import Model

Judge = Callable[[Case], None]

# What ffmpeg finds in broken files differs between its releases; which error it comes to is no promise.
BROKEN = "VIDEO_UNREADABLE|NO_VIDEO_STREAM|VIDEO_TOO_SHORT|TOO_LARGE_FRAME|NOT_A_VIDEO"
BROKEN_OR_GOOD = f"{BROKEN}|COMPLETED"


def zipped() -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("../../clip.mp4", b"x")
    return file.getvalue()


def tarred() -> bytes:
    with tarfile.open(fileobj=(file := io.BytesIO()), mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../../clip.mp4"))
    return file.getvalue()


def glb() -> bytes:
    model = Model()
    model.node(model.primitive())
    return model.data()


def still(name: str) -> Make:
    return made("-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", name=f"still.{name}")


def plain(data: bytes) -> Make:
    return lambda _: data


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
TEXTS = {
    "HLS": PLAYLIST,
    "HLS behind a byte order mark": b"\xef\xbb\xbf" + PLAYLIST,
    "HLS of a metadata server": b"#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/latest/\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "concat without a version": b"file '/etc/passwd'\n",
    "SDP": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "DASH": b'<?xml version="1.0"?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>',
    "SMIL": b"<smil><body><video src='file:///etc/passwd'/></body></smil>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "XML with an entity": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
    "HTML": b"<!DOCTYPE html><script>fetch('/')</script>",
    "JSON": b'{"error": "expired"}',
    "SRT": b"1\n00:00:00,000 --> 00:00:01,000\nHello\n",
    "WebVTT": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n",
    "ASS": b"[Script Info]\nScriptType: v4.00+\n",
    "FFMETADATA": b";FFMETADATA1\ntitle=x\n",
    "a script of ImageMagick": b"push graphic-context\nimage over 0,0 0,0 'ephemeral:/etc/passwd'\n",
    "PostScript": b"%!PS\n(/etc/passwd) (r) file\n",
    "Y4M": b"YUV4MPEG2 W64 H64 F24:1 Ip A1:1 C420\nFRAME\n",
    "a shell's script": b"#!/bin/sh\nid\n",
}
OTHERS: dict[str, Make] = {
    **{name: plain(text) for name, text in TEXTS.items()},
    **{
        f"a still {name}": still(name)
        for name in ("png", "jpg", "bmp", "tiff", "webp", "gif.png", "avif", "tga")
    },
    "zip": plain(zipped()),
    "gzip": plain(gzip.compress(b"x" * 1000)),
    "tar": plain(tarred()),
    "7z": plain(b"7z\xbc\xaf\x27\x1c" + bytes(100)),
    "PDF": plain(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "WebAssembly": plain(b"\0asm\x01\0\0\0" + bytes(100)),
    "ELF": plain(b"\x7fELF\x02\x01\x01" + bytes(100)),
    "Windows": plain(b"MZ\x90\0" + bytes(100)),
    "GLB": plain(glb()),
    "a NumPy array": plain(b"\x93NUMPY\x01\0v\0" + bytes(100)),
    "a pickle": plain(b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94."),
    "zeros": plain(bytes(10_000)),
    "ones": plain(b"\xff" * 10_000),
    "one byte": plain(b"\0"),
    "three letters of a GIF": plain(b"GIF"),
    "the sync bytes of two packets": plain((b"G" + bytes(187)) * 2),
    "video in the middle": lambda clips: b"x" * 5000 + clips.good,
}

MAGIC = {
    "mp4": b"\0\0\0\x20ftypisom",
    "mov": b"\0\0\0\x08wide",
    "mkv": b"\x1aE\xdf\xa3",
    "gif": b"GIF89a",
    "flv": b"FLV\x01",
    "ogg": b"OggS",
    "mpg": b"\0\0\x01\xba",
    "mpeg video": b"\0\0\x01\xb3",
    "asf": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    "avi": b"RIFF\0\0\0\0AVI ",
    "webp": b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02",
    "apng": apng(64, 64, frames=0),
    "ts": (b"G" + bytes(187)) * 3,
}
GARBAGE: dict[str, Make] = {
    **{f"{name}'s magic alone": plain(magic) for name, magic in MAGIC.items()},
    **{f"{name}'s magic and garbage": plain(magic + bytes(range(256)) * 40) for name, magic in MAGIC.items()},
    **{f"{name}'s magic and text": plain(magic + PLAYLIST) for name, magic in MAGIC.items()},
    **{f"the first 200 bytes of {kind}": garbled(kind, 200) for kind in KINDS},
}

DAMAGED: dict[str, tuple[str | None, Make]] = {
    "sound alone in MP4": ("NO_VIDEO_STREAM", made(*SOUND, "-c:a", "aac", name="sound.m4a")),
    "sound alone in Matroska": ("NO_VIDEO_STREAM", made(*SOUND, name="sound.mka")),
    "sound alone in Ogg": ("NO_VIDEO_STREAM", made(*SOUND, "-c:a", "libvorbis", name="sound.ogg")),
    "sound alone in a transport stream": ("NO_VIDEO_STREAM", made(*SOUND, "-c:a", "aac", name="sound.ts")),
    "MP3": ("NO_VIDEO_STREAM", made(*SOUND, name="sound.mp3")),
    "WAV": ("NO_VIDEO_STREAM", made(*SOUND, name="sound.wav")),
    "FLAC": ("NO_VIDEO_STREAM", made(*SOUND, name="sound.flac")),
    "cover art": (
        "NO_VIDEO_STREAM",
        made(
            *SOUND,
            "-f",
            "lavfi",
            "-i",
            "color=red:s=64x64",
            "-frames:v",
            "1",
            "-c:v",
            "png",
            "-disposition:v:0",
            "attached_pic",
            "-c:a",
            "aac",
            name="cover.m4a",
        ),
    ),
    # lengths and numbers
    "one frame": ("VIDEO_TOO_SHORT", encoded("clip.mp4", count=1)),
    "fifteen frames": ("VIDEO_TOO_SHORT", encoded("clip.mkv", count=15)),
    "eleven minutes": ("TOO_LONG", encoded("clip.mp4", "-vf", "setpts=N*44/TB", "-fps_mode", "vfr")),
    "a thousand years": (
        "TOO_LONG",
        encoded("clip.mkv", "-vf", "setpts=N*2000000000/TB", "-fps_mode", "vfr"),
    ),
    "a header of 277 hours in Matroska": (
        None,
        patched("clip.mkv", b"\x44\x89\x88", 0, np.array(1e9, ">f8").tobytes()),
    ),
    "a header of NaN in Matroska": (
        None,
        patched("clip.mkv", b"\x44\x89\x88", 0, np.array(np.nan, ">f8").tobytes()),
    ),
    "a header of years in MP4": (None, patched("clip.mp4", b"mvhd", 16, b"\x7f\xff\xff\xff")),
    "a track of years in MP4": (None, patched("clip.mp4", b"mdhd", 16, b"\x7f\xff\xff\xff")),
    "a time scale of zero": (BROKEN_OR_GOOD, patched("clip.mp4", b"mdhd", 12, bytes(4))),
    "a time scale of one": (BROKEN_OR_GOOD, patched("clip.mp4", b"mdhd", 12, b"\0\0\0\x01")),
    "a time scale of 4 GHz": (BROKEN_OR_GOOD, patched("clip.mp4", b"mdhd", 12, b"\xff\xff\xff\xff")),
    "deltas of zero": (BROKEN_OR_GOOD, patched("clip.mp4", b"stts", 12, bytes(4))),
    "deltas of 4 billion": (BROKEN_OR_GOOD, patched("clip.mp4", b"stts", 12, b"\xff\xff\xff\xff")),
    "4 billion samples": (BROKEN_OR_GOOD, patched("clip.mp4", b"stts", 8, b"\xff\xff\xff\xff")),
    "4 billion sizes": (BROKEN_OR_GOOD, patched("clip.mp4", b"stsz", 8, b"\xff\xff\xff\xff")),
    "4 billion chunks": (BROKEN_OR_GOOD, patched("clip.mp4", b"stco", 4, b"\xff\xff\xff\xff")),
    "chunks beyond the end": (BROKEN_OR_GOOD, patched("clip.mp4", b"stco", 8, b"\x7f\xff\xff\xff")),
    "a box of 2⁶³ bytes": (
        BROKEN_OR_GOOD,
        patched("clip.mp4", b"free", -8, b"\0\0\0\x01free\x7f" + b"\xff" * 7),
    ),
    "a moov of no size": (BROKEN_OR_GOOD, patched("clip.mp4", b"moov", -8, b"\0\0\0\0")),
    "37,000 frames": ("TOO_MANY_FRAMES", lambda _: gif(8, 8, 37_000)),
    "a million frames": ("TOO_MANY_FRAMES", lambda _: gif(8, 8, 700_000)),
    "all at once": (None, encoded("clip.mkv", "-vf", "setpts=0", "-fps_mode", "passthrough")),
    "two at once": (None, encoded("clip.mkv", "-vf", "setpts=floor(N/2)/12/TB", "-fps_mode", "passthrough")),
    "backwards": (
        BROKEN_OR_GOOD,
        encoded("clip.mkv", "-vf", "reverse,setpts=(99-N)/24/TB", "-fps_mode", "passthrough"),
    ),
    "a million frames a second": (
        BROKEN_OR_GOOD,
        encoded("clip.mkv", "-vf", "setpts=N/1000000/TB", "-fps_mode", "vfr"),
    ),
    "a frame in a minute": (None, encoded("clip.mkv", "-vf", "setpts=N*30/TB", "-fps_mode", "vfr")),
    "a gap of a day": ("TOO_LONG", gap),
    # pictures
    "a huge GIF": ("TOO_LARGE_FRAME", lambda _: gif(15_000, 15_000, 20, picture=(15_000, 15_000))),
    "the hugest GIF": ("TOO_LARGE_FRAME", lambda _: gif(65_535, 65_535, 20)),
    "a GIF with pictures beyond its canvas": (
        BROKEN_OR_GOOD,
        lambda _: gif(8, 8, 20, picture=(60_000, 60_000)),
    ),
    "a GIF without a size": ("VIDEO_UNREADABLE", lambda _: gif(0, 0, 20)),
    "a GIF one pixel high": (None, lambda _: gif(65_535, 1, 20)),
    "a large GIF of dots": (None, lambda _: gif(5000, 5000, 40)),
    "a huge APNG": ("TOO_LARGE_FRAME", lambda _: apng(30_000, 30_000)),
    "the hugest APNG": ("TOO_LARGE_FRAME", lambda _: apng(2**31 - 1, 2**31 - 1)),
    "an APNG without a size": ("VIDEO_UNREADABLE", lambda _: apng(0, 0)),
    "an APNG of 4 billion frames": (None, lambda _: apng(16, 16, claimed=2**32 - 1)),
    "an APNG of no frames": (None, lambda _: apng(16, 16, claimed=0)),
    "a huge WebP": ("TOO_LARGE_FRAME", lambda _: webp(16_384, 16_384)),
    "the hugest WebP": ("TOO_LARGE_FRAME", lambda _: webp(2**24, 2**24)),
    "a small WebP of nothing": ("VIDEO_UNREADABLE", lambda _: webp(64, 64)),
    "huge PNGs in MOV": ("TOO_LARGE_FRAME", grown("png.mov")),
    "huge PNGs in Matroska": ("TOO_LARGE_FRAME", grown("clip.mkv")),
    "huge PNGs in AVI": ("TOO_LARGE_FRAME", grown("clip.avi")),
    "a huge track in Matroska": (BROKEN_OR_GOOD, patched("clip.mkv", b"\xb0\x81", 0, b"\xff")),
    "no size in AVI": (BROKEN_OR_GOOD, patched("clip.avi", b"strf", 8, bytes(8))),
    "a huge size in AVI": (BROKEN_OR_GOOD, patched("clip.avi", b"strf", 8, b"\xff\xff\xff\x7f" * 2)),
    "a pixel aspect of a million": (None, encoded("clip.mkv", "-vf", "setsar=1000000/1")),
    "a pixel aspect of a millionth": (None, encoded("clip.mkv", "-vf", "setsar=1/1000000")),
    "one pixel": (None, encoded("clip.avi", "-c:v", "png", "-vf", "scale=1:1")),
    "a line of pixels": (None, encoded("clip.avi", "-c:v", "png", "-vf", "scale=8000:1")),
    # data
    "data in another file": ("VIDEO_UNREADABLE", elsewhere),
    "another codec's name": (BROKEN_OR_GOOD, replaced("clip.mp4", b"avc1\0\0\0", b"hvc1\0\0\0")),
    "a codec that nobody knows": ("VIDEO_UNREADABLE", replaced("clip.mp4", b"avc1\0\0\0", b"zzzz\0\0\0")),
    "an encrypted track": ("VIDEO_UNREADABLE", replaced("clip.mp4", b"avc1\0\0\0", b"encv\0\0\0")),
    "a QuickTime of texts": (BROKEN_OR_GOOD, replaced("clip.mp4", b"vide", b"text")),
    "no pictures in the data": ("VIDEO_UNREADABLE", patched("clip.mp4", b"mdat", 0, bytes(1 << 20))),
    "an unknown size in Matroska": (
        BROKEN_OR_GOOD,
        patched("clip.mkv", b"\x18\x53\x80\x67", 0, b"\x01" + b"\xff" * 7),
    ),
    "an element of 2⁵⁵ bytes": (
        BROKEN_OR_GOOD,
        patched("clip.mkv", b"\x1f\x43\xb6\x75", 0, b"\x01\x7f" + b"\xff" * 6),
    ),
    "pictures that are said to be plain": (
        BROKEN_OR_GOOD,
        replaced("clip.mkv", b"V_MPEG4/ISO/AVC", b"V_UNCOMPRESSED\0"),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_not_a_video(judge: Judge, name: str) -> None:
    judge(Case(name, "NOT_A_VIDEO", lambda scene: by_base64(OTHERS[name](scene.clips))))


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage(judge: Judge, name: str) -> None:
    judge(Case(name, BROKEN, lambda scene: by_base64(GARBAGE[name](scene.clips))))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_good(judge: Judge, kind: str) -> None:
    judge(Case(kind, None, lambda scene: by_base64(cut(kind, 1)(scene.clips))))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", KINDS)
def test_cut_off(judge: Judge, kind: str, share: float) -> None:
    judge(Case(kind, BROKEN_OR_GOOD, lambda scene: by_base64(cut(kind, share)(scene.clips))))


@pytest.mark.parametrize("at", [8, 40, 100, 300])
@pytest.mark.parametrize("kind", KINDS)
def test_bits_of_the_header_flipped(judge: Judge, kind: str, at: int) -> None:
    def make(scene: Scene) -> Data:
        data = bytearray(cut(kind, 1)(scene.clips))
        data[at : at + 8] = bytes(byte ^ 0xFF for byte in data[at : at + 8])
        return by_base64(bytes(data))

    judge(Case(kind, f"{BROKEN_OR_GOOD}|TOO_LONG|TOO_MANY_FRAMES", make))


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged(judge: Judge, name: str) -> None:
    code, make = DAMAGED[name]
    judge(Case(name, code, lambda scene: by_base64(make(scene.clips))))
