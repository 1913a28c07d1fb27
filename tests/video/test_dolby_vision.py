import struct
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.errors import VideoError
from actionmesh_wrapper.video import sample
from tests.video.boxes import box, in_sample_entry
from tests.video.clips import H264, bars, encode, ffmpeg, numbers

HDR10 = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=error"
HEVC = ("-c:v", "libx265", "-tag:v", "hvc1", "-pix_fmt", "yuv420p10le", "-x265-params", HDR10)


def dolby(profile: int, compatibility: int) -> bytes:
    """The box of a stream's configuration, of level 1, with metadata and a base layer (Dolby Vision Streams
    Within the ISO Base Media File Format)."""
    flags = profile << 9 | 1 << 3 | 0b101
    kind = b"dvcC" if profile <= 7 else b"dvvC"
    return box(kind, struct.pack(">BBHB", 1, 0, flags, compatibility << 4) + bytes(19))


def a_clip(folder: Path, profile: int, compatibility: int) -> Path:
    path = encode(folder / "a.mp4", bars(16), *HEVC)
    path.write_bytes(in_sample_entry(path.read_bytes(), b"hvc1", dolby(profile, compatibility)))
    return path


def take(path: Path) -> list[int]:
    return numbers(sample(path, Sampling.model_validate({}), step=lambda _done, _of: None).images)


@pytest.mark.parametrize(("profile", "compatibility"), [(5, 0), (10, 0)])
def test_colours_that_only_dolby_knows_are_refused(tmp_path: Path, profile: int, compatibility: int) -> None:
    with pytest.raises(VideoError, match=f"Dolby Vision of profile {profile}, .* save it as HDR10") as error:
        take(a_clip(tmp_path, profile, compatibility))
    assert error.value.code == "VIDEO_UNREADABLE"


@pytest.mark.parametrize(("profile", "compatibility"), [(7, 6), (8, 1), (8, 4), (8, 2), (10, 1), (4, 2)])
def test_a_layer_that_others_know_is_taken(tmp_path: Path, profile: int, compatibility: int) -> None:
    assert take(a_clip(tmp_path, profile, compatibility)) == list(range(16))


def test_many_tracks_of_long_titles_do_not_hide_the_profile(tmp_path: Path) -> None:
    subtitles = tmp_path / "a.srt"
    subtitles.write_text("1\n00:00:00,000 --> 00:00:00,500\nA word\n")
    tracks = [
        part for index in range(20) for part in ("-map", "1", f"-metadata:s:s:{index}", "title=" + "x" * 500)
    ]
    video = str(a_clip(tmp_path, 5, 0))
    chapters = tmp_path / "chapters"
    chapter = "[CHAPTER]\nTIMEBASE=1/1000\nSTART={0}\nEND={1}\ntitle=" + "x" * 500 + "\n"
    chapters.write_text(";FFMETADATA1\n" + "".join(chapter.format(n * 10, n * 10 + 10) for n in range(20)))
    inputs = ("-i", video, "-i", str(subtitles), "-f", "ffmetadata", "-i", str(chapters))
    copied = ("-map_metadata", "2", "-c:v", "copy", "-c:s", "srt", "-strict", "unofficial")
    ffmpeg(*inputs, "-map", "0", *tracks, *copied, str(tmp_path / "a.mkv"))
    with pytest.raises(VideoError, match="Dolby Vision of profile 5"):
        take(tmp_path / "a.mkv")


def test_another_stream_may_be_dolbys(tmp_path: Path) -> None:
    plain = encode(tmp_path / "b.mp4", bars(16, width=192, height=128), *H264)
    inputs = ("-i", str(a_clip(tmp_path, 5, 0)), "-i", str(plain), "-map", "0", "-map", "1", "-c", "copy")
    marked = ("-disposition:v:0", "0", "-disposition:v:1", "default", "-strict", "unofficial")
    ffmpeg(*inputs, *marked, str(tmp_path / "both.mkv"))
    assert take(tmp_path / "both.mkv") == list(range(16))
