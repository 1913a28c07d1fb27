"""As-rigid-as-possible motion in the plane (Sorkine and Alexa, 2007), with pulls on the nodes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, diags_array

from actionmesh_wrapper.engines.arrays import Floats, Ints
from actionmesh_wrapper.engines.silhouette.arrays import factorise

HOLD = 1e-4  # weight that keeps a node where it is, so that no part of the cage is without any pull


@dataclass(frozen=True, eq=False)
class Pull:
    """Where nodes should go.

    Attributes:
        targets: (N, 2) float64, pixels.
        weights: (N,) float64, ≥ 0, against 1 for each edge.
    """

    targets: Floats
    weights: Floats


class RigidCage:
    """The edges of a cage, which keep their lengths and turn together as far as the pulls let them."""

    def __init__(self, edges: Ints, num_nodes: int) -> None:
        self._tails, self._heads = edges.T
        self._count = num_nodes
        ones = np.ones(len(edges))
        one_way = coo_array((ones, (self._tails, self._heads)), shape=(num_nodes, num_nodes))
        links = csc_array(one_way + one_way.T)
        self._laplacian = csc_array(diags_array(links.sum(axis=1)) - links)

    def vectors(self, nodes: Floats) -> Floats:
        """The edges (E, 2) of nodes at (N, 2)."""
        spans: Floats = nodes[self._heads] - nodes[self._tails]
        return spans

    def turned(self, rest: Floats, nodes: Floats) -> Floats:
        """The rest edges (E, 2), each turned as its surroundings are turned with the nodes at (N, 2)."""
        now = self.vectors(nodes)
        dot = (rest * now).sum(axis=1)
        cross = rest[:, 0] * now[:, 1] - rest[:, 1] * now[:, 0]
        angle = np.arctan2(self._at_nodes(cross, cross), self._at_nodes(dot, dot))
        cos, sin = (0.5 * (f(angle)[self._tails] + f(angle)[self._heads]) for f in (np.cos, np.sin))
        return np.column_stack([cos * rest[:, 0] - sin * rest[:, 1], sin * rest[:, 0] + cos * rest[:, 1]])

    def settle(
        self, start: Floats, rest: Floats, pull: Pull, outline: Callable[[Floats], Pull], rounds: int
    ) -> Floats:
        """Minimises Σ |edge − turned rest edge|² + Σ weight · |node − target|² by alternation.

        Args:
            start: (N, 2) first guess.
            rest: (E, 2) edges at rest.
            pull: fixed over the rounds.
            outline: the outline's pull for nodes at (N, 2); its targets follow the nodes, its weights stay
                as they are for ``start``.
            rounds: of turning the edges and solving for the nodes.

        Returns:
            (N, 2) float64.
        """
        nodes = start
        edge_weights = outline(start).weights
        solve = factorise(csc_array(self._laplacian + diags_array(pull.weights + edge_weights + HOLD)))
        for _ in range(rounds):
            turned = self.turned(rest, nodes)
            pulled = np.stack(
                [self._at_nodes(-turned[:, axis], turned[:, axis]) for axis in range(2)], axis=1
            )
            pulled += pull.weights[:, None] * pull.targets + HOLD * start
            pulled += edge_weights[:, None] * outline(nodes).targets
            nodes = solve(pulled)
        return nodes

    def _at_nodes(self, at_tails: Floats, at_heads: Floats) -> Floats:
        """Sums of the edges' values at their two ends, (N,)."""
        sums = np.bincount(self._tails, at_tails, self._count)
        return np.asarray(sums + np.bincount(self._heads, at_heads, self._count), np.float64)
