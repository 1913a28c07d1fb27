import numpy as np
import pytest

from tests.texture.sheets import laid, sheet

SIZE = 8


def test_each_texel_knows_its_place_and_its_area() -> None:
    vertices, faces = sheet(4, 2, 0.5)  # 2 by 1
    texels = laid(vertices, faces, SIZE)
    assert texels.index.tolist() == list(range(SIZE * SIZE))
    row, column = np.divmod(texels.index, SIZE)
    expected = np.stack([(column + 0.5) / SIZE * 2, 1 - (row + 0.5) / SIZE, 0 * row], axis=1)
    assert np.abs(texels.of(vertices) - expected).max() < 1e-6
    assert texels.shares.sum(axis=1) == pytest.approx(1)
    assert texels.area.sum() == pytest.approx(2)
    assert texels.area == pytest.approx(2 / SIZE**2, rel=0.6)  # a face's area, evenly to its texels


def test_what_lies_between_charts_has_the_nearest_texels_colour() -> None:
    vertices, faces = sheet(4, 4, 0.25)
    texels = laid(vertices, faces, SIZE, share=0.5)
    assert len(texels.index) == (SIZE // 2) ** 2
    colours = np.where(texels.of(vertices)[:, :1] < 0.5, [[10.4, 0, 0]], [[200.6, 300, -5]]).astype(
        np.float32
    )
    picture = texels.picture(colours)
    assert picture.shape == (SIZE, SIZE, 3)
    assert (picture[:, :2] == [10, 0, 0]).all()
    assert (picture[:, 2:] == [201, 255, 0]).all()


def test_some_of_them_keep_what_they_have() -> None:
    vertices, faces = sheet(4, 4, 0.25)
    texels = laid(vertices, faces, SIZE)
    some = texels.some(np.array([5, 40]))
    assert some.index.tolist() == [5, 40]
    assert np.array_equal(some.of(vertices), texels.of(vertices)[[5, 40]])
