from pathlib import Path

import pytest

from actionmesh_wrapper.errors import EmptyInput, NotAVideo, NoVideoStream
from actionmesh_wrapper.video.container import demuxer
from tests.video.animated import chunk

PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13))
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"


def name_of(tmp_path: Path, head: bytes) -> str:
    (tmp_path / "file.xyz").write_bytes(head)
    return demuxer(tmp_path / "file.xyz")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x00\x00\x00\x20ftypisom", "mov"),
        (b"\x00\x00\x00\x14ftypqt  ", "mov"),
        (b"\x00\x00\x00\x08wide", "mov"),
        (b"\x00\x00\x10\x00moov", "mov"),
        (b"\x1aE\xdf\xa3", "matroska"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "avi"),
        (b"GIF89a", "gif"),
        (b"GIF87a", "gif"),
        (b"FLV\x01\x05", "flv"),
        (b"OggS\x00", "ogg"),
        (b"\x00\x00\x01\xba", "mpeg"),
        (b"\x00\x00\x01\xb3", "mpegvideo"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
        ((b"G" + bytes(187)) * 3, "mpegts"),
        ((bytes(4) + b"G" + bytes(187)) * 3, "mpegts"),
        (PNG + chunk(b"acTL", bytes(8)) + chunk(b"IDAT"), "apng"),
        (PNG + chunk(b"gAMA", bytes(4)) + chunk(b"acTL", bytes(8)), "apng"),
        (WEBP + b"\x02" + bytes(9), "webp_anim"),
        (WEBP + b"\x12" + bytes(9), "webp_anim"),
    ],
)
def test_bytes_name_the_container(tmp_path: Path, head: bytes, name: str) -> None:
    assert name_of(tmp_path, head) == name


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG + chunk(b"IDAT") + chunk(b"acTL", bytes(8)), "a still image"),
        (WEBP + b"\x10" + bytes(9), "a still image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a still image"),
        (b"\xff\xd8\xff\xe0", "a still image"),
        (b"\x00\x00\x00\x18ftypheic", "a HEIC or AVIF image"),
        (b"\x00\x00\x00\x18ftypavis", "a HEIC or AVIF image"),
        (b"\n <!DOCTYPE HTML>", "a web page"),
        (b"\xef\xbb\xbf<html>", "a web page"),
        (b"<?xml version='1.0'?><Error>", "an XML document"),
        (b"<svg xmlns=", "an SVG drawing"),
        (b"#EXTM3U\n", "a playlist"),
        (b"ffconcat version 1.0", "a playlist"),
        (b'{"error": 1}', "a JSON document"),
        (b"not found", "a text file"),
        ("schön".encode(), "a text file"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "a file of an unknown kind"),
        (b"G" + bytes(400), "a file of an unknown kind"),
    ],
)
def test_what_is_no_video_is_called_what_it_is(tmp_path: Path, head: bytes, kind: str) -> None:
    with pytest.raises(NotAVideo) as error:
        name_of(tmp_path, head)
    assert error.value.message == f"This is {kind}, not a video."


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a WAV file"),
        (b"ID3\x04", "an MP3"),
        (b"\xff\xfb\x90", "an MP3"),
        (b"fLaC", "a FLAC file"),
    ],
)
def test_sound_has_no_pictures(tmp_path: Path, head: bytes, kind: str) -> None:
    with pytest.raises(NoVideoStream) as error:
        name_of(tmp_path, head)
    assert error.value.message == f"This is {kind}: it has sound, but no pictures."


def test_nothing_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyInput, match="zero bytes"):
        name_of(tmp_path, b"")
