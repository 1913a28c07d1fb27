"""The cage: a coarse flat triangulation of the anchor's shape, and its as-rigid-as-possible motion."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.spatial import Delaunay
from skimage.measure import find_contours

from actionmesh_wrapper.data.arrays import Bools, Floats, Ints
from actionmesh_wrapper.data.fields import sample
from actionmesh_wrapper.engines.silhouette.numerics import directed_edges, factorise, nearest

SPACING = 8.0  # crop pixels between nodes
LEAST_SPACING = 2.5  # crop pixels, of a small subject
NODES_ACROSS = 8.0  # at least so many spacings fit in a small subject's side, √area
OUTLINE_SPACING = 0.8  # of the spacing, along the outline
INSIDE_SHARE = 0.5  # of the spacing: inner nodes keep this distance from the outline
LEAST_AREA = 0.1  # pixels², twice a triangle's; three nodes in a row make none
EDGE_TOLERANCE = 1.5  # pixels that an edge of the cage may run outside the shape
CANDIDATES = 6  # triangles with the nearest centres, among which a point's triangle is sought
WEIGHT_BOUNDS = (-0.5, 1.5)  # of barycentric weights: a point just outside its triangle is carried on
HOLD_WEIGHT = 1e-4  # keeps a node where it is, so that every part of the cage has some pull


@dataclass(frozen=True, eq=False)
class Embedding:
    """Points as weighted means of the cage's nodes.

    Attributes:
        nodes: (P, 3) int64, each point's three nodes.
        weights: (P, 3) float64, their barycentric weights, summing to 1.
    """

    nodes: Ints
    weights: Floats

    def carry(self, values: Floats) -> Floats:
        """Interpolates the nodes' values (N, C), or (T, N, C), at the points: (P, C) or (T, P, C)."""
        # Corner by corner: the order in which einsum adds, and so the last bit, changes with the shapes.
        first, second, third = (
            values[..., self.nodes[:, corner], :] * self.weights[:, corner, None] for corner in range(3)
        )
        carried: Floats = first + second + third
        return carried


@dataclass(frozen=True, eq=False)
class Cage:
    """Nodes, triangles and edges in the anchor frame.

    Attributes:
        nodes: (N, 2) float64, crop pixels.
        triangles: (M, 3) int64, all of one orientation.
        edges: (E, 2) int64, each once.
        outline: (B, 2) int64, the edges of one triangle only, the shape on the same side of all.
        spacing: crop pixels between nodes.
    """

    nodes: Floats
    triangles: Ints
    edges: Ints
    outline: Ints
    spacing: float

    def outline_normals(self, nodes: Floats) -> Floats:
        """Unit vectors (N, 2) out of the shape for nodes at (N, 2); zero off the outline."""
        span = nodes[self.outline[:, 1]] - nodes[self.outline[:, 0]]
        outwards = np.column_stack([span[:, 1], -span[:, 0]])
        sums = np.zeros_like(nodes)
        np.add.at(sums, self.outline[:, 0], outwards)
        np.add.at(sums, self.outline[:, 1], outwards)
        normals: Floats = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return normals

    def embed(self, points: Floats) -> Embedding:
        """Expresses points (P, 2), crop pixels, by the nodes of the triangle they lie in or near."""
        corners = self.nodes[self.triangles]
        # Of the triangles whose centres are near, the one in which the point lies deepest.
        _, near = nearest(points, corners.mean(axis=1), CANDIDATES)
        origin = corners[near, 0]
        u, v = corners[near, 1] - origin, corners[near, 2] - origin
        p = points[:, None, :] - origin
        area = _cross(u, v)
        second, third = _cross(p, v) / area, _cross(u, p) / area
        weights = np.stack([1 - second - third, second, third], axis=-1)
        best = weights.min(axis=2).argmax(axis=1)
        rows = np.arange(len(points))
        chosen = np.clip(weights[rows, best], *WEIGHT_BOUNDS)
        chosen /= chosen.sum(axis=1, keepdims=True)
        return Embedding(self.triangles[near[rows, best]], chosen)


def build_cage(mask: Bools, distance: Floats) -> Cage:
    """Triangulates a shape: nodes along its outline and, inside, on a hexagonal grid.

    Args:
        mask: (H, W) bool, of one part.
        distance: (H, W) float64, its signed distance, pixels.
    """
    spacing = float(np.clip(np.sqrt(np.count_nonzero(mask)) / NODES_ACROSS, LEAST_SPACING, SPACING))
    grid = _hexagonal(mask.shape, spacing)
    inner = grid[sample(distance, grid) > INSIDE_SHARE * spacing]
    nodes = np.concatenate([_outline_nodes(distance, OUTLINE_SPACING * spacing), inner])
    triangles = _inner_triangles(nodes, distance)
    used, numbers = np.unique(triangles, return_inverse=True)
    nodes, triangles = nodes[used], numbers.reshape(-1, 3).astype(np.int64)
    directed = directed_edges(triangles)
    edges, where, counts = np.unique(
        np.sort(directed, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    return Cage(nodes, triangles, edges, directed[counts[where.ravel()] == 1], spacing)


def _outline_nodes(distance: Floats, spacing: float) -> Floats:
    """Points evenly along the outer and inner outlines of a shape, (N, 2)."""
    nodes = []
    for loop in find_contours(distance, 0.0):  # type: ignore[no-untyped-call]  # skimage has no types
        length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(loop, axis=0), axis=1))])
        at = np.linspace(0, length[-1], max(3, round(length[-1] / spacing)), endpoint=False)
        nodes.append(np.column_stack([np.interp(at, length, loop[:, axis]) for axis in (1, 0)]))
    return np.unique(np.concatenate(nodes), axis=0)


def _hexagonal(shape: tuple[int, ...], spacing: float) -> Floats:
    """The points (x, y) of a hexagonal grid over a picture of the shape (H, W): (N, 2) pixels."""
    rows = np.arange(0, shape[0], spacing * np.sqrt(3) / 2)
    columns = np.arange(0, shape[1], spacing)
    shift = np.where(np.arange(len(rows)) % 2 == 1, spacing / 2, 0.0)
    x = columns[None, :] + shift[:, None]
    y = np.broadcast_to(rows[:, None], x.shape)
    return np.column_stack([x.ravel(), y.ravel()])


def _inner_triangles(nodes: Floats, distance: Floats) -> Ints:
    """Delaunay triangles (M, 3) of the nodes whose centre is in the shape and whose edges hardly leave it."""
    triangles = np.asarray(Delaunay(nodes).simplices, np.int64)
    corners = nodes[triangles]
    area = _cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    turned = area < 0
    triangles[turned] = triangles[turned][:, ::-1]
    middles = (corners + np.roll(corners, -1, axis=1)) / 2
    outside = -sample(distance, middles.reshape(-1, 2)).reshape(-1, 3).min(axis=1)
    inside: Bools = (outside < EDGE_TOLERANCE) & (sample(distance, corners.mean(axis=1)) > 0)
    inside &= np.abs(area) > LEAST_AREA
    return triangles[inside]


def _cross(a: Floats, b: Floats) -> Floats:
    """The cross product (...) of vectors (..., 2)."""
    product: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


@dataclass(frozen=True, eq=False)
class Pull:
    """Where the nodes are pulled to, and how hard.

    Attributes:
        targets: (N, 2) float64, pixels.
        weights: (N,) float64, ≥ 0; each edge of the cage has 1.
    """

    targets: Floats
    weights: Floats


class RigidCage:
    """A cage's edges as an elastic body: they keep their lengths and turn together as far as pulls allow."""

    def __init__(self, edges: Ints, num_nodes: int) -> None:
        self._tails, self._heads = edges.T
        self._count = num_nodes
        ones = np.ones(len(edges))
        one_way = coo_array((ones, (self._tails, self._heads)), shape=(num_nodes, num_nodes))
        links = csc_array(one_way + one_way.T)
        self._laplacian = csc_array(diags_array(links.sum(axis=1)) - links)

    def vectors(self, nodes: Floats) -> Floats:
        """The edges as vectors (E, 2), for nodes at (N, 2)."""
        spans: Floats = nodes[self._heads] - nodes[self._tails]
        return spans

    def turned(self, rest: Floats, nodes: Floats) -> Floats:
        """The edges at rest (E, 2), each turned as the nodes at (N, 2) around it are turned."""
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
            outline: returns the outline's pull for nodes at (N, 2). Its targets are taken anew in every
                round, its weights once, for ``start``.
            rounds: of turning the edges and solving for the nodes.

        Returns:
            (N, 2) float64.
        """
        nodes = start
        edge_weights = outline(start).weights
        solve = factorise(csc_array(self._laplacian + diags_array(pull.weights + edge_weights + HOLD_WEIGHT)))
        for _ in range(rounds):
            turned = self.turned(rest, nodes)
            pulled = np.stack(
                [self._at_nodes(-turned[:, axis], turned[:, axis]) for axis in range(2)], axis=1
            )
            pulled += pull.weights[:, None] * pull.targets + HOLD_WEIGHT * start
            pulled += edge_weights[:, None] * outline(nodes).targets
            nodes = solve(pulled)
        return nodes

    def _at_nodes(self, at_tails: Floats, at_heads: Floats) -> Floats:
        """Sums of the edges' values at their two ends, (N,)."""
        sums = np.bincount(self._tails, at_tails, self._count)
        return np.asarray(sums + np.bincount(self._heads, at_heads, self._count), np.float64)
