"""The subject before a plain backdrop: all that is not like it, but for soft shadows on the ground."""

import cv2
import numpy as np

from actionmesh_wrapper.engines.arrays import Bools, Singles
from actionmesh_wrapper.engines.masking.classical.backdrop import Backdrop
from actionmesh_wrapper.engines.masking.classical.clip import Clip
from actionmesh_wrapper.engines.masking.classical.colour import distance_threshold

THRESHOLD_RANGE = (4.0, 16.0)  # Lab units, bounds on what counts as different from the backdrop
NOISE_FACTOR, NOISE_OFFSET = 3.0, 2.0  # the threshold above the border's noise
BELIEF = 3.0  # of a pixel that differs by far, or not at all
SHADOW_BELIEF = -1.0
SHADOW_LIGHT = (0.66, 0.985)  # cube root of the share of light that is left in a shadow
SHADOW_CHROMA = 5.0  # Lab units, how far a shadow's hue may stray from the backdrop's
SHADOW_SLOPE = 3.0  # Lab units per pixel, the steepest that a soft shadow's lightness falls
SHADOW_HEIGHT = 0.4  # shadows lie in this lowest part of the subject, or under it
SHADOW_SHARE = 0.4  # a "shadow" that takes more of the subject is the subject, as grey as its backdrop


def plain_belief(clip: Clip, backdrop: Backdrop) -> Singles:
    """(T, h, w) float32 in [−`BELIEF`, `BELIEF`], positive on what differs from the backdrop."""
    distance = np.stack([backdrop.distance(lab) for lab in clip.lab])
    low, high = THRESHOLD_RANGE
    above_noise = NOISE_FACTOR * backdrop.noise + NOISE_OFFSET
    threshold = max(low, min(above_noise, distance_threshold(distance, low, high)))
    belief: Singles = BELIEF * np.tanh((distance - threshold) / (threshold / 2))
    for frame, lab in enumerate(clip.lab):
        belief[frame][_shadow(lab, backdrop.paint(lab), belief[frame] > 0)] = SHADOW_BELIEF
    return belief.astype(np.float32)


def _shadow(lab: Singles, backdrop: Singles, subject: Bools) -> Bools:
    """What of the subject is its shadow: the backdrop's hue in less light, with soft edges, low down.

    In Lab a light of s times the strength scales L + 16, a and b by the cube root of s.
    """
    light = (lab[..., 0] + 16) / (backdrop[..., 0] + 16)
    stray = np.linalg.norm(lab[..., 1:] - light[..., None] * backdrop[..., 1:], axis=-1)
    smooth = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.0)
    slope = np.hypot(*(cv2.Sobel(smooth, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1))))
    low, high = SHADOW_LIGHT
    shadow: Bools = (
        subject & (light > low) & (light < high) & (stray < SHADOW_CHROMA) & (slope < SHADOW_SLOPE)
    )
    rows = np.flatnonzero(subject.any(axis=1))
    if rows.size:
        shadow[: int(rows[-1] - SHADOW_HEIGHT * np.ptp(rows))] = False
    if shadow.sum() > SHADOW_SHARE * subject.sum():
        shadow[:] = False
    return shadow
