from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from actionmesh_wrapper.errors import VideoError
from actionmesh_wrapper.video.alpha import are_numbered, mask_levels, shown
from actionmesh_wrapper.video.folder import FrameFiles

RNG = np.random.default_rng(0)


def frames(folder: Path, *masks: ArrayLike | Image.Image, is_guess: bool = False) -> list[FrameFiles]:
    """A frame for each mask."""
    Image.new("RGB", (8, 6)).save(folder / "image.png")
    files = []
    for index, mask in enumerate(masks):
        path = folder / f"{index}_mask.png"
        (mask if isinstance(mask, Image.Image) else Image.fromarray(np.asarray(mask))).save(path)
        files.append(FrameFiles(folder / "image.png", path, is_guess))
    return files


def half(level: int, dtype: str = "uint8") -> NDArray[np.generic]:
    """A mask whose right half is of a level."""
    mask = np.zeros((6, 8), dtype)
    mask[:, 4:] = level
    return mask


def labels_in_colour() -> Image.Image:
    """A palette's second colour, dark red, as DAVIS has its masks."""
    picture = Image.fromarray(half(1)).convert("P")
    picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    return picture


@pytest.mark.parametrize(
    "mask",
    [half(1), half(2), half(1, "uint16"), half(255, "uint16"), labels_in_colour()],
    ids=["0 and 1", "0 and 2", "16 bits", "8 bits in 16", "palette"],
)
def test_one_number_is_the_subject(tmp_path: Path, mask: NDArray[np.generic] | Image.Image) -> None:
    files = frames(tmp_path, mask, half(0), mask)
    assert are_numbered(files)
    levels = mask_levels(files[0])
    assert levels is not None
    np.testing.assert_array_equal(shown(levels, numbered=True), half(255))


@pytest.mark.parametrize("mask", [half(255), half(128), half(0xFFFF, "uint16"), half(0x8000, "uint16")])
def test_levels_are_alpha(tmp_path: Path, mask: NDArray[np.generic]) -> None:
    files = frames(tmp_path, half(0), half(1), mask)
    assert not are_numbered(files)
    levels = mask_levels(files[2])
    assert levels is not None
    level = int(mask.max()) >> (8 if mask.dtype == np.uint16 else 0)
    np.testing.assert_array_equal(shown(levels, numbered=False), half(level))


def test_soft_masks_of_16_bits_keep_their_levels(tmp_path: Path) -> None:
    mask = RNG.integers(0, 65536, (6, 8), np.uint16)
    files = frames(tmp_path, mask)
    levels = mask_levels(files[0])
    assert levels is not None
    np.testing.assert_array_equal(shown(levels, numbered=are_numbered(files)), mask >> 8)


@pytest.mark.parametrize(
    ("mask", "level"),
    [
        (half(0), 0),
        (half(1) + np.eye(6, 8, dtype=np.uint8), 2),
        (np.linspace(0, 0x1234, 8, dtype=np.uint16)[None], 0x1234),
    ],
    ids=["none", "two numbers", "soft and dark"],
)
def test_masks_without_a_subject_are_named(tmp_path: Path, mask: NDArray[np.generic], level: int) -> None:
    with pytest.raises(VideoError) as error:
        are_numbered(frames(tmp_path, mask, mask))
    assert error.value.message == (
        f"The masks show no subject: from 0_mask.png on, their highest level is {level}. Where the subject "
        "is, masks are white, or have one number in all frames."
    )


def test_numbers_that_change_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="their highest level is 2"):
        are_numbered(frames(tmp_path, half(1), half(2)))


def of_own_alpha(folder: Path, alpha: NDArray[np.generic]) -> list[FrameFiles]:
    pixels = np.dstack([np.full((6, 8, 3), 200, np.uint8), alpha.astype(np.uint8)])
    Image.fromarray(pixels).save(folder / "0.png")
    return [FrameFiles(folder / "0.png")]


@pytest.mark.parametrize(("level", "numbered"), [(1, True), (255, False), (0, False)])
def test_a_pictures_own_alpha_may_be_numbers_too(tmp_path: Path, level: int, numbered: bool) -> None:
    assert are_numbered(of_own_alpha(tmp_path, half(level))) is numbered


def test_opaque_pictures_are_not_numbered(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6)).save(tmp_path / "0.png")
    assert not are_numbered([FrameFiles(tmp_path / "0.png")])


def test_few_frames_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = frames(tmp_path, half(1)) * 10_000
    looked_at: list[FrameFiles] = []

    def levels(files: FrameFiles) -> NDArray[np.generic]:
        looked_at.append(files)
        return half(1)

    monkeypatch.setattr("actionmesh_wrapper.video.alpha.mask_levels", levels)
    assert are_numbered(files)
    assert len(looked_at) == 31


def test_a_guessed_mask_must_look_like_one(tmp_path: Path) -> None:
    soft = half(255)
    soft[:, 4] = 90
    for mask in (soft, half(1), labels_in_colour(), half(0), half(255, "uint16")):
        assert mask_levels(*frames(tmp_path, mask, is_guess=True)) is not None
    photograph = RNG.integers(0, 256, (6, 8), np.uint8)
    assert mask_levels(*frames(tmp_path, photograph)) is not None
    with pytest.raises(
        VideoError, match=r"image\.png and 0_mask\.png have one name, and the latter looks like no"
    ):
        mask_levels(*frames(tmp_path, photograph, is_guess=True))
