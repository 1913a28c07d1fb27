"""Which stored vertex is which, where a file keeps them in an order of its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree

_FEW = 100


def places_of(wanted: NDArray[Any], stored: NDArray[Any]) -> NDArray[np.intp]:
    """(V,) for each wanted point the index of the stored one that lies nearest, each taken once.

    Args:
        wanted: (V, D) points.
        stored: (V, D), the same points in another order and slightly off.
    """
    assert wanted.shape == stored.shape
    if len(wanted) <= _FEW:  # may hold points that coincide
        gaps = np.linalg.norm(wanted[:, None].astype(np.float64) - stored[None], axis=2)
        return np.asarray(linear_sum_assignment(gaps)[1], np.intp)
    place = np.asarray(KDTree(stored).query(wanted)[1], np.intp)
    assert len(np.unique(place)) == len(wanted), "two points have the same nearest one"
    return place
