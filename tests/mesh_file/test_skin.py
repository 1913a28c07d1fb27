from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file import read_mesh
from tests.mesh_file.files import CORNERS, Model

UP = [0, 0, 0, 0], [1, 0, 0, 0]  # the bones of a vertex, and how much it hangs on each
DOWN = [1, 0, 0, 0], [1, 0, 0, 0]
BOTH = [0, 1, 0, 0], [0.75, 0.25, 0, 0]


def skinned(
    hangs: list[Any], *, inverse: list[float] | None = None, joints: Any = (1, 2), sets: int = 1
) -> Model:
    """A tetrahedron on two bones, one 4 up and one 8 down; its own node is 100 away."""
    model = Model()
    attributes = {}
    for number in range(sets):
        rows = [hang if number == 0 else ([0] * 4, [0.0] * 4) for hang in hangs]
        bones, weights = (np.array(column) for column in zip(*rows, strict=True))
        attributes[f"JOINTS_{number}"] = four(model, bones.astype(np.uint8))
        attributes[f"WEIGHTS_{number}"] = four(model, weights.astype(np.float32))
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


def four(model: Model, values: np.ndarray[Any, Any]) -> int:
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
