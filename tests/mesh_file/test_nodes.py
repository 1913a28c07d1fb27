from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.mesh_file.document import parse
from actionmesh_wrapper.mesh_file.nodes import node_transforms
from tests.mesh_file.files import CORNERS, Model

HALF = np.sqrt(0.5)
UP = [0, 0, 0, 0], [1, 0, 0, 0]  # the bones of a vertex, and how much it hangs on each
DOWN = [1, 0, 0, 0], [1, 0, 0, 0]
BOTH = [0, 1, 0, 0], [0.75, 0.25, 0, 0]


def moved(*nodes: dict[str, Any], scenes: list[Any] | None = None, scene: int = 0) -> dict[int, list[float]]:
    """Where each node's transform takes the point (1, 2, 3)."""
    document = parse({"nodes": nodes, "scenes": scenes or [{"nodes": [0]}], "scene": scene})
    return {
        index: (matrix @ [1, 2, 3, 1])[:3].round(9).tolist()
        for index, matrix in node_transforms(document).items()
    }


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
    points = moved(
        {"translation": [10, 0, 0], "children": [2, 1]},
        {"scale": [2, 2, 2]},
        {"rotation": [0, 0, 1, 0], "children": [3]},
        {"translation": [0, 0, 1]},
    )
    assert list(points.items()) == [(0, [11, 2, 3]), (2, [9, -2, 3]), (3, [9, -2, 4]), (1, [12, 4, 6])]


def test_only_the_scene_that_is_shown_counts() -> None:
    assert list(moved({}, {}, {}, scenes=[{"nodes": [0]}, {"nodes": [2]}], scene=1)) == [2]


def test_without_a_scene_all_nodes_do() -> None:
    document = parse({"nodes": [{}, {"children": [0]}, {}]})
    assert list(node_transforms(document)) == [1, 0, 2]


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


def skinned(
    bindings: list[Any], *, inverse: list[float] | None = None, joints: Any = (1, 2), sets: int = 1
) -> Model:
    """A tetrahedron on two bones, one 4 up and one 8 down; its own node is 100 away."""
    model = Model()
    attributes = {}
    for number in range(sets):
        rows = [binding if number == 0 else ([0] * 4, [0.0] * 4) for binding in bindings]
        bones, weights = (np.array(column) for column in zip(*rows, strict=True))
        attributes[f"JOINTS_{number}"] = vec4(model, bones.astype(np.uint8))
        attributes[f"WEIGHTS_{number}"] = vec4(model, weights.astype(np.float32))
    skin: dict[str, Any] = {"joints": list(joints)}
    if inverse is not None:
        view = model.view(np.tile(np.array(inverse, np.float32), len(joints)).tobytes())
        accessor = {"bufferView": view, "componentType": 5126, "count": len(joints), "type": "MAT4"}
        skin["inverseBindMatrices"] = model.add("accessors", accessor)
    model.add("skins", skin)
    model.node(model.primitive(attributes=attributes), skin=0, translation=[100, 0, 0])
    model.node(translation=[0, 4, 0])
    model.node(translation=[0, -8, 0])
    model.set("scenes", [{"nodes": [0, 1, 2]}])
    return model


def vec4(model: Model, values: np.ndarray[Any, Any]) -> int:
    """An accessor of four VEC4."""
    kind = 5121 if values.dtype == np.uint8 else 5126
    accessor = {"bufferView": model.view(values.tobytes()), "componentType": kind, "count": 4, "type": "VEC4"}
    return model.add("accessors", accessor)


def heights(model: Model, folder: Path) -> list[float]:
    """How far each vertex was moved up, and that it was not moved elsewhere."""
    moved = read_mesh(model.save(folder), warn=lambda _: None).vertices[0] - CORNERS
    np.testing.assert_allclose(moved[:, [0, 2]], 0, atol=1e-6)
    return [round(float(height), 5) for height in moved[:, 1]]


def test_vertices_go_with_their_bones_and_not_with_their_node(tmp_path: Path) -> None:
    assert heights(skinned([UP, DOWN, BOTH, UP]), tmp_path) == [4, -8, 1, 4]


def test_from_where_the_bones_were_bound(tmp_path: Path) -> None:
    inverse: list[float] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, -1, 0, 1]
    assert heights(skinned([UP, DOWN, BOTH, UP], inverse=inverse), tmp_path) == [3, -9, 0, 3]


def test_weights_need_not_add_up_to_one(tmp_path: Path) -> None:
    half, none = ([0, 1, 0, 0], [0.25, 0.25, 0, 0]), ([1, 0, 0, 0], [0, 0, 0, 0])
    assert heights(skinned([half, none, UP, UP]), tmp_path) == [-2, 4, 4, 4]


def test_a_second_set_of_bones_counts(tmp_path: Path) -> None:
    assert heights(skinned([UP, DOWN, BOTH, UP], sets=2), tmp_path) == [4, -8, 1, 4]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (skinned([UP, UP, UP, ([2, 0, 0, 0], [1, 0, 0, 0])]), "a vertex hangs on a bone that is not there"),
        (skinned([UP] * 4, joints=(1, 3)), "a bone is not in its scene"),
        (skinned([UP] * 4, joints=()), "a bone is not in its scene"),
    ],
)
def test_a_bone_that_is_not_there(tmp_path: Path, model: Model, message: str) -> None:
    with pytest.raises(NotAMesh, match=message):
        read_mesh(model.save(tmp_path), warn=lambda _: None)
