import bz2
import lzma
from pathlib import Path
from tarfile import GNU_FORMAT, USTAR_FORMAT, TarInfo

import pytest

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.errors import EmptyInput, NotAVideo, NoVideoStream, VideoError
from actionmesh_wrapper.video import sample
from actionmesh_wrapper.video.container import demuxer
from tests.video.animated import chunk
from tests.video.boxes import box
from tests.video.clips import H264, bars, encode, ffmpeg, numbers

EVEN = [0, 3, 6, 9, 13, 16, 19, 22, 25, 28, 31, 34, 38, 41, 44, 47]  # 16 of 48
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
        (box(b"styp", b"msdh\0\0\0\0msdh") + box(b"ftyp", b"iso5\0\0\0\0"), "mov"),
        (box(b"uuid", bytes(32)), "mov"),
        (box(b"sidx", bytes(32)), "mov"),
        (box(b"moof", bytes(32)), "mov"),
        (box(b"emsg", bytes(32)), "mov"),
        (box(b"prft", bytes(32)), "mov"),
        (box(b"free", bytes(32)) + box(b"ftyp", b"isom\0\0\0\0"), "mov"),
        (b"\x00\x00\x00\x00mdat", "mov"),
        (b"\x00\x00\x00\x01mdat", "mov"),
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
        ((b"G" + bytes(203)) * 3, "mpegts"),
        (bytes(100) + (b"G" + bytes(187)) * 6, "mpegts"),
        (bytes(187) + (b"G" + bytes(187)) * 6, "mpegts"),
        (bytes(191) + (b"G" + bytes(191)) * 6, "mpegts"),
        (bytes(10) + (b"G" + bytes(203)) * 6, "mpegts"),
        (PNG + chunk(b"acTL", bytes(8)) + chunk(b"IDAT"), "apng"),
        (PNG + chunk(b"gAMA", bytes(4)) + chunk(b"acTL", bytes(8)), "apng"),
        (PNG + chunk(b"iCCP", bytes(100_000)) + chunk(b"acTL", bytes(8)), "apng"),
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
        (PNG + chunk(b"tEXt") * 1000 + chunk(b"acTL", bytes(8)), "a still image"),
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
        (b"%PDF-1.7", "a PDF document"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "a file of an unknown kind"),
        (b"G" + bytes(400), "a file of an unknown kind"),
        (bytes(100) + (b"G" + bytes(187)) * 4 + bytes(4000), "a file of an unknown kind"),
        (b"G" * 4096, "a text file"),
        (b"STYP" * 20, "a text file"),
        (box(b"free", bytes(32)) + box(b"ftyp", b"heic\0\0\0\0"), "a HEIC or AVIF image"),
        (box(b"jP  ", bytes(4)), "a file of an unknown kind"),
    ],
)
def test_what_is_no_video_is_called_what_it_is(tmp_path: Path, head: bytes, kind: str) -> None:
    with pytest.raises(NotAVideo) as error:
        name_of(tmp_path, head)
    assert error.value.message.startswith(f"This is {kind}, not a video.")
    assert ("as a folder." in error.value.message) == kind.endswith("image")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04", "a ZIP archive"),
        (b"PK\x05\x06" + bytes(18), "an empty ZIP archive"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (bz2.compress(b"frame"), "a bzip2 archive"),
        (lzma.compress(b"frame"), "an xz archive"),
        (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        *((TarInfo("two_free.png").tobuf(kind), "a tar archive") for kind in (USTAR_FORMAT, GNU_FORMAT)),
    ],
)
def test_an_archive_is_to_be_unpacked(tmp_path: Path, head: bytes, kind: str) -> None:
    with pytest.raises(NotAVideo) as error:
        name_of(tmp_path, head)
    assert error.value.message == (
        f"This is {kind}, not a video. "
        "Give frames as one video or, on the command line and in Python, as a folder: unpack it."
    )


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


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return encode(tmp_path / "clip.mp4", bars(48), *H264)


def take(path: Path) -> Frames:
    return sample(path, Sampling.model_validate({}), step=lambda index, of: None)


@pytest.mark.parametrize("packet", [188, 192, 204])
@pytest.mark.parametrize("lost", [1, 100, 187])
def test_a_transport_stream_may_start_inside_a_packet(tmp_path: Path, packet: int, lost: int) -> None:
    data = encode(tmp_path / "a.ts", bars(48), *H264).read_bytes()
    before, after = {188: (0, 0), 192: (4, 0), 204: (0, 16)}[packet]
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    whole = packets[:1] + packets  # the one that is cut holds nothing that is needed
    (tmp_path / "cut.ts").write_bytes(b"".join(bytes(before) + p + bytes(after) for p in whole)[lost:])
    frames = take(tmp_path / "cut.ts")
    assert numbers(frames.images) == EVEN


@pytest.mark.parametrize("kind", [b"styp", b"uuid", b"free", b"skip", b"emsg", b"prft", b"sidx", b"junk"])
def test_an_mp4_may_start_with_other_boxes(clip: Path, tmp_path: Path, kind: bytes) -> None:
    fragmented = tmp_path / "fragmented.mp4"
    flags = "frag_keyframe+empty_moov+default_base_moof"
    ffmpeg("-i", str(clip), "-c", "copy", "-movflags", flags, str(fragmented))
    fragmented.write_bytes(box(kind, bytes(40)) + fragmented.read_bytes())
    assert numbers(take(fragmented).images) == EVEN


def test_a_segment_without_its_index_is_unreadable(clip: Path, tmp_path: Path) -> None:
    fragmented = tmp_path / "fragmented.mp4"
    ffmpeg("-i", str(clip), "-c", "copy", "-movflags", "frag_keyframe+empty_moov", str(fragmented))
    data = fragmented.read_bytes()
    fragmented.write_bytes(data[data.index(b"moof") - 4 :])
    with pytest.raises(VideoError, match="may be damaged"):
        take(fragmented)
