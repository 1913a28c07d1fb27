import math

import numpy as np
import pytest

from actionmesh_wrapper.data.arrays import Floats
from actionmesh_wrapper.texture.mirror import Mirror, find_mirror

ANGLE, OFFSET = math.radians(40), 0.3
NORMAL = np.array([math.cos(ANGLE), 0, math.sin(ANGLE)])


def sides() -> Floats:
    """Points of which each half is the other's picture in an upright plane."""
    half = np.random.default_rng(0).normal(size=(400, 3)) * [0.3, 0.5, 1.0] + [0.5, 0.2, 0.1]
    return np.concatenate([half, Mirror(NORMAL, OFFSET).reflected(half)])


def test_the_plane_is_found_wherever_it_stands() -> None:
    found = find_mirror(sides(), tick=lambda: None)
    assert found is not None
    assert abs(found.normal @ NORMAL) > math.cos(math.radians(1.01))
    assert found.offset * np.sign(found.normal @ NORMAL) == pytest.approx(OFFSET, abs=0.03)


def test_a_shape_without_one_has_none() -> None:
    grain = np.random.default_rng(0).normal(size=(600, 3)) * 0.05
    places = np.repeat([[0.0, 0, 0], [2, 1, 0], [0.3, 2, 1.5]], 200, axis=0)  # three heights, in no one plane
    assert find_mirror(places + grain, tick=lambda: None) is None


def test_pictures_lie_as_far_behind_the_plane() -> None:
    mirror = Mirror(np.array([1.0, 0, 0]), 2.0)
    assert mirror.reflected(np.array([[5.0, 1, -1]])).tolist() == [[-1, 1, -1]]
    assert mirror.turned(np.array([[1.0, 1, 0]])).tolist() == [[-1, 1, 0]]
