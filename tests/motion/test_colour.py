import numpy as np
import pytest

from actionmesh_wrapper.motion.colour import (
    colour_bins,
    colour_distance,
    distance_threshold,
    likeness,
    log_ratio,
)

RED, GREEN, BLUE = [53.0, 80.0, 67.0], [88.0, -86.0, 83.0], [32.0, 79.0, -108.0]


def test_colours_tell_subject_from_rest_within_the_limit() -> None:
    bins = colour_bins(np.array([RED] * 50 + [GREEN] * 50 + [BLUE] * 2, np.float32))
    subject = np.array([1.0] * 50 + [0.0] * 50 + [0.5] * 2, np.float32)

    ratio = log_ratio(bins, subject, 1 - subject)

    assert ratio[:50] == pytest.approx(3)
    assert ratio[50:100] == pytest.approx(-3)
    assert ratio[100:] == pytest.approx(0, abs=1e-5)


def test_bins_stay_in_range() -> None:
    bins = colour_bins(np.array([[-5, -200, -200], [120, 200, 200]], np.float32))

    assert bins.tolist() == [0, 32**3 - 1]


def test_lightness_weighs_less_than_hue() -> None:
    black = np.zeros(3, np.float32)

    assert colour_distance(black, np.array([10, 0, 0], np.float32)) == pytest.approx(8)
    assert colour_distance(black, np.array([0, 6, 8], np.float32)) == pytest.approx(10)


@pytest.mark.parametrize(("far", "low", "high", "expected"), [(20, 15, 18, 18), (20, 25, 30, 25)])
def test_a_threshold_keeps_its_bounds(far: float, low: float, high: float, expected: float) -> None:
    distance = np.linspace(0, 2 * far, 1000, dtype=np.float32)

    assert distance_threshold(distance, low, high) == expected


def test_a_threshold_lies_between_two_heaps() -> None:
    distance = np.array([1, 2, 3] * 50 + [20, 21, 22] * 50, np.float32)

    assert 3 <= distance_threshold(distance, 1, 50) < 20


def test_colours_are_alike_as_far_as_they_are_shared() -> None:
    bins = colour_bins(np.array([[20, 0, 0]] * 50 + [[80, 40, 40]] * 50, np.float32))
    first, both = np.repeat([1, 0], 50).astype(np.float32), np.ones(100, np.float32)

    assert likeness(bins, first, first) == pytest.approx(1)
    assert likeness(bins, first, 1 - first) == pytest.approx(0, abs=1e-6)
    assert likeness(bins, first, both) == pytest.approx(0.5**0.5, abs=1e-3)
    assert likeness(bins, first, 0 * both) == 0
