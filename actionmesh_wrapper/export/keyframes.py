"""Which keys of an animation have to be written: one on the straight way between two others adds nothing."""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray


def needed_keys(vertices: NDArray[np.float32], most_error: float) -> tuple[list[int], float]:
    """Chooses keys so that between them, in straight lines, every vertex is where all keys have it.

    Greedy: from the first and the last key on, the one that is farthest from the straight way between its
    neighbours is added, until none is too far (Douglas and Peucker 1973, with all vertices for one point).

    Args:
        vertices: (T, V, 3).
        most_error: how far a vertex may be off at a key that is left out, in the vertices' unit; 0 keeps all.

    Returns:
        The keys in order, the first and the last among them, and how far off the worst of the others is.
    """
    last = len(vertices) - 1
    if most_error <= 0 or last < 2:
        return list(range(last + 1)), 0.0
    keys, gaps = [0, last], [_worst_between(vertices, 0, last)]
    while -gaps[0][0] > most_error:
        _, key, start, end = heappop(gaps)
        keys.append(key)
        for part in ((start, key), (key, end)):
            heappush(gaps, _worst_between(vertices, *part))
    return sorted(keys), -gaps[0][0]


def _worst_between(vertices: NDArray[np.float32], start: int, end: int) -> tuple[float, int, int, int]:
    """The key between two that is farthest from their straight way: minus how far; the key; the two."""
    first, way = vertices[start], vertices[end] - vertices[start]
    shares = np.linspace(0, 1, end - start + 1)[1:-1]
    squares = [
        float(np.square(first + way * np.float32(share) - vertices[key]).sum(1).max())
        for key, share in zip(range(start + 1, end), shares, strict=True)
    ]
    if not squares:
        return 0.0, start, start, end
    worst = int(np.argmax(squares))
    return -float(np.sqrt(squares[worst])), start + 1 + worst, start, end
