import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from actionmesh_wrapper.export.meshopt import VertexOrder, encode_triangles, strip_order
from tests.export.meshopt_reader import decode


def senses(faces: NDArray[np.integer]) -> list[tuple[int, int, int]]:
    return sorted(min((a, b, c), (b, c, a), (c, a, b)) for a, b, c in faces.tolist())


def assert_sound(order: VertexOrder, faces: NDArray[np.int32], num_vertices: int) -> None:
    assert sorted(order.vertices.tolist()) == list(range(num_vertices))
    assert senses(order.vertices[order.faces]) == senses(faces)


def test_neighbours_follow_each_other() -> None:
    ball = trimesh.creation.icosphere(subdivisions=3)
    shuffled = np.random.default_rng(0).permutation(np.asarray(ball.faces, np.int32))
    order = strip_order(shuffled, len(ball.vertices))
    assert_sound(order, shuffled, len(ball.vertices))
    shared = [len({*one} & {*two}) for one, two in zip(order.faces[:-1], order.faces[1:], strict=True)]
    assert np.mean(np.array(shared) == 2) > 0.85


def test_vertices_are_numbered_by_first_use_and_lone_ones_last() -> None:
    order = strip_order(np.array([[7, 3, 5], [5, 3, 1]], np.int32), 9)
    assert order.faces.tolist() == [[0, 1, 2], [2, 1, 3]]
    assert order.vertices.tolist() == [7, 3, 5, 1, 0, 2, 4, 6, 8]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), num_faces=st.integers(1, 80), num_vertices=st.integers(1, 60))
def test_any_triangles_are_kept(seed: int, num_faces: int, num_vertices: int) -> None:
    faces = np.random.default_rng(seed).integers(0, num_vertices, (num_faces, 3)).astype(np.int32)
    assert_sound(strip_order(faces, num_vertices), faces, num_vertices)


def decoded(faces: NDArray[np.int32]) -> NDArray[np.uint32]:
    triangles: NDArray[np.uint32] = decode(encode_triangles(faces), "TRIANGLES", faces.size, 4)
    return triangles.reshape(-1, 3)


def assert_same(actual: NDArray[np.uint32], expected: NDArray[np.int32]) -> None:
    """The same triangles in the same order and sense; each may start at another corner."""
    turned = np.stack([np.roll(expected, turn, axis=1) for turn in range(3)])
    assert (turned == actual).all(axis=2).any(axis=0).all()


def test_a_strip_to_the_byte() -> None:
    strip = np.array([[0, 1, 2], [2, 1, 3], [2, 3, 4]], np.int32)
    table = bytes.fromhex("00768756 6778a986 65896898 01690000")
    assert encode_triangles(strip) == b"\xe1" + b"\xf0\x10\x00" + table
    assert np.array_equal(decoded(strip), strip)


@pytest.mark.parametrize("wide", [False, True])
def test_a_far_vertex_is_written_in_full(wide: bool) -> None:
    far = 3_000_000 if wide else 300
    faces = np.array([[0, 1, 2], [far, 5, far - 1], [far - 1, 5, far + 1], [9, 9, 9]], np.int32)
    assert_same(decoded(faces), faces)


def test_a_triangle_that_comes_again_does_not_restart_the_numbers() -> None:
    faces = np.array([[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 1, 2], [9, 10, 11]] * 9, np.int32)
    assert_same(decoded(faces), faces)


def test_a_mesh_in_strips_takes_about_a_byte_a_triangle() -> None:
    ball = trimesh.creation.icosphere(subdivisions=5)
    order = strip_order(np.asarray(ball.faces, np.int32), len(ball.vertices))
    assert len(encode_triangles(order.faces)) < 1.25 * len(ball.faces)
    assert_same(decoded(order.faces), order.faces)


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    num_faces=st.integers(1, 120),
    num_vertices=st.sampled_from([1, 3, 9, 30, 100, 70_000]),
    ordered=st.booleans(),
)
def test_any_triangles_come_back(*, seed: int, num_faces: int, num_vertices: int, ordered: bool) -> None:
    faces = np.random.default_rng(seed).integers(0, num_vertices, (num_faces, 3)).astype(np.int32)
    if ordered:
        faces = strip_order(faces, num_vertices).faces
    assert_same(decoded(faces), faces)
