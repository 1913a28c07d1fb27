from dataclasses import fields, replace

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.texture.seams import with_uv
from tests.texture.fakes import apart, square


def test_vertices_of_their_own_come_first_in_their_order() -> None:
    mesh, (faces, origin, uv) = square(), apart(square())
    whole = with_uv(mesh, faces, origin, uv, np.zeros((2, 2, 3), np.uint8))
    count = mesh.vertices.shape[1]
    assert np.array_equal(whole.vertices[:, :count], mesh.vertices)
    assert np.array_equal(whole.vertices[:, count:], mesh.vertices[:, whole.seams])
    assert whole.seams.tolist() == [2, 0]
    assert whole.origin is not None
    assert whole.uv is not None
    assert np.array_equal(whole.origin[whole.faces], mesh.faces)
    assert np.array_equal(whole.uv[whole.faces], uv[faces])


def test_all_else_that_is_known_of_the_mesh_is_kept() -> None:
    mesh, (faces, origin, uv) = replace(square(), front_only=True), apart(square())
    whole = with_uv(mesh, faces, origin, uv, np.zeros((2, 2, 3), np.uint8))
    made = {"vertices", "faces", "uv", "texture", "origin", "unlit"}
    for one in fields(Animation):
        if one.name not in made:
            assert getattr(whole, one.name) == getattr(mesh, one.name), one.name
    assert whole.unlit


def test_closing_the_seams_gives_the_mesh_back() -> None:
    mesh, (faces, origin, uv) = square(), apart(square())
    closed = with_uv(mesh, faces, origin, uv, np.zeros((2, 2, 3), np.uint8)).joined()
    assert np.array_equal(closed.vertices, mesh.vertices)
    assert np.array_equal(closed.faces, mesh.faces)
    assert closed.uv is None
    assert (closed.fps, closed.anchor) == (mesh.fps, mesh.anchor)


def test_a_vertex_that_no_face_uses_keeps_its_place() -> None:
    mesh = square()
    lone = Animation(np.insert(mesh.vertices, 1, 9.0, axis=1), mesh.faces + (mesh.faces > 0), mesh.fps)
    faces, origin, uv = apart(lone)
    assert 1 not in origin
    whole = with_uv(lone, faces, origin, uv, np.zeros((2, 2, 3), np.uint8))
    assert np.array_equal(whole.vertices[:, :5], lone.vertices)
    assert whole.uv is not None
    assert whole.uv[1].tolist() == [0, 0]


def test_faces_of_another_mesh_are_refused() -> None:
    faces, origin, uv = apart(square())
    with pytest.raises(ValueError, match="not those of the mesh"):
        with_uv(square(), faces[::-1].copy(), origin, uv, np.zeros((2, 2, 3), np.uint8))
