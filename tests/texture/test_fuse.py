import numpy as np
import pytest

from actionmesh_wrapper.texture.fuse import ANCHOR, ENOUGH, GAINS, POWER, Fusion
from actionmesh_wrapper.texture.visibility import Sight

COUNT = 2 * ENOUGH


def sight(colour: list[float], weight: float, texels: slice = slice(None)) -> Sight:
    where = np.arange(COUNT)[texels]
    colours = np.tile(np.array(colour, np.float32), (len(where), 1))
    return Sight(where, colours, np.full(len(where), weight, np.float32))


def test_the_better_view_of_two_counts_with_the_eighth_power() -> None:
    fusion = Fusion(COUNT)
    fusion.add(sight([100, 100, 100], 0.15))  # too unclear to be compared
    fusion.add(sight([200, 50, 0], 0.3))
    one, other = ANCHOR * 0.15**POWER, 0.3**POWER
    expected = (one * np.array([100, 100, 100]) + other * np.array([200, 50, 0])) / (one + other)
    assert fusion.mean == pytest.approx(np.tile(expected, (COUNT, 1)), rel=1e-4)
    assert fusion.weights == pytest.approx(0.3)


def test_light_is_taken_out_channel_by_channel() -> None:
    fusion = Fusion(COUNT)
    fusion.add(sight([100, 100, 100], 0.9))
    fusion.add(sight([90, 110, 100], 1.0))
    assert fusion.mean == pytest.approx(100, abs=0.01)
    assert fusion.disagreement == pytest.approx(0, abs=0.01)


def test_a_difference_that_is_no_light_stays_and_is_told() -> None:
    fusion = Fusion(COUNT)
    fusion.add(sight([100, 100, 100], 0.9))
    fusion.add(sight([200, 100, 50], 0.9))
    left = [200 * GAINS[0] - 100, 0, 100 - 50 * GAINS[1]]
    assert fusion.disagreement == pytest.approx(np.mean(left), rel=1e-4)


def test_few_texels_in_common_are_not_compared() -> None:
    fusion = Fusion(COUNT)
    fusion.add(sight([100, 100, 100], 0.9, slice(0, ENOUGH - 1)))
    fusion.add(sight([200, 200, 200], 0.9))
    assert fusion.disagreement == 0
    assert fusion.mean[-1] == pytest.approx(200)


def test_what_nothing_shows_has_no_weight_and_no_colour() -> None:
    fusion = Fusion(COUNT)
    fusion.add(sight([9, 9, 9], 0.5, slice(0, 3)))
    assert fusion.weights[3:].tolist() == [0] * (COUNT - 3)
    assert fusion.mean[3:].max() == 0
