import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.motion.clip import shrink
from actionmesh_wrapper.motion.flow import ClipMotion, FlowMeter, find_flow
from tests.masking.classical.scenes import SIZE, texture
from tests.masking.fakes import PICTURES

POINTS = np.array([[40.0, 40.0], [64.0, 50.0], [80.0, 90.0]])


def shifted(count: int, pixels: int) -> np.ndarray:
    """A clip whose picture moves to the left by so many pixels a frame."""
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


def noise(seed: int) -> NDArray[np.uint8]:
    grey = np.random.default_rng(seed).integers(0, 256, (128, 128)).astype(np.float32)
    blurred = cv2.GaussianBlur(grey, (0, 0), 3)
    low, high = blurred.min(), blurred.max()
    return np.asarray((blurred - low) * (255 / (high - low)), np.uint8)


def test_finds_a_shift_and_trusts_it() -> None:
    first = noise(0)
    second = np.roll(first, (2, 3), axis=(0, 1))
    motion, trust = FlowMeter().between(first, second, np.ones((128, 128), np.float32)).at(POINTS)
    np.testing.assert_allclose(motion, [[3, 2]] * 3, atol=0.1)
    assert (trust > 0.95).all()


def test_does_not_trust_pictures_that_have_nothing_in_common() -> None:
    flow = FlowMeter().between(noise(0), noise(1), np.ones((128, 128), np.float32))
    assert flow.trust.mean() < 0.6


def test_trusts_nothing_where_the_subject_is_not_seen() -> None:
    first = noise(0)
    flow = FlowMeter().between(first, first, np.zeros((128, 128), np.float32))
    assert not flow.trust.any()
    assert np.isfinite(flow.motion).all()


def test_clip_and_flow_are_made_once_when_asked_for() -> None:
    motion = ClipMotion(PICTURES)
    assert set(vars(motion)) == {"rgb"}

    flow = motion.flow

    assert motion.flow is flow
    assert flow.forward.shape == (len(PICTURES) - 1, motion.clip.height, motion.clip.width, 2)
    np.testing.assert_array_equal(motion.rgb, PICTURES)
