"""How far one animation is from another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from tests.upstream.likeness import same


@dataclass(frozen=True)
class Difference:
    """An animation against the one that was expected.

    Attributes:
        equal: whether vertices and faces are equal bit for bit.
        faces_equal: whether the faces alone are.
        vertices: how many a key has, and how many were expected.
        largest, mean: distances between a vertex and where it was expected, as shares of the diagonal of the
            box around all keys; None where another mesh was animated.
    """

    equal: bool
    faces_equal: bool
    vertices: tuple[int, int]
    largest: float | None
    mean: float | None

    @classmethod
    def of(cls, animation: Animation, expected: Animation) -> Self:
        """Compares the two."""
        mine, other = animation.vertices.astype(np.float64), expected.vertices.astype(np.float64)
        largest = mean = None
        if mine.shape == other.shape:
            corners = other.reshape(-1, 3)
            distances = np.linalg.norm(mine - other, axis=-1) / np.linalg.norm(np.ptp(corners, axis=0))
            largest, mean = float(distances.max()), float(distances.mean())
        return cls(
            equal=same(animation, expected),
            faces_equal=np.array_equal(animation.faces, expected.faces),
            vertices=(mine.shape[1], other.shape[1]),
            largest=largest,
            mean=mean,
        )

    def __str__(self) -> str:
        if self.equal:
            return "equal"
        if self.largest is None:
            return f"another mesh: {self.vertices[0]:,} vertices, not {self.vertices[1]:,}"
        faces = "" if self.faces_equal else "; other faces"
        return f"differs: {self.largest:.1e} at most, {self.mean:.1e} on average{faces}"


def worst(differences: Iterable[Difference]) -> Difference:
    """The one that is farthest from equal."""
    return max(differences, key=lambda one: (not one.equal, one.largest is None, one.largest or 0.0))
