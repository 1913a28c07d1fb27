from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.document import parse
from actionmesh_wrapper.mesh_file.nodes import place

HALF = np.sqrt(0.5)


def moved(*nodes: dict[str, Any], scenes: list[Any] | None = None, scene: int = 0) -> dict[int, list[float]]:
    """Where the point (1, 2, 3) of each node is."""
    document = parse({"nodes": nodes, "scenes": scenes or [{"nodes": [0]}], "scene": scene})
    return {index: (matrix @ [1, 2, 3, 1])[:3].round(9).tolist() for index, matrix in place(document).items()}


@pytest.mark.parametrize(
    ("node", "where"),
    [
        ({}, [1, 2, 3]),
        ({"translation": [10, 0, 0]}, [11, 2, 3]),
        ({"rotation": [0, 0, HALF, HALF]}, [-2, 1, 3]),
        ({"rotation": [0, 0, 5, 5]}, [-2, 1, 3]),
        ({"scale": [2, 2, -1]}, [2, 4, -3]),
        ({"scale": [2, 1, 1], "rotation": [0, 0, HALF, HALF], "translation": [0, 0, 1]}, [-2, 2, 4]),
        ({"matrix": [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 10, 20, 30, 1]}, [8, 21, 33]),
    ],
)
def test_a_node_stands_where_it_says(node: dict[str, Any], where: list[float]) -> None:
    assert moved(node) == {0: where}


def test_children_stand_on_their_parents_each_before_its_own() -> None:
    places = moved(
        {"translation": [10, 0, 0], "children": [2, 1]},
        {"scale": [2, 2, 2]},
        {"rotation": [0, 0, 1, 0], "children": [3]},
        {"translation": [0, 0, 1]},
    )
    assert list(places.items()) == [(0, [11, 2, 3]), (2, [9, -2, 3]), (3, [9, -2, 4]), (1, [12, 4, 6])]


def test_only_the_scene_that_is_shown_counts() -> None:
    assert list(moved({}, {}, {}, scenes=[{"nodes": [0]}, {"nodes": [2]}], scene=1)) == [2]


def test_without_a_scene_all_nodes_do() -> None:
    document = parse({"nodes": [{}, {"children": [0]}, {}]})
    assert list(place(document)) == [1, 0, 2]


def test_a_chain_may_be_long() -> None:
    count = 5000
    chain = [{"translation": [1, 0, 0], "children": [index + 1]} for index in range(count - 1)]
    assert moved(*chain, {})[count - 1] == [count, 2, 3]


@pytest.mark.parametrize("children", [{0: [0]}, {0: [1], 1: [0]}, {0: [1, 1]}, {0: [1, 2], 1: [2]}], ids=str)
def test_what_is_no_tree_is_refused(children: dict[int, list[int]]) -> None:
    nodes = [{"children": children.get(index, [])} for index in range(3)]
    with pytest.raises(NotAMesh, match="its nodes are no tree"):
        moved(*nodes)


def test_a_child_must_exist() -> None:
    with pytest.raises(NotAMesh, match="refers to a part of itself that is not there"):
        moved({"children": [7]})
