from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.video import sample
from tests.video.clips import H264, bars, encode, ffmpeg


def take(path: Path) -> Frames:
    return sample(path, Sampling.model_validate({}), step=lambda index, of: None)


def woven(count: int, *, first: int) -> NDArray[np.uint8]:
    """(count, 64, 256, 4): a white bar moves 3 pixels a field; the lines ``first`` + 2 n are the earlier."""
    line = np.arange(64)[None, :, None]
    column = np.arange(256)[None, None, :]
    left = 3 * (2 * np.arange(count)[:, None, None] + (line % 2 != first)) + 8
    grey = np.where((column >= left) & (column < left + 40), 235, 16).astype(np.uint8)
    return np.stack([grey, grey, grey, np.full_like(grey, 255)], axis=-1)


@pytest.mark.parametrize("first", [0, 1], ids=["top", "bottom"])
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", (*H264, "-flags", "+ildct+ilme")),
        ("a.ts", ("-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme")),
        ("no_timestamps.avi", (*H264, "-flags", "+ildct+ilme")),
        ("rgb.mkv", ("-c:v", "ffv1", "-pix_fmt", "bgra")),
    ],
)
def test_fields_become_frames(tmp_path: Path, name: str, codec: tuple[str, ...], first: int) -> None:
    order = "setparams=field_mode=" + ("bff" if first else "tff")
    path = encode(tmp_path / name, woven(32, first=first), "-vf", order, *codec, fps=25)
    frames = take(path)
    assert frames.source.frames == 32
    index = np.round(frames.timestamps * 25).astype(int)
    assert (index[0], index[-1]) == (0, 31)
    edges = (frames.images[1:-1, 16:48, :, 1] > 125).argmax(axis=2)  # (14, 32)
    assert np.abs(edges - (6 * index[1:-1] + 8)[:, None]).max() <= 1


def test_whole_frames_stay_as_they_are_tagged_or_not(tmp_path: Path) -> None:
    fields = woven(16, first=0)
    path = encode(tmp_path / "a.mkv", fields, "-c:v", "ffv1", "-pix_fmt", "bgra")
    np.testing.assert_array_equal(take(path).images, fields)


@pytest.mark.parametrize("size", [(16, 4), (4, 480)])
def test_a_tiny_interlaced_clip_is_taken(tmp_path: Path, size: tuple[int, int]) -> None:
    clip = bars(16, width=size[0], height=size[1])
    codec = ("-c:v", "ffv1", "-pix_fmt", "yuv420p", "-vf", "setparams=field_mode=tff")
    assert take(encode(tmp_path / "a.mkv", clip, *codec)).images.shape[1:3] == size[::-1]


@pytest.mark.parametrize("name", ["a.mkv", "no_timestamps.avi"])
def test_fields_behind_whole_frames_become_frames_too(tmp_path: Path, name: str) -> None:
    fields = woven(32, first=0)
    fields[:8] = np.repeat(fields[:8, :1], 64, axis=1)  # no combs: all lines are those of the first field
    codec = (*H264, "-bf", "0", "-crf", "1")
    encode(tmp_path / "0.h264", fields[:8], *codec, fps=25)
    interlaced = ("-vf", "setparams=field_mode=tff", "-flags", "+ildct+ilme")
    encode(tmp_path / "1.h264", fields[8:], *interlaced, *codec, fps=25)
    both = (tmp_path / "0.h264").read_bytes() + (tmp_path / "1.h264").read_bytes()
    ffmpeg("-r", "25", "-f", "h264", "-i", "-", "-c", "copy", str(tmp_path / name), stdin=both)
    taken = take(tmp_path / name)
    index = np.round(taken.timestamps * 25).astype(int)
    assert (index[0], index[-1]) == (0, 31)
    edges = (taken.images[:-1, 16:48, :, 1] > 125).argmax(axis=2)
    assert np.abs(edges - (6 * index[:-1] + 8)[:, None]).max() <= 1
