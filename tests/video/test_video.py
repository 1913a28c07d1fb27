from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import (
    Cancelled,
    EmptyInput,
    FrameTooLarge,
    InvalidInput,
    NotAVideo,
    NoVideoStream,
    TooManyFrames,
    VideoError,
    VideoTooLong,
    VideoTooShort,
)
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.video import sample
from tests.video.animated import blended
from tests.video.clips import H264, bars, encode, ffmpeg, numbers

EVEN = [0, 3, 6, 9, 13, 16, 19, 22, 25, 28, 31, 34, 38, 41, 44, 47]  # 16 of 48
ALPHA = ("-pix_fmt", "yuva420p", "-b:v", "1M")
PACKED = ("-c:v", "mpeg4", "-q:v", "2", "-bf", "2")
HDR10 = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=error"


DEFAULT = Sampling.model_validate({})


def take(path: Path, **wish: float | str) -> Frames:
    return sample(path, Sampling.model_validate(wish), step=lambda index, of: None)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 frames of H.264 with B-frames, 24 per second, the index at the end."""
    return encode(tmp_path_factory.mktemp("clip") / "clip.mp4", bars(48), *H264)


def test_takes_frames_evenly_with_their_times(clip: Path) -> None:
    frames = take(clip)
    assert numbers(frames.images) == EVEN
    assert frames.images.shape == (16, 64, 96, 4)
    assert frames.images.dtype == np.uint8
    assert frames.timestamps.dtype == np.float64
    np.testing.assert_allclose(frames.timestamps, np.array(EVEN) / 24, atol=1e-6)
    assert not frames.has_alpha
    source = frames.source
    assert (source.duration_s, source.width, source.height, source.fps, source.frames) == (2, 96, 64, 24, 48)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fragmented.mp4", (*H264, "-g", "12", "-movflags", "frag_keyframe+empty_moov")),
        ("ten_bit.mp4", ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error")),
        ("hdr.mp4", ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", HDR10)),
        ("av1.mp4", ("-c:v", "libsvtav1", "-pix_fmt", "yuv420p")),
        ("vp9.webm", ("-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-b:v", "1M")),
        ("h264.mkv", H264),
        ("transport.ts", H264),
        ("program.mpg", ("-c:v", "mpeg2video", "-q:v", "2")),
        ("flash.flv", H264),
        ("windows.wmv", ("-c:v", "wmv2", "-q:v", "2")),
        ("ogg.ogv", ("-c:v", "libtheora", "-q:v", "10")),
        ("no_timestamps.avi", H264),
        ("some_timestamps.avi", PACKED),
        ("motion_jpeg.avi", ("-c:v", "mjpeg", "-q:v", "2")),
    ],
)
def test_every_container_gives_exact_frames(tmp_path: Path, name: str, arguments: tuple[str, ...]) -> None:
    frames = take(encode(tmp_path / name, bars(48), *arguments))
    assert numbers(frames.images) == EVEN
    assert frames.source.frames == 48
    assert not frames.has_alpha
    assert frames.images[1, :, :, :3].min() < 16
    assert frames.images[1, :, :, :3].max() > 239


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("vp8.webm", ("-c:v", "libvpx", "-auto-alt-ref", "0", *ALPHA)),
        ("vp9.webm", ("-c:v", "libvpx-vp9", *ALPHA)),
        ("prores.mov", ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")),
        ("png.mov", ("-c:v", "png", "-pix_fmt", "rgba")),
        ("animated.gif", ("-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse", "-r", "24")),
        ("animated.apng", ("-pix_fmt", "rgba")),
        ("animated.webp", ("-c:v", "libwebp_anim", "-lossless", "1")),
    ],
)
def test_alpha_is_kept(tmp_path: Path, name: str, arguments: tuple[str, ...]) -> None:
    wanted = bars(48, alpha=True)
    frames = take(encode(tmp_path / name, wanted, *arguments))
    assert numbers(frames.images) == EVEN
    assert frames.has_alpha
    assert np.abs(frames.images[..., 3].astype(int) - wanted[EVEN][..., 3]).max() < 32


def test_uneven_frames_are_taken_by_time(tmp_path: Path) -> None:
    late = "setpts='(N+floor(N/24)*24)/24/TB'"  # frames 24 to 47 come a second late
    clip = encode(tmp_path / "uneven.mp4", bars(48), *H264, "-vf", late, "-fps_mode", "vfr")
    frames = take(clip)
    moments = np.arange(48) / 24 + (np.arange(48) >= 24)
    taken = numbers(frames.images)
    np.testing.assert_allclose(frames.timestamps, moments[taken], atol=1e-6)
    assert np.diff(frames.timestamps).max() < 1.1
    assert taken[0] == 0
    assert taken[-1] == 47
    assert frames.source.duration_s == pytest.approx(3)


def test_an_edit_list_hides_frames(clip: Path, tmp_path: Path) -> None:
    ffmpeg("-ss", "0.8", "-i", str(clip), "-c", "copy", str(tmp_path / "cut.mp4"))
    frames = take(tmp_path / "cut.mp4")
    assert frames.source.frames == 28
    assert numbers(frames.images) == [20, 22, 24, 25, 27, 29, 31, 33, 34, 36, 38, 40, 42, 43, 45, 47]
    assert frames.timestamps[0] == 0


def test_rotation_is_applied(clip: Path, tmp_path: Path) -> None:
    ffmpeg("-display_rotation", "90", "-i", str(clip), "-c", "copy", str(tmp_path / "turned.mp4"))
    frames = take(tmp_path / "turned.mp4")
    assert (frames.source.width, frames.source.height) == (64, 96)
    assert numbers(np.rot90(frames.images, -1, axes=(1, 2))) == EVEN


def test_pixels_become_square(tmp_path: Path) -> None:
    frames = take(encode(tmp_path / "wide.mp4", bars(48), *H264, "-vf", "setsar=4/3"))
    assert frames.images.shape == (16, 64, 128, 4)
    assert (frames.source.width, frames.source.height) == (128, 64)
    assert numbers(frames.images) == EVEN


def test_odd_sizes_are_kept(tmp_path: Path) -> None:
    odd = bars(48, width=97, height=63)
    frames = take(encode(tmp_path / "odd.mkv", odd, "-c:v", "ffv1", "-pix_fmt", "bgra"))
    np.testing.assert_array_equal(frames.images, odd[EVEN])


def test_large_frames_are_made_smaller(tmp_path: Path) -> None:
    frames = take(encode(tmp_path / "large.mp4", bars(16, width=2048, height=64), *H264))
    assert frames.images.shape == (16, 32, 1024, 4)
    assert (frames.source.width, frames.source.height) == (2048, 64)
    assert numbers(frames.images) == list(range(16))


@pytest.mark.parametrize("offset", [1.0, 1.2])  # timestamps that repeat, and that do not
def test_a_size_that_changes_becomes_one(tmp_path: Path, offset: float) -> None:
    small = encode(tmp_path / "small.ts", bars(24), *H264)
    large = bars(48, width=192, height=128)[24:]
    encode(tmp_path / "large.ts", large, *H264, "-output_ts_offset", str(offset))
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + (tmp_path / "large.ts").read_bytes())
    frames = take(both)
    taken = numbers(frames.images)
    assert frames.images.shape == (16, 64, 96, 4)
    assert frames.source.frames == 48
    assert taken == sorted(set(taken))
    assert (taken[0], taken[-1]) == (0, 47)
    assert (np.diff(frames.timestamps) > 0).all()


def test_a_late_part_is_exact(tmp_path: Path) -> None:
    clip = encode(tmp_path / "long.mp4", bars(64), *H264, "-g", "8", fps=8)
    frames = take(clip, start_s=5, end_s=8)
    assert numbers(frames.images) == [40, 42, 43, 45, 46, 48, 49, 51, 52, 54, 55, 57, 58, 60, 61, 63]
    np.testing.assert_allclose(frames.timestamps, np.array(numbers(frames.images)) / 8)


def test_a_long_clip_gives_its_busiest_part(tmp_path: Path) -> None:
    still_until = 130
    numbered = bars(160)
    numbered[:still_until] = numbered[still_until]
    numbered[..., :3] //= 8  # so that a change of blocks is motion and not a cut
    clip = encode(tmp_path / "long.mkv", numbered, "-c:v", "ffv1", "-pix_fmt", "bgra", fps=8)
    frames = take(clip)
    assert frames.timestamps[0] >= still_until / 8
    np.testing.assert_allclose(np.diff(frames.timestamps), 1 / 8)
    first = round(frames.timestamps[0] * 8)
    np.testing.assert_array_equal(frames.images, numbered[first : first + 16])


def test_what_is_there_of_a_truncated_file_is_used(tmp_path: Path) -> None:
    whole = encode(tmp_path / "whole.mp4", bars(48), *H264, "-g", "8", "-movflags", "frag_keyframe")
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 7 // 10])
    frames = take(whole)
    assert 16 <= frames.source.frames < 48
    assert numbers(frames.images) == list(np.round(frames.timestamps * 24).astype(int))


CUT = {
    "mp4": (*H264, "-movflags", "faststart"),
    "mkv": H264,
    "webm": ("-c:v", "libvpx", "-pix_fmt", "yuv420p", "-b:v", "1M"),
    "avi": ("-c:v", "mjpeg"),
}


@pytest.mark.parametrize("kind", CUT)
def test_a_file_that_was_cut_short_is_warned_of_and_a_whole_one_is_not(tmp_path: Path, kind: str) -> None:
    file = encode(tmp_path / f"clip.{kind}", bars(48), *CUT[kind])
    notices: list[Notice] = []
    sample(file, DEFAULT, step=lambda index, of: None, warn=notices.append)
    assert notices == []
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 9 // 10])
    sample(file, DEFAULT, step=lambda index, of: None, warn=notices.append)
    assert [notice.code for notice in notices] == ["VIDEO_DAMAGED"]


def test_what_is_left_of_a_file_that_was_cut_short_may_be_too_short(tmp_path: Path) -> None:
    file = encode(tmp_path / "clip.mp4", bars(48), *H264, "-movflags", "faststart")
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 7 // 10])
    with pytest.raises(VideoTooShort, match=r"are needed\. Its file is damaged or was cut short\.$"):
        take(file)


def test_a_header_that_lies_about_the_duration_is_ignored(clip: Path, tmp_path: Path) -> None:
    ffmpeg("-i", str(clip), "-c", "copy", str(tmp_path / "clip.mkv"))
    data = (tmp_path / "clip.mkv").read_bytes()
    at = data.index(b"\x44\x89\x88") + 3  # Duration, an 8-byte float in milliseconds
    lie = np.array(1e9, ">f8").tobytes()
    (tmp_path / "clip.mkv").write_bytes(data[:at] + lie + data[at + 8 :])
    assert take(tmp_path / "clip.mkv").source.duration_s == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(("fps", "taken"), [(8, 16), (20, 40)])
def test_steps_count_to_the_number_of_frames(clip: Path, fps: float, taken: int) -> None:
    steps: list[tuple[int, int]] = []
    wish = Sampling(num_frames="auto", fps=fps)
    sample(clip, wish, step=lambda index, of: steps.append((index, of)))
    assert steps[0] == (0, 1)
    assert steps[-1] == (taken, taken)
    assert {of for _, of in steps} == {1, taken}
    assert steps == sorted(steps)


@pytest.mark.parametrize("whole", [None, 0, 3])  # the frame from which on packets can be listed
def test_an_apng_that_blends_over_nothing_is_exact(tmp_path: Path, whole: int | None) -> None:
    (tmp_path / "a.png").write_bytes(blended(16, whole=whole))
    frames = take(tmp_path / "a.png")
    assert frames.source.frames == 16
    np.testing.assert_allclose(frames.timestamps, np.arange(16) / 10)
    is_red = np.arange(64) < 4 * np.arange(16)[:, None]
    wanted = np.array([[0, 0, 0, 0], [255, 0, 0, 255]])[is_red.astype(int)]
    np.testing.assert_array_equal(frames.images, np.broadcast_to(wanted[:, :, None], (16, 64, 64, 4)))


def test_a_cancel_passes_through(clip: Path) -> None:
    def cancel(index: int, of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        sample(clip, DEFAULT, step=cancel)


def test_two_runs_are_identical(clip: Path) -> None:
    np.testing.assert_array_equal(take(clip).images, take(clip).images)


def test_a_short_clip_says_how_short(tmp_path: Path) -> None:
    clip = encode(tmp_path / "short.mp4", bars(10), *H264)
    with pytest.raises(VideoTooShort) as error:
        take(clip)
    assert str(error.value) == "VIDEO_TOO_SHORT: This video has 10 frames; at least 16 are needed."


def test_a_start_past_the_end_says_where_the_end_is(clip: Path) -> None:
    with pytest.raises(InvalidInput, match=r"start_s: must be less than the video's 2\.00 s"):
        take(clip, start_s=2)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=d=0.2", "-c:a", "aac", str(tmp_path / "sound.m4a"))
    with pytest.raises(NoVideoStream, match="This file has no moving pictures"):
        take(tmp_path / "sound.m4a")


def test_cover_art_is_no_video(tmp_path: Path) -> None:
    inputs = ("-f", "lavfi", "-i", "sine=d=0.2", "-f", "lavfi", "-i", "color=red:s=64x64")
    cover = ("-frames:v", "1", "-c:v", "png", "-disposition:v:0", "attached_pic")
    ffmpeg(*inputs, *cover, "-c:a", "aac", str(tmp_path / "cover.m4a"))
    with pytest.raises(NoVideoStream):
        take(tmp_path / "cover.m4a")


def test_a_file_without_its_index_is_damaged(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:-500])
    with pytest.raises(VideoError, match="may be damaged or incomplete") as error:
        take(tmp_path / "cut.mp4")
    assert type(error.value) is VideoError
    assert error.value.detail


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(EmptyInput):
        take(tmp_path / "empty.mp4")


def test_limits_hold(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lower, pytest.raises(TooManyFrames, match="more than 40 frames"):
        lower.setattr(limits, "MAX_FRAMES", 40)
        take(clip)
    with monkeypatch.context() as lower, pytest.raises(VideoTooLong, match="2 s long; at most 1 s"):
        lower.setattr(limits, "MAX_DURATION_S", 1.0)
        take(clip)
    with monkeypatch.context() as lower, pytest.raises(FrameTooLarge, match="96 × 64 pixels"):
        lower.setattr(limits, "MAX_PIXELS", 96 * 63)
        take(clip)


def test_a_still_image_is_no_video(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", str(tmp_path / "still.png"))
    with pytest.raises(NotAVideo, match="This is a still image, not a video"):
        take(tmp_path / "still.png")
