import re
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.system import ffmpeg
from actionmesh_wrapper.system.contained import Limits
from actionmesh_wrapper.system.ffmpeg import CODECS, DECODERS, Budget, decoding_limits, encode_mp4, read
from tests.video.clips import bars, encode

BOUNDS = ffmpeg.decoding_limits(20, 1 << 20)
RAW = ("-map", "0:V:0", "-frames:v", "2", "-f", "rawvideo", "-pix_fmt", "gray")
COLOURS = np.array([[200, 40, 40], [40, 200, 40], [40, 40, 200], [128, 128, 128]], np.uint8)


def listed(what: str) -> set[str]:
    """What the bundled ffmpeg says that it has."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", what]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^ \S+ (\w[\w-]*) ", text, re.MULTILINE))


def test_every_name_is_one_of_ffmpegs() -> None:
    assert set(DECODERS) <= listed("-decoders")
    assert listed("-codecs") >= CODECS


@pytest.mark.parametrize(
    ("ending", "demuxer", "codec"),
    [
        *(("mp4", "mov", codec) for codec in ("libx264", "libx265", "mpeg4", "libsvtav1", "libvpx-vp9")),
        *(
            ("mov", "mov", codec)
            for codec in ("prores_ks", "qtrle", "png", "mjpeg", "rawvideo", "v210", "cfhd")
        ),
        *(
            ("mkv", "matroska", codec)
            for codec in ("ffv1", "ffvhuff", "huffyuv", "utvideo", "magicyuv", "wmv1")
        ),
        *(("avi", "avi", codec) for codec in ("msmpeg4", "msmpeg4v2", "libxvid", "zmbv", "wmv2")),
        ("webm", "matroska", "libvpx"),
        ("ts", "mpegts", "mpeg2video"),
        ("mpg", "mpeg", "mpeg1video"),
        ("flv", "flv", "flv"),
        ("ogv", "ogg", "libtheora"),
        ("3gp", "mov", "h263"),
        ("gif", "gif", "gif"),
        ("apng", "apng", "apng"),
        ("webp", "webp_anim", "libwebp_anim"),
    ],
)
def test_what_people_have_is_decoded(tmp_path: Path, ending: str, demuxer: str, codec: str) -> None:
    frames = bars(6, width=176, height=144)  # a size that H.263 has
    # With alpha libvpx asks for more options.
    alpha_less = ("-pix_fmt", "yuv420p") if codec.startswith("libvpx") else ()
    clip = encode(tmp_path / f"clip.{ending}", frames, "-c:v", codec, *alpha_less, fps=25)
    result = ffmpeg.read(clip, demuxer, RAW, bounds=BOUNDS)
    assert len(result.output) == 2 * 176 * 144


@pytest.mark.parametrize("codec", ["targa", "tiff", "exr", "cinepak", "jpeg2000"])
def test_other_decoders_are_not_reached(tmp_path: Path, codec: str) -> None:
    clip = encode(tmp_path / "clip.mkv", bars(6), "-c:v", codec)
    result = ffmpeg.read(clip, "matroska", RAW, bounds=BOUNDS)
    assert not result.output
    assert f"Codec ({codec}) not on whitelist" in result.log


@pytest.mark.parametrize("protocol", ["file", "data", "http"])
def test_a_playlist_leads_nowhere_even_where_ffmpeg_takes_it_for_one(tmp_path: Path, protocol: str) -> None:
    clip = encode(tmp_path / "clip.ts", bars(6), "-c:v", "mpeg2video")
    places = {
        "file": f"file:{clip}",
        "data": f"data:video/mp2t;base64,{b64encode(clip.read_bytes()).decode()}",
        "http": "http://127.0.0.1:9/clip.ts",
    }
    playlist = tmp_path / "playlist"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{places[protocol]}\n#EXT-X-ENDLIST\n")
    of_any_name = ("-allowed_extensions", "ALL", "-extension_picky", "0")
    result = ffmpeg.read(playlist, "hls", RAW, bounds=BOUNDS, options=of_any_name)
    assert not result.output
    assert f"Protocol '{protocol}' not on whitelist 'fd'!" in result.log


def film(count: int = 4, *, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """(count, height, width, 3) uint8, each frame of one colour."""
    frames = np.empty((count, height, width, 3), np.uint8)
    frames[:] = COLOURS[np.arange(count) % len(COLOURS), None, None]
    return frames


def decode(path: Path, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    bounds = decoding_limits(10, 2 * frames.size)
    result = read(path, "mov", ("-f", "rawvideo", "-pix_fmt", "rgb24"), bounds=bounds)
    return np.frombuffer(result.output, np.uint8).reshape(frames.shape)


def header(path: Path) -> str:
    """What ffmpeg tells of a file's streams."""
    bounds = decoding_limits(10, 1 << 10)
    return read(path, "mov", ("-loglevel", "info", "-c", "copy", "-f", "framecrc"), bounds=bounds).log


def test_a_video_has_the_pictures_it_was_made_of(tmp_path: Path) -> None:
    frames = film(6)
    encode_mp4(frames, tmp_path / "film.mp4", 12)
    assert np.abs(decode(tmp_path / "film.mp4", frames).astype(int) - frames).max() <= 3


def test_pictures_may_come_one_by_one(tmp_path: Path) -> None:
    encode_mp4(film(), tmp_path / "array.mp4", 12)
    encode_mp4(iter(film()), tmp_path / "generator.mp4", 12)
    assert (tmp_path / "array.mp4").read_bytes() == (tmp_path / "generator.mp4").read_bytes()


def test_browsers_can_play_it(tmp_path: Path) -> None:
    encode_mp4(film(), tmp_path / "film.mp4", 7.5)
    streams = header(tmp_path / "film.mp4")
    assert "h264" in streams
    assert "yuv420p(tv, bt709, progressive), 64x48" in streams
    assert "7.50 fps" in streams
    data = (tmp_path / "film.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_quality_can_be_chosen(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (4, 48, 64, 3), np.uint8)
    encode_mp4(noise, tmp_path / "good.mp4", 12, crf=10)
    encode_mp4(noise, tmp_path / "poor.mp4", 12, crf=40)
    assert (tmp_path / "good.mp4").stat().st_size > 4 * (tmp_path / "poor.mp4").stat().st_size


@pytest.mark.parametrize("fps", [2.0, 60.0])
def test_a_budget_bounds_the_file_and_two_runs_write_the_same_bytes(tmp_path: Path, fps: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 96, 128, 3), np.uint8)
    budget = Budget(200_000, len(noise) / fps)
    for name in ("a.mp4", "b.mp4"):
        encode_mp4(noise, tmp_path / name, fps, preset="veryfast", budget=budget)
    written = (tmp_path / "a.mp4").read_bytes()
    assert 100_000 < len(written) <= 200_000
    assert written == (tmp_path / "b.mp4").read_bytes()


def test_what_a_budget_has_room_for_is_as_good_as_without(tmp_path: Path) -> None:
    frames = film(8)
    encode_mp4(frames, tmp_path / "film.mp4", 12, budget=Budget(1_000_000, 8 / 12))
    assert np.abs(decode(tmp_path / "film.mp4", frames).astype(int) - frames).max() <= 3


def test_a_name_is_never_an_option_or_a_protocol(tmp_path: Path) -> None:
    path = tmp_path / "-y %03d http:.mp4"
    encode_mp4(film(), path, 12)
    assert path.is_file()


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("old")
    encode_mp4(film(), tmp_path / "film.mp4", 12)
    assert (tmp_path / "film.mp4").read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize(
    "frames",
    [film(width=63), film(height=47), film()[..., :2], film().astype(np.float32), film()[:0]],
    ids=["odd width", "odd height", "two channels", "float", "none"],
)
def test_pictures_of_the_wrong_kind_are_refused(tmp_path: Path, frames: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="picture"):
        encode_mp4(frames, tmp_path / "film.mp4", 12)
    assert not list(tmp_path.iterdir())


def test_a_size_that_changes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must be uint8 \(48, 64, 3\)"):
        encode_mp4([film()[0], film(width=32)[0]], tmp_path / "film.mp4", 12)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_missing_fails_with_the_reason_in_the_detail(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as error:
        encode_mp4(film(), tmp_path / "missing" / "film.mp4", 12)
    assert error.value.message == "The video could not be encoded."
    assert "No such file or directory" in error.value.detail


def test_too_long_an_encoding_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = Limits(seconds=0.01, cpu_seconds=9, memory_bytes=1 << 30, output_bytes=0, file_bytes=1 << 20)
    monkeypatch.setattr(ffmpeg, "_ENCODING_LIMITS", short)
    with pytest.raises(ExportFailed, match="took too long"):
        encode_mp4(film(), tmp_path / "film.mp4", 12)
    assert not list(tmp_path.iterdir())


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    def cancelled() -> Iterator[NDArray[np.uint8]]:
        yield from film()
        raise Cancelled

    with pytest.raises(Cancelled):
        encode_mp4(cancelled(), tmp_path / "film.mp4", 12)
    assert not list(tmp_path.iterdir())
