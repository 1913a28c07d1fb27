"""Distances between colours, and how likely a colour is the subject's or its surroundings'."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.filters import threshold_otsu

from actionmesh_wrapper.data.arrays import Floats, Singles

LIGHTNESS_WEIGHT = 0.8  # below 1: over a backdrop light varies more than hue does
OTSU_CEILING = 60.0  # Lab units; larger distances count as this, so as not to raise Otsu's threshold
BINS = 32  # per axis of Lab
BIN_BLUR = 1.0  # bins (sigma), by which each colour counts for its neighbours too
LOG_RATIO_LIMIT = 3.0  # most that a colour says either way
LEAST_FREQUENCY = 2e-5  # of the pixels; a colour rarer than this says little


def colour_distance(lab: Singles, other: Singles | Floats) -> Singles:
    """Distance in Lab, lightness weighing `LIGHTNESS_WEIGHT`, over the last axis of 3."""
    delta = lab - other
    distance = np.sqrt((LIGHTNESS_WEIGHT * delta[..., 0]) ** 2 + delta[..., 1] ** 2 + delta[..., 2] ** 2)
    return distance.astype(np.float32)


def distance_threshold(distance: Singles, low: float, high: float) -> float:
    """The Lab distance between like and unlike by Otsu's method (1979), kept within [low, high]."""
    otsu = threshold_otsu(np.minimum(distance, OTSU_CEILING))  # type: ignore[no-untyped-call]  # skimage has no types
    return float(np.clip(otsu, low, high))


def colour_bins(lab: Singles) -> NDArray[np.int32]:
    """Numbers the colour of each pixel of (..., 3) Lab: (...) int32 below `BINS` ** 3."""
    low, span = np.array([0, -110, -110], np.float32), np.array([100, 220, 220], np.float32)
    axis = np.clip((lab - low) / span * BINS, 0, BINS - 1).astype(np.int32)
    bins: NDArray[np.int32] = (axis[..., 0] * BINS + axis[..., 1]) * BINS + axis[..., 2]
    return bins


def log_ratio(bins: NDArray[np.int32], subject: Singles, rest: Singles) -> Singles:
    """By how much each pixel's colour speaks for the subject: log(p(colour | subject) / p(colour | rest)).

    Args:
        bins: (...) int32 of `colour_bins`.
        subject: (...) float32 weights, how far each pixel counts as the subject.
        rest: (...) float32 weights, how far each pixel counts as something else.

    Returns:
        (...) float32, at most `LOG_RATIO_LIMIT` either way.
    """
    ratio = np.log((_histogram(bins, subject) + LEAST_FREQUENCY) / (_histogram(bins, rest) + LEAST_FREQUENCY))
    values: Singles = np.clip(ratio, -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT).astype(np.float32).ravel()[bins]
    return values


def likeness(bins: NDArray[np.int32], some: Singles, others: Singles) -> float:
    """How like two sets of pixels are in their colours: Bhattacharyya's coefficient (1943).

    Args:
        bins: (...) int32 of `colour_bins`.
        some: (...) float32 weights of the pixels of one set.
        others: (...) float32 weights of those of the other.

    Returns:
        0, no colour in common, to 1, the same; 0 where a set is empty.
    """
    return float(np.sqrt(_histogram(bins, some) * _histogram(bins, others)).sum())


def _histogram(bins: NDArray[np.int32], weights: Singles) -> Floats:
    counts = np.bincount(bins.ravel(), weights.ravel(), minlength=BINS**3).reshape(BINS, BINS, BINS)
    smooth: Floats = np.asarray(ndimage.gaussian_filter(counts.astype(np.float64), BIN_BLUR), np.float64)
    return smooth / max(float(smooth.sum()), 1e-9)
