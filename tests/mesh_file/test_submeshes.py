from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.mesh_file.submeshes import MAX_FACES, MAX_SUBMESHES, MAX_VERTICES
from tests.mesh_file.files import CORNERS, FACES, Model, pack, saved, unpacked


def faces_of(model: Model, folder: Path) -> list[list[int]]:
    """The faces of a mesh of one submesh."""
    return [list(face) for face in read_mesh(model.save(folder), warn=lambda _: None).faces.tolist()]


def of_indices(indices: list[int], *, mode: int = 4, width: type = np.uint16) -> Model:
    model = Model()
    model.node(model.primitive(indices=model.indices(np.array(indices, width)), mode=mode))
    return model


@pytest.mark.parametrize("width", [np.uint16, np.uint32])
def test_triangles(tmp_path: Path, width: type) -> None:
    assert faces_of(of_indices(FACES.ravel().tolist(), width=width), tmp_path) == FACES.tolist()


def test_a_strip_turns_every_other_face(tmp_path: Path) -> None:
    strip = [0, 1, 2, 3, 0, 1]
    assert faces_of(of_indices(strip, mode=5), tmp_path) == [[0, 1, 2], [1, 3, 2], [2, 3, 0], [3, 1, 0]]


def test_a_fan_turns_about_its_first_vertex(tmp_path: Path) -> None:
    fan = [0, 1, 2, 3, 1, 2]
    assert faces_of(of_indices(fan, mode=6), tmp_path) == [[1, 2, 0], [2, 3, 0], [3, 1, 0], [1, 2, 0]]


def test_without_indices_three_vertices_are_a_face(tmp_path: Path) -> None:
    model = Model()
    soup = model.attribute(CORNERS[FACES.ravel()])
    model.node({"attributes": {"POSITION": soup}})
    assert faces_of(model, tmp_path) == np.arange(12).reshape(4, 3).tolist()


def test_corners_that_make_no_triangle_are_left_out(tmp_path: Path) -> None:
    assert faces_of(of_indices([*FACES.ravel().tolist(), 0, 1]), tmp_path) == FACES.tolist()


def test_submeshes_follow_each_other_as_nodes_and_primitives_do(tmp_path: Path) -> None:
    model = Model()
    two = [model.primitive(indices=model.indices(np.array([3, 2, 1] * 2, np.uint16))) for _ in range(2)]
    parent = model.node(*two, children=[1], translation=[10, 0, 0])
    model.node(model.primitive(), translation=[0, 10, 0])
    model.set("scenes", [{"nodes": [parent]}])
    mesh = read_mesh(model.save(tmp_path), warn=lambda _: None)
    used = CORNERS[1:] + np.array([10, 0, 0], np.float32)
    np.testing.assert_array_equal(
        mesh.vertices[0], np.concatenate([used, used, CORNERS + np.array([10, 10, 0], np.float32)])
    )
    assert mesh.faces[:4].tolist() == [[2, 1, 0]] * 2 + [[5, 4, 3]] * 2
    assert mesh.faces[4:].tolist() == (FACES + 6).tolist()


def test_a_mesh_may_stand_in_several_places(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive())
    model.add("nodes", {"mesh": 0, "translation": [5, 0, 0]})
    mesh = read_mesh(model.save(tmp_path), warn=lambda _: None)
    np.testing.assert_array_equal(
        mesh.vertices[0], np.concatenate([CORNERS, CORNERS + np.array([5, 0, 0], np.float32)])
    )


def test_a_mirrored_submesh_is_turned_outwards(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive(), scale=[-1, 1, 1])
    assert faces_of(model, tmp_path) == FACES[:, ::-1].tolist()


def test_points_and_lines_are_passed_over(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive(mode=0), model.primitive(mode=1), model.primitive())
    assert faces_of(model, tmp_path) == FACES.tolist()


def test_submeshes_share_vertices_without_each_keeping_all(tmp_path: Path) -> None:
    model = Model()
    shared = model.attribute(np.tile(CORNERS, (MAX_VERTICES // 4, 1)))
    pieces = [model.indices((FACES.ravel() + 4 * index).astype(np.uint32)) for index in range(3)]
    model.node(*({"attributes": {"POSITION": shared}, "indices": piece} for piece in pieces))
    assert read_mesh(model.save(tmp_path), warn=lambda _: None).vertices.shape == (1, 12, 3)


@pytest.mark.parametrize(
    "model",
    [Model(), of_indices([0, 1], mode=1), of_indices([0, 1, 2], mode=0)],
    ids=["empty", "line", "points"],
)
def test_without_triangles_there_is_no_mesh(tmp_path: Path, model: Model) -> None:
    with pytest.raises(NotAMesh, match="The mesh's file has no triangles in its scene"):
        faces_of(model, tmp_path)


def test_a_face_must_name_vertices(tmp_path: Path) -> None:
    with pytest.raises(NotAMesh, match="a face names a vertex that is not there"):
        faces_of(of_indices([0, 1, 4]), tmp_path)


def test_indices_must_be_unsigned(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive(indices=model.samples(np.array([0, 1, 2], np.float32))))
    with pytest.raises(NotAMesh, match="indices are not unsigned integers"):
        faces_of(model, tmp_path)


def test_a_count_that_no_machine_has_is_too_large(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive())
    document, binary = unpacked(model.data())
    document["accessors"][0]["count"] = 10**30
    with pytest.raises(TooLarge, match="vertices or more"):
        read_mesh(saved(pack(document, binary), tmp_path), warn=lambda _: None)


def test_there_is_a_limit_to_vertices(tmp_path: Path) -> None:
    model = Model()
    many = model.attribute(np.zeros((MAX_VERTICES + 1, 3), np.float32))
    model.node(model.primitive(attributes={"POSITION": many}))
    with pytest.raises(TooLarge, match="The mesh has 200,001 vertices or more; at most 200,000 are taken"):
        faces_of(model, tmp_path)


def test_there_is_a_limit_to_faces(tmp_path: Path) -> None:
    model = Model()
    many = model.indices(np.zeros(3 * (MAX_FACES - 3), np.uint16))
    model.node(model.primitive(), model.primitive(indices=many))
    with pytest.raises(TooLarge, match="The mesh has 200,001 faces or more; at most 200,000 are taken"):
        faces_of(model, tmp_path)


def test_there_is_a_limit_to_submeshes(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive())
    for _ in range(MAX_SUBMESHES):
        model.add("nodes", {"mesh": 0})
    with pytest.raises(TooLarge, match="The mesh has more than 4,096 parts"):
        faces_of(model, tmp_path)


HIDDEN = {"extensions": {"KHR_node_visibility": {"visible": False}}}
SHOWN: dict[str, object] = {"extensions": {"KHR_node_visibility": {"visible": True}}}


@pytest.mark.parametrize(
    ("first", "second", "third", "seen"),
    [
        (HIDDEN, {}, {}, [2]),
        ({}, HIDDEN, {}, [0, 2]),
        (HIDDEN, SHOWN, {}, [2]),
        (SHOWN, {"extensions": {"KHR_node_visibility": {}}}, HIDDEN, [0, 1]),
    ],
)
def test_what_is_not_visible_is_no_part_of_the_mesh_and_neither_is_what_hangs_on_it(
    tmp_path: Path,
    first: dict[str, object],
    second: dict[str, object],
    third: dict[str, object],
    seen: list[int],
) -> None:
    model = Model()
    model.node(model.primitive(), translation=[0, 0, 0], children=[1], **first)
    model.node(model.primitive(), translation=[10, 0, 0], **second)
    model.node(model.primitive(), translation=[20, 0, 0], **third)
    model.set("scenes", [{"nodes": [0, 2]}])
    model.set("extensionsRequired", ["KHR_node_visibility"])
    vertices = read_mesh(model.save(tmp_path), warn=lambda _: None).vertices[0]
    assert sorted({round(float(x) / 10) for x in vertices[:, 0]}) == seen


def test_a_scene_of_which_nothing_is_visible_has_no_triangles(tmp_path: Path) -> None:
    model = Model()
    model.node(model.primitive(), **HIDDEN)
    with pytest.raises(NotAMesh, match="no triangles in its scene"):
        read_mesh(model.save(tmp_path), warn=lambda _: None)


def test_positions_and_indices_may_be_sparse(tmp_path: Path) -> None:
    model = Model()

    def sparse(values: NDArray[Any], kind: int, type_: str) -> int:
        places = np.arange(len(values), dtype=np.uint16)
        stored = {
            "count": len(values),
            "indices": {"bufferView": model.view(places.tobytes()), "componentType": 5123},
            "values": {"bufferView": model.view(values.tobytes())},
        }
        accessor = {"componentType": kind, "type": type_, "count": len(values), "sparse": stored}
        return model.add("accessors", accessor)

    positions, indices = sparse(CORNERS, 5126, "VEC3"), sparse(FACES.ravel(), 5123, "SCALAR")
    model.node({"attributes": {"POSITION": positions}, "indices": indices})
    mesh = read_mesh(model.save(tmp_path), warn=lambda _: None)
    np.testing.assert_array_equal(mesh.vertices[0], CORNERS)
    assert mesh.faces.tolist() == FACES.tolist()
