import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from actionmesh_wrapper import video
from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.errors import (
    FrameTooLarge,
    JobError,
    NotAVideo,
    NoVideoStream,
    TooManyFrames,
    VideoError,
)
from actionmesh_wrapper.system import ffmpeg
from actionmesh_wrapper.system.contained import LimitExceeded
from actionmesh_wrapper.video import packets, sample
from actionmesh_wrapper.video.clip import open_clip
from tests.video.animated import apng, chunk, gif, webp
from tests.video.boxes import MINF, STBL, box, full, replaced
from tests.video.clips import H264, bars, encode
from tests.video.clips import ffmpeg as ffmpeg_uncontained

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><image href="{}"/></svg>'


def take(path: Path) -> None:
    sample(path, Sampling.model_validate({}), step=lambda index, of: None)


@pytest.fixture
def neighbour(tmp_path: Path) -> Path:
    return encode(tmp_path / "neighbour.ts", bars(48), *H264)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PLAYLIST, "a playlist"),
        ("ffconcat version 1.0\nfile {}\n", "a playlist"),
        (SVG, "an SVG drawing"),
        ("file {}\n", "a text file"),
    ],
)
def test_a_text_that_names_a_neighbour_is_no_video(neighbour: Path, text: str, kind: str) -> None:
    hostile = neighbour.with_name("hostile.mp4")
    hostile.write_text(text.format(neighbour.name))
    with pytest.raises(NotAVideo) as error:
        take(hostile)
    assert error.value.message == f"This is {kind}, not a video."


@pytest.mark.parametrize(
    ("text", "demuxer"),
    [
        (PLAYLIST, "hls"),
        (PLAYLIST, "mov"),
        ("ffconcat version 1.0\nfile {}\n", "concat"),
        ("ffconcat version 1.0\nfile file:{}\n", "concat"),
        ("ffconcat version 1.0\nfile fd:{}\n", "concat"),
    ],
)
def test_ffmpeg_opens_no_neighbour(neighbour: Path, text: str, demuxer: str) -> None:
    hostile = neighbour.with_name("hostile")
    hostile.write_text(text.format(neighbour))
    bounds = ffmpeg.decoding_limits(10, 1 << 20)
    result = ffmpeg.read(hostile, demuxer, ("-frames:v", "1", "-f", "rawvideo"), bounds=bounds)
    assert result.code != 0
    assert not result.output


def test_ffmpeg_reads_what_it_is_handed(neighbour: Path) -> None:
    bounds = ffmpeg.decoding_limits(10, 1 << 20)
    result = ffmpeg.read(neighbour, "mpegts", ("-frames:v", "1", "-f", "rawvideo"), bounds=bounds)
    assert (result.code, len(result.output)) == (0, 96 * 64 * 3 // 2)


@pytest.mark.parametrize(
    ("file", "size"),
    [
        (gif(15_000, 15_000), "15000 × 15000"),
        (gif(65_535, 65_535), "65535 × 65535"),
        (apng(30_000, 30_000), "30000 × 30000"),
        (webp(16_383, 16_383), "16383 × 16383"),
        (webp(1 << 24, 1 << 24), "16777216 × 16777216"),
    ],
    ids=["gif", "gif's largest", "apng", "webp", "webp's largest"],
)
def test_a_huge_canvas_is_refused(tmp_path: Path, file: bytes, size: str) -> None:
    (tmp_path / "huge").write_bytes(file)
    with pytest.raises(FrameTooLarge, match=f"{size} pixels; at most 35 million"):
        take(tmp_path / "huge")


def test_pixels_without_height_are_taken_as_square(tmp_path: Path) -> None:
    (tmp_path / "clip").write_bytes(apng(64, 64, chunk(b"pHYs", struct.pack(">IIB", 1, 0, 0))))
    clip, _ = open_clip(tmp_path / "clip", lambda _: None)
    assert (clip.width, clip.height) == (64, 64)


@pytest.mark.parametrize(
    "sound", [(), ("-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac")], ids=["mute", "sound"]
)
@pytest.mark.parametrize(("name", "codec"), [("a.mov", "targa"), ("a.mov", "tiff"), ("a.mkv", "exr")])
def test_pictures_of_a_rare_kind_are_not_decoded(
    tmp_path: Path, name: str, codec: str, sound: tuple[str, ...]
) -> None:
    pictures = ("-f", "lavfi", "-i", "testsrc2=s=64x64:d=1")
    ffmpeg_uncontained(*pictures, *sound, "-c:v", codec, str(tmp_path / name))
    with pytest.raises(VideoError) as error:
        take(tmp_path / name)
    assert error.value.message == f"This video's codec, {codec}, is not taken."


def test_subtitles_alone_are_no_video(tmp_path: Path) -> None:
    (tmp_path / "text.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n")
    ffmpeg_uncontained("-i", str(tmp_path / "text.srt"), str(tmp_path / "text.mkv"))
    with pytest.raises(NoVideoStream, match="This file has no moving pictures"):
        take(tmp_path / "text.mkv")


def test_an_attached_picture_is_no_video(neighbour: Path) -> None:
    (neighbour.parent / "cover.png").write_bytes(apng(64, 64))
    attached = ("-attach", str(neighbour.parent / "cover.png"), "-metadata:s:t", "mimetype=image/png")
    sound = ("-f", "lavfi", "-i", "sine=d=1")
    ffmpeg_uncontained(*sound, *attached, str(neighbour.parent / "a.mkv"))
    with pytest.raises(NoVideoStream):
        take(neighbour.parent / "a.mkv")


@pytest.fixture
def mp4(tmp_path: Path) -> bytes:
    return encode(tmp_path / "good.mp4", bars(48), *H264).read_bytes()


def alias(path: Path) -> bytes:
    """A data reference to another file, as QuickTime writes it."""
    name = bytes(path)
    return full(
        b"alis", bytes(150) + struct.pack(">HH", 2, len(name)) + name + bytes(len(name) % 2) + b"\xff\xff\0\0"
    )


def test_data_that_lie_in_another_file_are_not_read(tmp_path: Path, mp4: bytes) -> None:
    there = tmp_path / "good.mp4"  # the very same bytes
    refers = replaced(mp4, (*MINF, b"dinf", b"dref"), full(b"dref", struct.pack(">I", 1) + alias(there)))
    (tmp_path / "refers.mov").write_bytes(refers)
    with pytest.raises(VideoError, match="may be damaged"):
        take(tmp_path / "refers.mov")
    uncontained = ("-enable_drefs", "1", "-use_absolute_path", "1", "-i", str(tmp_path / "refers.mov"))
    ffmpeg_uncontained(*uncontained, str(tmp_path / "read.mkv"))  # ffmpeg would, if it were let


@pytest.mark.parametrize("count", [10**6, 10**8, 2**31, 2**32 - 1])
@pytest.mark.parametrize("table", [b"stsz", b"stts", b"stsc", b"ctts", b"stss"])
def test_an_index_that_lies_is_no_more_than_damaged(
    tmp_path: Path, mp4: bytes, table: bytes, count: int
) -> None:
    entry = struct.pack(">IIII", count, 1, 512, 1) if table != b"stsz" else struct.pack(">II", 1, count)
    (tmp_path / "lies.mp4").write_bytes(replaced(mp4, (*STBL, table), full(table, entry)))
    with suppress(JobError):  # what is left of it may do
        take(tmp_path / "lies.mp4")


def test_a_clip_that_shows_one_frame_for_ever_has_too_many(tmp_path: Path, mp4: bytes) -> None:
    again = struct.pack(">IiI", 2000, 0, 1 << 16) * 36_000
    edits = full(b"elst", struct.pack(">I", 36_000) + again)
    (tmp_path / "again.mp4").write_bytes(replaced(mp4, (b"moov", b"trak", b"edts", b"elst"), edits))
    with pytest.raises(TooManyFrames):
        take(tmp_path / "again.mp4")


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
def test_a_text_that_unpacks_to_gigabytes_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: bytes
) -> None:
    monkeypatch.setattr(ffmpeg, "_MEMORY_BYTES", 1 << 30)
    packer = zlib.compressobj()
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)  # may be had again and again
    bomb = start + piece * 256 + packer.flush()
    assert len(zlib.decompressobj().decompress(start + piece * 2)) == 1 << 25
    (tmp_path / "bomb").write_bytes(apng(64, 64, chunk(kind, b"x\0\0" + bomb)))
    take(tmp_path / "bomb")


@pytest.mark.parametrize(
    "head",
    [
        box(b"ftyp", b"isom\0\0\0\0"),
        b"\x1aE\xdf\xa3\x84\0\0\0\0",
        b"RIFF\0\0\0\0AVI ",
        b"GIF89a\x01\0\x01\0\0\0\0",
        b"OggS\0",
        b"FLV\x01\x01\0\0\0\x09",
        (b"G" + bytes(187)) * 3,
        b"\0\0\x01\xba",
        b"\0\0\x01\xb3",
    ],
)
@pytest.mark.parametrize("text", ["\n" + PLAYLIST, "\nffconcat version 1.0\nfile {}\n"])
def test_a_script_behind_a_videos_first_bytes_is_not_run(neighbour: Path, head: bytes, text: str) -> None:
    hostile = neighbour.with_name("hostile.mp4")
    hostile.write_bytes(head + text.format(neighbour).encode())
    with pytest.raises(VideoError):
        take(hostile)


def test_a_file_that_takes_too_long_is_unreadable(neighbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lower, pytest.raises(VideoError, match="takes too long to read") as error:
        lower.setattr(packets, "_LISTING_S", 0.001)
        take(neighbour)
    assert isinstance(error.value.__cause__, LimitExceeded)
    with monkeypatch.context() as lower, pytest.raises(VideoError, match="takes too long to decode"):
        lower.setattr(video, "_DECODING_S", 0.001)
        take(neighbour)


@pytest.mark.parametrize("keep", [16, 64, 700])
def test_garbage_behind_a_good_start_is_unreadable(tmp_path: Path, keep: int) -> None:
    data = encode(tmp_path / "clip.mp4", bars(48), *H264).read_bytes()
    (tmp_path / "clip.mp4").write_bytes(data[:keep] + bytes(range(256)) * 40)
    with pytest.raises(VideoError, match="may be damaged or incomplete"):
        take(tmp_path / "clip.mp4")
