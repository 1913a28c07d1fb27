"""Array types, and the sides of faces."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Index = TypeVar("Index", bound=np.integer)

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


def sides_of(faces: NDArray[Index]) -> NDArray[Index]:
    """The three sides of each face as pairs of vertices: (F, 3) to (3 F, 2), each from one to the next."""
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
