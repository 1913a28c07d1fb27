"""How animations compare."""

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation


def same(first: Animation, second: Animation) -> bool:
    """Whether vertices and faces are equal bit for bit."""
    pairs = ((first.vertices, second.vertices), (first.faces, second.faces))
    return all(mine.shape == other.shape and mine.tobytes() == other.tobytes() for mine, other in pairs)


def motion(vertices: NDArray[np.float32]) -> float:
    """The largest step of any coordinate from key to key."""
    return float(np.abs(np.diff(vertices, axis=0)).max())
