import numpy as np
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from actionmesh_wrapper.export.meshopt import Order, strip_order


def senses(faces: NDArray[np.integer]) -> list[tuple[int, int, int]]:
    return sorted(min((a, b, c), (b, c, a), (c, a, b)) for a, b, c in faces.tolist())


def assert_sound(order: Order, faces: NDArray[np.int32], num_vertices: int) -> None:
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
