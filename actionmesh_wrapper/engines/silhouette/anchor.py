"""Which frame becomes the anchor: the one whose shape, texture and topology all the others are given."""

import cv2
import numpy as np

from actionmesh_wrapper.engines.arrays import Bools, Bytes, Floats, Ints
from actionmesh_wrapper.engines.masking.shapes import largest_part

PERIMETER_WEIGHT = 0.5  # of the outer outline: long when limbs are apart, short when they touch
SHARPNESS_WEIGHT = 0.5
CENTRE_WEIGHT = 0.15  # tracking from the middle drifts half as far


def choose_anchor(greys: Bytes, masks: Bools, usable: Ints) -> int:
    """The frame that shows most of the subject, most spread out, sharp, and not far from the middle.

    Args:
        greys: (T, H, W) uint8.
        masks: (T, H, W) bool.
        usable: (T,) for each frame the frame used in its place; only frames that stand for themselves
            are considered.
    """
    parts = np.stack([largest_part(mask) for mask in masks])
    area = parts.sum(axis=(1, 2)).astype(np.float64)
    perimeter = np.array([_perimeter(part) for part in parts])
    sharpness = np.array([_sharpness(grey, part) for grey, part in zip(greys, parts, strict=True)])
    time = np.arange(len(masks))
    off_centre = np.abs(time - (len(masks) - 1) / 2) / len(masks)
    score = (
        _relative(area)
        + PERIMETER_WEIGHT * _relative(perimeter)
        + SHARPNESS_WEIGHT * _relative(sharpness)
        - CENTRE_WEIGHT * off_centre
    )
    return int(np.where(usable == time, score, -np.inf).argmax())


def _relative(values: Floats) -> Floats:
    return values / max(float(values.max()), 1e-9)


def _perimeter(mask: Bools) -> float:
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return float(sum(cv2.arcLength(contour, closed=True) for contour in contours))


def _sharpness(grey: Bytes, mask: Bools) -> float:
    """Variance of the Laplacian inside the mask, a common measure of focus."""
    return float(cv2.Laplacian(grey, cv2.CV_32F)[mask].var()) if mask.any() else 0.0
