import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.rigid import Pull, RigidCage


def strip() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Twelve nodes in two rows of six, with the edges of a truss."""
    nodes = np.array([[float(x), float(y)] for x in range(6) for y in range(2)])
    edges = [(a, b) for a in range(12) for b in range(a + 1, 12) if np.linalg.norm(nodes[a] - nodes[b]) < 1.5]
    return nodes, np.array(edges)


def no_outline(nodes: NDArray[np.float64]) -> Pull:
    return Pull(nodes, np.zeros(len(nodes)))


def turn(degrees: float) -> NDArray[np.float64]:
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

    def one_down(places: NDArray[np.float64]) -> Pull:
        return Pull(np.column_stack([places[:, 0], np.where(nodes[:, 1] == 0, 1.0, 2.0)]), weights)

    still = Pull(nodes, np.zeros(12))
    settled = rigid.settle(nodes, rigid.vectors(nodes), still, one_down, rounds=20)
    np.testing.assert_allclose(settled, nodes + np.array([0, 1]), atol=0.01)


def test_without_any_pull_nothing_moves() -> None:
    nodes, edges = strip()
    rigid = RigidCage(edges, len(nodes))
    settled = rigid.settle(nodes, rigid.vectors(nodes), no_outline(nodes), no_outline, rounds=3)
    np.testing.assert_allclose(settled, nodes, atol=1e-9)
