import numpy as np
import pytest

from actionmesh_wrapper.engines.masking.classical.clip import shrink
from actionmesh_wrapper.engines.masking.classical.flow import find_flow
from tests.engines.masking.classical.scenes import SIZE, texture


def shifted(count: int, pixels: int) -> np.ndarray:
    wide = texture(300, 3).astype(np.uint8)
    return np.stack([wide[:, pixels * t : pixels * t + SIZE] for t in range(count)])


def test_values_go_along_with_the_picture() -> None:
    clip = shrink(shifted(2, 5))
    flow = find_flow(clip)

    carried, trust = flow.to_next(clip.lab[0, ..., 0].copy(), 0)
    back, _ = flow.to_previous(clip.lab[1, ..., 0].copy(), 1)

    middle = np.s_[20:-20, 20:-20]
    assert np.abs(carried - clip.lab[1, ..., 0])[middle].mean() < 1
    assert np.abs(back - clip.lab[0, ..., 0])[middle].mean() < 1
    assert trust[middle].mean() > 0.9


def test_nothing_is_trusted_across_a_cut() -> None:
    images = shifted(2, 0)
    images[1] = 255 - images[0]

    flow = find_flow(shrink(images))

    assert flow.forward_trust.mean() < 0.1
    assert flow.backward_trust.mean() < 0.1


def test_both_neighbours_outvote_one_frame_and_one_does_not() -> None:
    flow = find_flow(shrink(shifted(4, 0)))
    values = np.ones((4, SIZE, SIZE), np.float32)
    values[1] = -1

    blended = flow.blend(values)

    assert blended[1] == pytest.approx(0.2 / 2.2, abs=0.02)
    assert (flow.blend(np.stack([values[0], *values[1:2].repeat(3, axis=0)]))[1] < 0).all()


def test_one_frame_is_its_own_blend() -> None:
    values = np.full((1, SIZE, SIZE), 0.3, np.float32)

    assert np.array_equal(find_flow(shrink(shifted(1, 0))).blend(values), values)
