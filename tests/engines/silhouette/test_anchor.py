import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.anchor import choose_anchor


def spread(apart: int) -> NDArray[np.bool_]:
    """A body on two legs that stand some pixels apart."""
    mask = np.zeros((80, 80), np.uint8)
    cv2.ellipse(mask, (40, 30), (30, 12), 0, 0, 360, 255, -1)
    cv2.line(mask, (40, 30), (40 - apart, 74), 255, 7)
    cv2.line(mask, (40, 30), (40 + apart, 74), 255, 7)
    return mask > 0


def test_prefers_limbs_that_are_apart() -> None:
    masks = np.stack([spread(apart) for apart in (2, 4, 16, 4, 2)])
    greys = np.full(masks.shape, 100, np.uint8)
    assert choose_anchor(greys, masks, np.arange(5)) == 2


def test_prefers_the_sharp_frame_and_else_the_middle() -> None:
    masks = np.stack([spread(10)] * 5)
    greys = np.full(masks.shape, 100, np.uint8)
    assert choose_anchor(greys, masks, np.arange(5)) == 2
    greys[4, ::2] = 200
    assert choose_anchor(greys, masks, np.arange(5)) == 4


def test_never_takes_a_frame_that_was_replaced() -> None:
    masks = np.stack([spread(apart) for apart in (2, 4, 16, 4, 2)])
    greys = np.full(masks.shape, 100, np.uint8)
    assert choose_anchor(greys, masks, np.array([0, 1, 3, 3, 4])) != 2
