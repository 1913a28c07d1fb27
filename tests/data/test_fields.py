import numpy as np
import pytest

from actionmesh_wrapper.data.fields import gradient, sample

RAMP = np.arange(12.0).reshape(3, 4)  # 4 a row, 1 a column


def test_values_between_pixels_and_beyond_the_border() -> None:
    points = np.array([[0, 0], [1.5, 0.25], [3, 2], [-5, 1], [9, 9]])
    values = np.array([0, 2.5, 11, 4, 11])
    assert sample(RAMP, points) == pytest.approx(values, abs=1e-12)
    two_channels = np.stack([RAMP, -RAMP], axis=-1)
    assert sample(two_channels, points) == pytest.approx(np.stack([values, -values], axis=1), abs=1e-12)


def test_slopes_are_x_before_y() -> None:
    assert gradient(RAMP) == pytest.approx(np.broadcast_to([1.0, 4.0], (3, 4, 2)))
