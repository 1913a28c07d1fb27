import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.flow import FlowMeter

POINTS = np.array([[40.0, 40.0], [64.0, 50.0], [80.0, 90.0]])


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
