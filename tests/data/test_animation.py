from dataclasses import replace

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.data.animation import Animation, normals_of_frames, vertex_normals
from tests.export.samples import ball, seamed

TRIANGLE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
FACE = np.array([[0, 1, 2]], np.int32)
ANIMATION = Animation(np.stack([TRIANGLE, TRIANGLE + 1]), FACE, 8.0)


def test_counts_its_frames() -> None:
    assert ANIMATION.num_frames == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vertices": ANIMATION.vertices.astype(np.float64)}, "vertices must be float32"),
        ({"vertices": TRIANGLE}, "vertices must be float32"),
        ({"vertices": np.full((1, 3, 3), np.nan, np.float32)}, "vertices must be finite"),
        ({"faces": FACE.astype(np.int64)}, "faces must be int32"),
        ({"faces": FACE + 1}, "faces must index vertices"),
        ({"faces": FACE - 1}, "faces must index vertices"),
        ({"faces": np.zeros((0, 3), np.int32)}, "faces must be int32"),
        ({"fps": 0.0}, "fps must be positive"),
        ({"fps": float("nan")}, "fps must be positive"),
        ({"anchor": 2}, "anchor must be one of the keys"),
        ({"anchor": -1}, "anchor must be one of the keys"),
        ({"uv": np.zeros((3, 2), np.float32)}, "uv and texture come together"),
        (
            {"uv": np.full((3, 2), np.inf, np.float32), "texture": np.zeros((2, 2, 3), np.uint8)},
            "uv must be finite",
        ),
        ({"origin": np.arange(3)}, "origin must be int32"),
        ({"origin": np.arange(2, dtype=np.int32)}, "origin must be int32"),
        (
            {"uv": np.zeros((4, 2), np.float32), "texture": np.zeros((2, 2, 3), np.uint8)},
            "uv must be float32",
        ),
    ],
)
def test_refuses_what_breaks_the_contract(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ANIMATION, **change)  # type: ignore[arg-type]  # wrong types are the point


def test_normals_of_a_tetrahedron_point_outwards() -> None:
    vertices = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], np.float32)
    faces = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], np.int32)
    np.testing.assert_allclose(vertex_normals(vertices, faces), vertices / np.sqrt(3), atol=1e-6)


def test_larger_faces_weigh_more() -> None:
    vertices = np.array([[0, 0, 0], [3, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)  # normals (0,0,3) and (1,0,0)
    np.testing.assert_allclose(
        vertex_normals(vertices, faces)[0], np.array([1, 0, 3]) / np.sqrt(10), atol=1e-6
    )


def test_a_vertex_without_a_direction_gets_a_unit_normal() -> None:
    vertices = np.zeros((4, 3), np.float32)
    np.testing.assert_array_equal(vertex_normals(vertices, FACE), np.tile([0, 0, 1], (4, 1)))


def test_normals_of_frames_are_those_of_each_frame() -> None:
    ball = trimesh.creation.icosphere(subdivisions=2)
    faces = np.concatenate([ball.faces, [[0, 0, 1], [5, 5, 5]]]).astype(np.int32)
    frames = np.stack([ball.vertices, ball.vertices * [2, 1, 0.5]]).astype(np.float32)
    for vertices, normals in zip(frames, normals_of_frames(frames, faces), strict=True):
        assert np.array_equal(normals, vertex_normals(vertices, faces))
        area_weighted = np.zeros_like(vertices, np.float64)
        a, b, c = (vertices[ball.faces[:, corner]].astype(np.float64) for corner in range(3))
        for corner in range(3):
            np.add.at(area_weighted, ball.faces[:, corner], np.cross(b - a, c - a))
        wanted = area_weighted / np.linalg.norm(area_weighted, axis=1, keepdims=True)
        np.testing.assert_allclose(normals, wanted, atol=1e-6)


def test_seams_close_and_are_lit_as_one() -> None:
    split, whole = seamed(3), ball(3)
    assert len(split.seams) > 10
    closed = split.joined()
    assert np.array_equal(closed.vertices, whole.vertices)
    assert np.array_equal(closed.faces, whole.faces)
    for ours, theirs in zip(split.normals(), whole.normals(), strict=True):
        assert np.array_equal(ours, theirs[split.origin])
    (second,) = split.normals([1])
    assert np.array_equal(second, split.normals()[1])
    assert not np.array_equal(vertex_normals(split.vertices[1], split.faces), second)


def test_without_seams_there_are_none() -> None:
    assert ANIMATION.seams.tolist() == []
    assert ANIMATION.joined().faces is ANIMATION.faces


def test_seams_in_another_order_are_not_told_by_their_number() -> None:
    split = seamed(1)
    assert split.origin is not None
    back = np.arange(len(split.origin))[::-1]
    turned = replace(
        split,
        vertices=split.vertices[:, back],
        faces=(len(back) - 1 - split.faces).astype(np.int32),
        uv=None,
        texture=None,
        origin=split.origin[back],
    )
    assert turned.seams.tolist() == []
    assert np.array_equal(turned.joined().faces, split.joined().faces)
