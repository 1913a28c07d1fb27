from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import write_masks

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
