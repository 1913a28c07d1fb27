import numpy as np
import pytest

from actionmesh_wrapper.engines.silhouette.crop import Crop


def masks_with_box(
    left: int, top: int, width: int, height: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    masks = np.zeros((2, 100, 200), bool)
    masks[0, top : top + height, left] = True
    masks[1, top, left : left + width] = True
    return masks


def test_holds_what_any_mask_shows_with_a_margin() -> None:
    crop = Crop.around(masks_with_box(50, 30, 100, 40))
    assert (crop.left, crop.top) == (50 - 14, 30 - 14)  # 6 % of 100, and 8
    assert (crop.width, crop.height) == (128, 68)
    assert (crop.columns, crop.rows) == (384, 204)
    assert crop.scale == 3


def test_beyond_the_border_a_picture_goes_on_and_a_mask_ends() -> None:
    crop = Crop.around(masks_with_box(0, 0, 20, 20))
    assert (crop.left, crop.top) == (-9, -9)
    white = np.full((100, 200), 255, np.uint8)
    assert crop.cut(white, extend=True).min() == 255
    cut = crop.cut(white, extend=False)
    assert cut.shape == (crop.rows, crop.columns)
    assert cut[0, 0] == 0
    assert cut[-1, -1] == 255


@pytest.mark.parametrize("box", [(50, 30, 100, 40), (0, 0, 20, 20)])
def test_a_point_of_the_crop_is_found_again_in_the_source(box: tuple[int, int, int, int]) -> None:
    crop = Crop.around(masks_with_box(*box))
    column, row = 15, 12
    picture = np.zeros((100, 200), np.uint8)
    picture[row, column] = 255
    if not (crop.left <= column < crop.left + crop.width and crop.top <= row < crop.top + crop.height):
        column, row = 60, 50
        picture[row, column] = 255
    ys, xs = np.nonzero(crop.cut(picture, extend=False) > 100)
    point = crop.to_source(np.array([[xs.mean(), ys.mean()]]))
    np.testing.assert_allclose(point, [[column, row]], atol=0.2)


def test_depth_takes_the_mean_scale() -> None:
    crop = Crop(10, 20, 100, 50, 200, 100)
    np.testing.assert_allclose(crop.to_source(np.array([[-0.5, -0.5, 30.0]])), [[9.5, 19.5, 15.0]])


def test_resized_keeps_the_box() -> None:
    crop = Crop(10, 20, 100, 50, 384, 192).resized(200)
    assert (crop.left, crop.top, crop.width, crop.height) == (10, 20, 100, 50)
    assert (crop.columns, crop.rows) == (200, 100)
