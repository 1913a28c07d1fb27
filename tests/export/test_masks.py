from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import write_masks
from actionmesh_wrapper.export.masks import SHEET, write_sheet

MASKS = np.random.default_rng(1).integers(0, 256, (3, 5, 7), np.uint8)


def test_a_picture_per_frame(tmp_path: Path) -> None:
    paths = write_masks(MASKS, tmp_path)
    assert [path.name for path in paths] == ["mask_000.png", "mask_001.png", "mask_002.png"]
    for path, mask in zip(paths, MASKS, strict=True):
        picture = Image.open(path)
        assert picture.mode == "L"
        np.testing.assert_array_equal(np.asarray(picture), mask)


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match=r"mask_000\.png could not be written"):
        write_masks(MASKS, tmp_path / "gone")


@pytest.mark.parametrize(("frames", "columns", "rows"), [(1, 1, 1), (5, 3, 2), (16, 4, 4)])
def test_the_sheet_shows_every_frame_with_its_outline(
    tmp_path: Path, frames: int, columns: int, rows: int
) -> None:
    images = np.full((frames, 120, 160, 4), 90, np.uint8)
    masks = np.zeros((frames, 120, 160), np.uint8)
    masks[:, 40:100, 50:110] = 255

    path = write_sheet(images, masks, tmp_path / "masks_preview.jpg")

    with Image.open(path) as picture:
        sheet = np.asarray(picture).astype(int)
    tile_height, tile_width = sheet.shape[0] // rows, sheet.shape[1] // columns
    assert tile_width / tile_height == pytest.approx(160 / 120, rel=0.02)
    for frame in range(frames):
        row, column = divmod(frame, columns)
        tile = sheet[row * tile_height :, column * tile_width :][:tile_height, :tile_width]
        middle, corner = tile[tile_height * 70 // 120, tile_width * 80 // 160], tile[-5, -5]
        assert abs(middle - 90).max() < 12  # as it is on the subject
        assert corner.min() > 130  # paler elsewhere
        edge = tile[tile_height * 70 // 120, tile_width * 45 // 160 : tile_width * 55 // 160]
        assert (edge[:, 0] - edge[:, 1]).max() > 80  # the outline


def test_a_sheet_of_many_large_frames_stays_small(tmp_path: Path) -> None:
    path = write_sheet(
        np.zeros((64, 90, 160, 3), np.uint8).repeat(6, 1).repeat(6, 2),
        np.zeros((64, 540, 960), np.uint8),
        tmp_path / "masks_preview.jpg",
    )

    with Image.open(path) as sheet:
        assert max(sheet.size) <= SHEET
