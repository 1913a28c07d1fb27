"""An order of triangles and vertices in which neighbours follow each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Order:
    """A mesh, renumbered.

    Attributes:
        vertices: (V,) intp, the old number of each new vertex: new = old[vertices].
        faces: (F, 3) int32, the same triangles in new numbers and in a new order.
    """

    vertices: NDArray[np.intp]
    faces: NDArray[np.int32]


def strip_order(faces: NDArray[np.int32], num_vertices: int) -> Order:
    """Walks over the mesh from neighbour to neighbour, and numbers vertices in the order of their first use.

    Args:
        faces: (F, 3) int32.
        num_vertices: V; vertices in no face come last.
    """
    walked = faces[_walk(faces.tolist())]
    used, first = np.unique(walked, return_index=True)
    lone = np.setdiff1d(np.arange(num_vertices), used)
    vertices = np.concatenate([used[np.argsort(first)], lone]).astype(np.intp)
    number = np.empty(num_vertices, np.int32)
    number[vertices] = np.arange(num_vertices, dtype=np.int32)
    return Order(vertices, number[walked])


def _walk(faces: list[list[int]]) -> list[int]:
    """The triangles' numbers, each next to the latest one that still has an unvisited neighbour."""
    at_edge = {edge: index for index, (a, b, c) in enumerate(faces) for edge in ((a, b), (b, c), (c, a))}
    visited = bytearray(len(faces))
    order: list[int] = []
    for start in range(len(faces)):
        ways: list[int] = [start]
        while ways:
            index = ways.pop()
            if visited[index]:
                continue
            visited[index] = 1
            order.append(index)
            a, b, c = faces[index]
            ways += [at_edge[edge] for edge in ((b, a), (c, b), (a, c)) if edge in at_edge]
    return order
