"""The toys come back to where they began, and lie in the box that their meshes are made in."""

from collections.abc import Callable

import numpy as np
import pytest

from builder import toys
from builder.toy import BOX, Pill, mesh

TOYS = [toys.swimming_dolphin, toys.flapping_bird, toys.waving_child, toys.nodding_dinosaur]
CELL = 0.04


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.__name__)
def test_a_cycle_ends_as_it_began_and_moves_between(toy: Callable[[float], list[Pill]]) -> None:
    ends = [np.array([(*pill.start, *pill.end) for pill in toy(cycle)]) for cycle in (0.0, 0.3, 1.0)]
    np.testing.assert_allclose(ends[0], ends[2], atol=1e-9)
    assert np.abs(ends[0] - ends[1]).max() > 0.1


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.__name__)
def test_nothing_of_it_is_cut_off(toy: Callable[[float], list[Pill]]) -> None:
    low, high = BOX
    for cycle in np.linspace(0, 1, 6, endpoint=False):
        vertices, _ = mesh(toy(float(cycle)), CELL)
        assert (vertices.min(axis=0) > low + CELL / 2).all()
        assert (vertices.max(axis=0) < high - 1.5 * CELL).all()
