from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import (
    Cancelled,
    FrameTooLarge,
    NotAVideo,
    TooManyFrames,
    VideoError,
    VideoTooShort,
)
from actionmesh_wrapper.system import limits
from actionmesh_wrapper.video import profile, sample
from actionmesh_wrapper.video.images import count
from tests.system.profiles import DISPLAY_P3, encoded, rgb_profile


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


def test_a_profile_that_cannot_be_used_is_told_once(tmp_path: Path) -> None:
    for index in range(16):
        broken = b"no profile" if index % 2 else None
        Image.fromarray(picture(5 * index)).save(tmp_path / f"{index}.png", icc_profile=broken)
    notices: list[Notice] = []
    frames = sample(tmp_path, Sampling.model_validate({}), step=lambda index, of: None, warn=notices.append)
    assert levels(frames) == list(range(16))
    assert notices == [profile.IGNORED]


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


def test_an_image_and_a_mask_of_one_name_are_a_frame(tmp_path: Path) -> None:
    mask = np.where(picture(0, channels=4)[..., 3] < 128, 0, 255).astype(np.uint8)
    for index in range(16):
        Image.fromarray(mask).save(tmp_path / f"{index}.png")
        Image.fromarray(picture(5 * index)).save(tmp_path / f"{index}.JPG", quality=100)
    frames = take(tmp_path)
    assert count(tmp_path, Sampling()) == len(frames) == 16
    assert np.abs(frames.images[:, 0, 0, 0].astype(int) - 5 * np.arange(16)).max() <= 1
    np.testing.assert_array_equal(frames.images[5, ..., 3], mask)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("width", [12, 2000])
def test_masks_may_number_the_subject(tmp_path: Path, dtype: str, width: int) -> None:
    write(tmp_path, [f"{index}_image.png" for index in range(16)])
    mask = np.zeros((8, width), dtype)
    mask[:, width // 2 :] = 1
    for index in range(16):
        Image.fromarray(mask).save(tmp_path / f"{index}_mask.png")
        Image.fromarray(picture(5 * index, width=width)).save(tmp_path / f"{index}_image.png")
    images = take(tmp_path).images
    assert (images[:, :, :4, 3] == 0).all()
    assert (images[:, :, -4:, 3] == 255).all()
    assert [int(image[0, -1, 0]) for image in images] == list(range(0, 80, 5))


def test_own_alpha_may_number_the_subject(tmp_path: Path) -> None:
    pixels = picture(100, channels=4, width=2000)
    pixels[..., 3] = np.arange(2000) >= 1000
    for index in range(16):
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    images = take(tmp_path).images
    assert images[3, 0, [0, -1]].tolist() == [[0, 0, 0, 0], [100, 100, 100, 255]]


def test_16_bits_of_grey_keep_their_levels(tmp_path: Path) -> None:
    for index in range(16):
        Image.fromarray(np.full((8, 12), 5 * index << 8 | 7, np.uint16)).save(tmp_path / f"{index}_image.png")
        Image.fromarray(np.full((8, 12), 0x9000, np.uint16)).save(tmp_path / f"{index}_mask.png")
    frames = take(tmp_path)
    assert levels(frames) == list(range(16))
    assert (frames.images[..., 3] == 0x90).all()


def turned(folder: Path, names: list[str]) -> None:
    """Pictures of 12 × 8 that lie on their right side, as phones write them."""
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = picture(0)
    upright[0] = 255
    for name in names:
        Image.fromarray(np.rot90(upright)).save(folder / name, exif=exif)


def test_pictures_stand_upright(tmp_path: Path) -> None:
    turned(tmp_path, [f"{index}.png" for index in range(48)])
    frames = take(tmp_path)
    assert frames.images.shape == (16, 8, 12, 4)
    assert (frames.source.width, frames.source.height) == (12, 8)
    np.testing.assert_array_equal(frames.images[:, 0, :, :3], 255)
    np.testing.assert_array_equal(frames.images[:, 1:, :, :3], 0)


def test_pictures_and_masks_that_stand_otherwise_are_named(tmp_path: Path) -> None:
    turned(tmp_path, [f"{index}.png" for index in range(16)])
    Image.new("RGB", (8, 12)).save(tmp_path / "7.png")
    with pytest.raises(VideoError, match=r"differ in size, 7\.png for one"):
        take(tmp_path)
    turned(tmp_path, ["7.png"])
    for index in range(16):
        Image.new("L", (8, 12)).save(tmp_path / f"{index}_mask.png")
    Image.new("L", (8, 12), 255).save(tmp_path / "0_mask.png")
    with pytest.raises(VideoError, match=r"differ in size, 0_mask\.png for one"):
        take(tmp_path)


def test_colours_of_a_profile_become_srgb(tmp_path: Path) -> None:
    skin = (224, 172, 140)
    pixels = np.broadcast_to(encoded(skin, DISPLAY_P3, 2.2), (8, 12, 3))
    for index in range(16):
        Image.fromarray(pixels.copy()).save(
            tmp_path / f"{index}.png", icc_profile=rgb_profile(DISPLAY_P3, 2.2)
        )
    assert np.abs(take(tmp_path).images[..., :3].astype(int) - skin).max() <= 4


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
