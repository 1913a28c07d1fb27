import struct
from pathlib import Path

import pytest

from actionmesh_wrapper import ffmpeg, video
from actionmesh_wrapper.errors import FrameTooLarge, NotAVideo, VideoError
from actionmesh_wrapper.ffmpeg.contained import LimitExceeded
from actionmesh_wrapper.request import Sampling
from actionmesh_wrapper.video import clip, sample

from .clips import H264, bars, encode

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


def test_a_huge_canvas_is_refused(tmp_path: Path) -> None:
    screen = b"GIF89a" + struct.pack("<HHBBB", 15_000, 15_000, 0x80, 0, 0) + bytes(6)
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 15_000, 15_000, 0) + b"\x02\x02\x44\x01\x00"
    (tmp_path / "huge.gif").write_bytes(screen + picture * 20 + b"\x3b")
    with pytest.raises(FrameTooLarge, match="15000 × 15000 pixels; at most 35 million"):
        take(tmp_path / "huge.gif")


def test_a_file_that_takes_too_long_is_unreadable(neighbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lower, pytest.raises(VideoError, match="takes too long to read") as error:
        lower.setattr(clip, "_LISTING_S", 0.001)
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
