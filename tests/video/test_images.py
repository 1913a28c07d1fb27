from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.contract.request import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.errors import (
    Cancelled,
    FrameTooLarge,
    NotAVideo,
    TooManyFrames,
    VideoError,
    VideoTooShort,
)
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.video import sample


def take(folder: Path, **wish: float | str) -> Frames:
    return sample(folder, Sampling.model_validate(wish), step=lambda index, of: None)


def picture(level: int, *, channels: int = 3, width: int = 12, height: int = 8) -> NDArray[np.uint8]:
    """(height, width, channels) uint8 of one grey level; a fourth channel falls from left to right."""
    pixels = np.full((height, width, channels), level, np.uint8)
    if channels == 4:
        pixels[..., 3] = np.linspace(255, 0, width)
    return pixels


def write(folder: Path, names: list[str], *, channels: int = 3) -> None:
    """A picture of level 5 × index under each name."""
    for index, name in enumerate(names):
        Image.fromarray(picture(5 * index, channels=channels)).save(folder / name, lossless=True)


def levels(frames: Frames) -> list[int]:
    return [int(level) // 5 for level in frames.images[:, 0, 0, 0]]


@pytest.mark.parametrize("ending", [".png", ".webp", ".PNG"])
def test_pictures_come_in_natural_order(tmp_path: Path, ending: str) -> None:
    write(tmp_path, [f"frame {index}{ending}" for index in range(16)])
    (tmp_path / "notes.txt").write_text("ignored")
    frames = take(tmp_path)
    assert levels(frames) == list(range(16))
    assert frames.images.shape == (16, 8, 12, 4)
    assert not frames.has_alpha
    np.testing.assert_array_equal(frames.timestamps, np.arange(16) / 8)
    source = frames.source
    assert (source.duration_s, source.width, source.height, source.fps, source.frames) == (2, 12, 8, 8, 16)


def test_jpegs_are_read(tmp_path: Path) -> None:
    for index in range(16):
        Image.fromarray(picture(5 * index)).save(tmp_path / f"{index}.jpg", quality=100)
    assert np.abs(take(tmp_path).images[:, 0, 0, 0].astype(int) - 5 * np.arange(16)).max() <= 1


def test_of_more_pictures_some_are_taken_evenly(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}.png" for index in range(31)])
    assert levels(take(tmp_path)) == list(range(0, 31, 2))
    assert levels(take(tmp_path, num_frames=31)) == list(range(31))
    assert levels(take(tmp_path, num_frames="auto")) == list(range(31))
    assert levels(take(tmp_path, start_s=1)) == [8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24, 26, 27, 29, 30]


def test_of_many_pictures_the_busiest_are_taken(tmp_path: Path) -> None:
    for index in range(48):
        Image.fromarray(picture(3 * max(0, min(index - 20, 16)))).save(tmp_path / f"{index}.png")
    np.testing.assert_array_equal(take(tmp_path).timestamps, np.arange(20, 36) / 8)


def test_alpha_is_kept(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}.png" for index in range(16)], channels=4)
    frames = take(tmp_path)
    assert frames.has_alpha
    np.testing.assert_array_equal(frames.images[3], picture(15, channels=4))


def test_masks_become_alpha(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}_image.png" for index in range(16)])
    mask = picture(0, channels=4)[..., 3]
    for index in range(16):
        Image.fromarray(mask).save(tmp_path / f"{index}_mask.png")
    frames = take(tmp_path)
    assert levels(frames) == list(range(16))
    np.testing.assert_array_equal(frames.images[5, ..., 3], mask)


def test_a_missing_mask_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}_image.png" for index in range(16)] + ["3_mask.png"])
    with pytest.raises(VideoError, match="15 of 16 frames have no mask"):
        take(tmp_path)


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    for index in range(16):
        Image.fromarray(picture(index, width=2048, height=100)).save(tmp_path / f"{index}.png")
    frames = take(tmp_path)
    assert frames.images.shape == (16, 50, 1024, 4)
    assert (frames.source.width, frames.source.height) == (2048, 100)


def test_pictures_of_several_sizes_are_refused(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}.png" for index in range(16)])
    Image.fromarray(picture(0, width=13)).save(tmp_path / "16.png")
    with pytest.raises(VideoError, match="differ in size"):
        take(tmp_path)


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}.png" for index in range(16)])
    data = (tmp_path / "7.png").read_bytes()
    (tmp_path / "7.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(VideoError) as error:
        take(tmp_path)
    assert error.value.message == "7.png cannot be read as a picture."


def test_other_kinds_under_a_pictures_name_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}.png" for index in range(16)])
    Image.fromarray(picture(0)).save(tmp_path / "7.png", format="TIFF")
    with pytest.raises(VideoError, match=r"7\.png cannot be read"):
        take(tmp_path)


def test_an_empty_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(NotAVideo, match="holds no PNG, JPEG or WebP pictures"):
        take(tmp_path)


def test_too_few_pictures_are_counted(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}.png" for index in range(15)])
    with pytest.raises(VideoTooShort, match="has 15 frames; at least 16 are needed"):
        take(tmp_path)


def test_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [f"{index}.png" for index in range(16)])
    with monkeypatch.context() as lower, pytest.raises(TooManyFrames):
        lower.setattr(limits, "MAX_FRAMES", 15)
        take(tmp_path)
    with monkeypatch.context() as lower, pytest.raises(FrameTooLarge):
        lower.setattr(limits, "MAX_PIXELS", 12 * 8 - 1)
        take(tmp_path)
    with monkeypatch.context() as lower, pytest.raises(FrameTooLarge):
        lower.setattr(Image, "MAX_IMAGE_PIXELS", 12 * 8 // 3)
        take(tmp_path)


def test_steps_count_pictures_and_may_cancel(tmp_path: Path) -> None:
    write(tmp_path, [f"{index}.png" for index in range(16)])
    steps: list[tuple[int, int]] = []

    def step(index: int, of: int) -> None:
        steps.append((index, of))
        if index == 9:
            raise Cancelled

    with pytest.raises(Cancelled):
        sample(tmp_path, Sampling.model_validate({}), step=step)
    assert steps == [(index, 16) for index in range(10)]
