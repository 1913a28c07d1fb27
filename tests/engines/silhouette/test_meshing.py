import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.inflate import inflate
from actionmesh_wrapper.engines.silhouette.meshing import Mesh, mesh_surface, reach_tips
from actionmesh_wrapper.engines.silhouette.outline import signed_distance
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.shapes import clean
from tests.engines.silhouette.drawn import animal
from tests.engines.silhouette.measures import is_watertight, num_components, silhouette, volume

NUM_VERTICES = 3000


@pytest.fixture(scope="module")
def mask() -> NDArray[np.bool_]:
    return clean(animal(256)[..., 3])


@pytest.fixture(scope="module")
def film(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    return inflate(mask, signed_distance(mask), coarseness=2)


@pytest.fixture(scope="module")
def mesh(film: NDArray[np.float64]) -> Mesh:
    return mesh_surface(film, NUM_VERTICES)


def test_is_closed_and_whole_with_about_as_many_vertices_as_wanted(mesh: Mesh) -> None:
    assert is_watertight(mesh.faces)
    assert num_components(mesh.faces) == 1
    assert abs(len(mesh.vertices) - NUM_VERTICES) < 0.05 * NUM_VERTICES


def test_back_mirrors_front(mesh: Mesh) -> None:
    front, back = (np.unique(np.round(mesh.vertices * [1, 1, side], 6), axis=0) for side in (1, -1))
    np.testing.assert_array_equal(front, back)


def test_is_counter_clockwise_once_y_points_up(mesh: Mesh) -> None:
    assert volume(mesh.vertices * [1, -1, 1], mesh.faces) > 0


def test_rim_is_on_the_outline_and_runs_round_it(mesh: Mesh) -> None:
    assert (mesh.vertices[mesh.rim, 2] == 0).all()
    assert np.count_nonzero(mesh.vertices[:, 2] == 0) == len(mesh.rim)
    starts, ends = mesh.rim.T
    np.testing.assert_array_equal(np.sort(starts), np.sort(ends))


def test_covers_its_mask_to_the_tips(mesh: Mesh, mask: NDArray[np.bool_]) -> None:
    covered = silhouette(mesh.vertices, mesh.faces, mask.shape)
    assert (covered & mask).sum() / (covered | mask).sum() > 0.965


def test_triangles_are_well_shaped(mesh: Mesh) -> None:
    corners = mesh.vertices[mesh.faces]
    sides = np.roll(corners, -1, axis=1) - corners
    sides /= np.linalg.norm(sides, axis=2, keepdims=True)
    cosines = -(sides * np.roll(sides, 1, axis=1)).sum(axis=2)
    smallest = np.degrees(np.arccos(np.clip(cosines, -1, 1))).min(axis=1)
    assert np.percentile(smallest, 5) > 25


def test_a_thin_shape_takes_more_vertices_rather_than_fall_apart() -> None:
    mask = np.zeros((60, 400), bool)
    mask[30:33, 10:390] = True
    mesh = mesh_surface(inflate(mask, signed_distance(mask), coarseness=2), 500)
    assert np.ptp(mesh.vertices[:, 0]) > 370
    assert 500 < len(mesh.vertices) < 5000


def test_a_body_leaves_out_thin_hairs_rather_than_take_many_vertices() -> None:
    mask = np.zeros((300, 300), bool)
    mask[100:200, 100:200] = True
    for column in range(5, 296, 16):
        mask[20:280, column : column + 2] = True
    mesh = mesh_surface(inflate(mask, signed_distance(mask), coarseness=2), NUM_VERTICES)
    assert is_watertight(mesh.faces)
    assert num_components(mesh.faces) == 1
    assert len(mesh.vertices) < 2 * NUM_VERTICES
    assert np.ptp(mesh.vertices[:, :2], axis=0).min() > 90


def test_a_shape_too_thin_for_a_body_is_an_error() -> None:
    mask = np.zeros((60, 400), bool)
    mask[30, 10:390] = True
    with pytest.raises(SubjectNotFound, match="too thin"):
        mesh_surface(inflate(mask, signed_distance(mask), coarseness=2), 500)


def test_a_vertex_goes_to_the_corner_that_was_cut_off() -> None:
    film = np.full((40, 40), -1.0)
    film[10:31, 10:31] = 1.0  # outline at 9.5 and 30.5
    # An octagon with one corner cut wide: every other corner of the square has a vertex.
    flat = np.array([[9.5, 9.5], [20, 9.5], [27, 9.5], [30.5, 13], [30.5, 20], [30.5, 30.5], [9.5, 30.5]])
    rim = np.column_stack([np.arange(7), np.roll(np.arange(7), -1)])
    moved = reach_tips(flat, rim, film)
    assert np.linalg.norm(moved - [30.5, 9.5], axis=1).min() < 0.8
    np.testing.assert_array_equal(moved[[0, 5, 6]], flat[[0, 5, 6]])


def test_vertices_off_the_rim_stay() -> None:
    film = np.full((40, 40), -1.0)
    film[10:31, 10:31] = 1.0
    flat = np.array([[9.5, 9.5], [27, 9.5], [30.5, 13], [30.5, 30.5], [9.5, 30.5], [20, 20]])
    rim = np.column_stack([np.arange(5), np.roll(np.arange(5), -1)])
    np.testing.assert_array_equal(reach_tips(flat, rim, film)[5], [20, 20])
