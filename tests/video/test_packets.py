from pathlib import Path

import pytest

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.errors import NoVideoStream, VideoError
from actionmesh_wrapper.video import sample
from actionmesh_wrapper.video.clip import open_clip
from actionmesh_wrapper.video.packets import choose_stream, read_tables
from tests.video.clips import H264, bars, encode, ffmpeg, numbers

PICTURE = ("-f", "lavfi", "-i", "color=red:s=640x640:r=24:d=0.04")
SMALL, LARGE = (96, 64), (192, 128)

Size = tuple[int, int]
Clips = dict[Size, Path]


def ignore(received: int) -> None:
    """A tick that does nothing."""


def take(path: Path) -> Frames:
    return sample(path, Sampling.model_validate({}), step=lambda index, of: None)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    """A clip of each size, by its size; their frames carry other numbers."""
    folder = tmp_path_factory.mktemp("clips")
    return {
        SMALL: encode(folder / "small.mp4", bars(32)[16:], *H264, fps=8),
        LARGE: encode(folder / "large.mp4", bars(16, width=192, height=128), *H264, fps=8),
    }


@pytest.mark.parametrize(
    ("order", "default", "size"),
    [
        ((SMALL, LARGE), (1,), LARGE),
        ((SMALL, LARGE), (0,), SMALL),
        ((LARGE, SMALL), (1,), SMALL),
        ((SMALL, LARGE), (0, 1), LARGE),
        ((SMALL, LARGE, SMALL), (2,), SMALL),
    ],
)
def test_the_default_stream_is_taken_and_of_several_the_largest(
    tmp_path: Path, clips: Clips, order: tuple[Size, ...], default: tuple[int, ...], size: Size
) -> None:
    inputs = [part for key in order for part in ("-i", str(clips[key]))]
    maps = [part for index in range(len(order)) for part in ("-map", str(index))]
    marks = [("default" if index in default else "0") for index in range(len(order))]
    dispositions = [part for index, mark in enumerate(marks) for part in (f"-disposition:v:{index}", mark)]
    for name in ("a.mkv", "a.mov"):
        ffmpeg(*inputs, *maps, "-c", "copy", *dispositions, str(tmp_path / name))
        frames = take(tmp_path / name)
        assert (frames.source.width, frames.source.height) == size
        assert numbers(frames.images) == (list(range(16)) if size == LARGE else list(range(16, 32)))


def test_of_streams_without_a_default_the_largest_is_taken(tmp_path: Path, clips: Clips) -> None:
    path = tmp_path / "a.ts"  # which has no such mark
    ffmpeg(
        "-i", str(clips[SMALL]), "-i", str(clips[LARGE]), "-map", "0", "-map", "1", "-c", "copy", str(path)
    )
    assert take(path).source.width == LARGE[0]


@pytest.mark.parametrize("name", ["a.mkv", "a.mov"])
@pytest.mark.parametrize("codec", ["png", "mjpeg"])
@pytest.mark.parametrize("disposition", ["default", "0", "attached_pic"])
def test_a_picture_before_the_video_is_passed_over(
    tmp_path: Path, clips: Clips, name: str, codec: str, disposition: str
) -> None:
    path = tmp_path / name
    both = ("-map", "0", "-map", "1", "-c:v:0", codec, "-c:v:1", "copy")
    marks = ("-disposition:v:0", disposition, "-disposition:v:1", "0")
    ffmpeg(*PICTURE, "-i", str(clips[SMALL]), *both, *marks, str(path))
    frames = take(path)
    assert numbers(frames.images) == list(range(16, 32))
    assert frames.source.frames == 16


def test_a_stream_whose_codec_is_not_taken_is_passed_over(tmp_path: Path, clips: Clips) -> None:
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=320x192:r=8:d=2", "-i", str(clips[SMALL]))
    path = tmp_path / "a.mov"
    ffmpeg(*inputs, "-map", "0", "-map", "1", "-c:v:0", "targa", "-c:v:1", "copy", str(path))
    assert numbers(take(path).images) == list(range(16, 32))


def test_the_decoder_that_keeps_alpha_is_the_chosen_streams(tmp_path: Path) -> None:
    alpha = ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "1M")
    clear = encode(tmp_path / "clear.webm", bars(16, width=192, height=128, alpha=True), *alpha, fps=8)
    small = encode(tmp_path / "small.mp4", bars(16), *H264, fps=8)
    path = tmp_path / "a.mkv"
    ffmpeg("-i", str(small), "-i", str(clear), "-map", "0", "-map", "1", "-c", "copy", str(path))
    frames = take(path)
    assert numbers(frames.images) == list(range(16))
    assert frames.has_alpha == (frames.source.width == LARGE[0])


def test_more_streams_than_the_log_holds_are_no_error(tmp_path: Path) -> None:
    small = encode(tmp_path / "small.mp4", bars(16), *H264, fps=8)
    maps = [part for _ in range(40) for part in ("-map", "0")]
    ffmpeg("-i", str(small), *maps, "-c", "copy", str(tmp_path / "a.mkv"))
    assert numbers(take(tmp_path / "a.mkv").images) == list(range(16))


def test_one_stream_costs_one_listing(tmp_path: Path, clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actionmesh_wrapper.video.packets._defaults", None)
    index, table = choose_stream(clips[SMALL], "mov", ignore)
    assert (index, table.size, len(table.rows), table.codec) == (0, SMALL, 16, "h264")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(64))
    with pytest.raises(VideoError, match="may be damaged"):
        read_tables(tmp_path / "a", "mov", "V", ("-c", "copy"), tick=ignore)
    ffmpeg("-f", "lavfi", "-i", "sine=d=0.2", "-c:a", "aac", str(tmp_path / "sound.m4a"))
    with pytest.raises(NoVideoStream):
        open_clip(tmp_path / "sound.m4a", ignore)
