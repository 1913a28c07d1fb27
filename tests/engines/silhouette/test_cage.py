import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.cage import SPACING, Cage, Pull, RigidCage, build_cage
from actionmesh_wrapper.engines.silhouette.outline import signed_distance


def cage_of_a_horseshoe() -> Cage:
    mask = np.zeros((120, 120), bool)
    mask[20:100, 20:100] = True
    mask[20:80, 50:70] = False  # open at the top
    return build_cage(mask, signed_distance(mask))


def test_covers_the_shape_and_not_the_gap() -> None:
    cage = cage_of_a_horseshoe()
    a, b, c = (cage.nodes[cage.triangles[:, corner]] for corner in range(3))
    areas = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(80 * 80 - 60 * 20, rel=0.03)
    centres = (a + b + c) / 3
    in_gap = (np.abs(centres[:, 0] - 59.5) < 9) & (centres[:, 1] < 78)
    assert not in_gap.any()


def test_outline_normals_point_out() -> None:
    cage = cage_of_a_horseshoe()
    normals = cage.outline_normals(cage.nodes)
    left = (np.abs(cage.nodes[:, 0] - 19.5) < 0.1) & (cage.nodes[:, 1] > 30) & (cage.nodes[:, 1] < 90)
    assert left.sum() > 5
    np.testing.assert_allclose(normals[left], np.tile([-1.0, 0.0], (left.sum(), 1)), atol=0.05)


def test_embedded_points_follow_any_affine_motion() -> None:
    cage = cage_of_a_horseshoe()
    points = np.array([[30.0, 30.0], [21.0, 95.0], [60.0, 90.0], [18.0, 50.0]])
    matrix, shift = np.array([[1.1, 0.3], [-0.2, 0.9]]), np.array([5.0, -3.0])
    carried = cage.embed(points).carry(cage.nodes @ matrix + shift)
    np.testing.assert_allclose(carried, points @ matrix + shift, atol=1e-9)


def test_carries_all_frames_at_once() -> None:
    cage = cage_of_a_horseshoe()
    embedding = cage.embed(np.array([[30.0, 30.0], [60.0, 90.0]]))
    frames = np.stack([cage.nodes, cage.nodes + 7])
    np.testing.assert_allclose(embedding.carry(frames)[1], embedding.carry(cage.nodes) + 7)


def test_a_small_subject_has_nodes_enough() -> None:
    mask = np.zeros((40, 40), bool)
    mask[12:28, 12:28] = True
    cage = build_cage(mask, signed_distance(mask))
    assert cage.spacing == pytest.approx(16 / 6.4, abs=0.6)
    assert cage.spacing < SPACING
    assert len(cage.nodes) > 30


def strip() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Twelve nodes in two rows of six, with the edges of a truss."""
    nodes = np.array([[float(x), float(y)] for x in range(6) for y in range(2)])
    edges = [(a, b) for a in range(12) for b in range(a + 1, 12) if np.linalg.norm(nodes[a] - nodes[b]) < 1.5]
    return nodes, np.array(edges)


def no_outline(nodes: NDArray[np.float64]) -> Pull:
    """An outline that pulls nothing."""
    return Pull(nodes, np.zeros(len(nodes)))


def turn(degrees: float) -> NDArray[np.float64]:
    """The matrix (2, 2) that turns row vectors by so many degrees."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, s], [-s, c]])


def test_two_held_nodes_turn_the_whole_without_bending_it() -> None:
    nodes, edges = strip()
    rigid = RigidCage(edges, len(nodes))
    turned = nodes @ turn(40) + [3, 1]
    weights = np.zeros(12)
    weights[[0, 11]] = 100
    settled = rigid.settle(nodes, rigid.vectors(nodes), Pull(turned, weights), no_outline, rounds=300)
    np.testing.assert_allclose(settled, turned, atol=0.02)


def test_rest_edges_turn_with_their_surroundings() -> None:
    nodes, edges = strip()
    rigid = RigidCage(edges, len(nodes))
    rest = rigid.vectors(nodes)
    np.testing.assert_allclose(rigid.turned(rest, nodes @ turn(70)), rest @ turn(70), atol=1e-12)


def test_an_outline_pull_moves_what_it_holds_and_the_rest_along() -> None:
    nodes, edges = strip()
    rigid = RigidCage(edges, len(nodes))
    weights = np.ones(12)

    def one_down(positions: NDArray[np.float64]) -> Pull:
        return Pull(np.column_stack([positions[:, 0], np.where(nodes[:, 1] == 0, 1.0, 2.0)]), weights)

    still = Pull(nodes, np.zeros(12))
    settled = rigid.settle(nodes, rigid.vectors(nodes), still, one_down, rounds=20)
    np.testing.assert_allclose(settled, nodes + np.array([0, 1]), atol=0.01)


def test_without_any_pull_nothing_moves() -> None:
    nodes, edges = strip()
    rigid = RigidCage(edges, len(nodes))
    settled = rigid.settle(nodes, rigid.vectors(nodes), no_outline(nodes), no_outline, rounds=3)
    np.testing.assert_allclose(settled, nodes, atol=1e-9)
