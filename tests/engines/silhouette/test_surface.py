"""The surface's steps, on a disc that moves and grows by known amounts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.engines.silhouette.cage import Cage, build_cage
from actionmesh_wrapper.engines.silhouette.inflate import inflate, thickness_of
from actionmesh_wrapper.engines.silhouette.meshing import Mesh, mesh_surface
from actionmesh_wrapper.engines.silhouette.outline import Shape
from actionmesh_wrapper.engines.silhouette.surface import RimSnapper, in_between, move_surface

CENTRE, RADIUS = 80.0, 40.0


def disc(radius: float, x: float = CENTRE) -> Shape:
    rows, columns = np.indices((160, 160))
    return Shape.of(np.hypot(columns - x, rows - CENTRE) < radius)


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    shape = disc(RADIUS)
    return mesh_surface(inflate(shape.mask, shape.distance, coarseness=2), 1000)


@pytest.fixture(scope="module")
def cage() -> Cage:
    return build_cage(disc(RADIUS).mask, disc(RADIUS).distance)


def radii(positions: NDArray[np.float64], x: float = CENTRE) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(positions - [x, CENTRE], axis=-1))


def test_surface_moves_with_the_cage(mesh: Mesh, cage: Cage) -> None:
    shapes = [disc(RADIUS), disc(RADIUS, CENTRE + 12)]
    nodes = np.stack([cage.nodes, cage.nodes + np.array([12, 0])])
    vertices = move_surface(mesh, cage, nodes, shapes, anchor=0)
    assert vertices.shape == (2, len(mesh.vertices), 3)
    np.testing.assert_allclose(vertices[1], vertices[0] + [12, 0, 0], atol=0.7)


def test_snap_brings_the_rim_to_the_edge_and_leaves_the_middle(mesh: Mesh) -> None:
    positions = mesh.vertices[:, :2]
    rim = np.unique(mesh.rim)
    snapper = RimSnapper(mesh)
    np.testing.assert_allclose(radii(snapper.snap(positions, disc(RADIUS))[rim]), RADIUS, atol=0.8)
    snapped = snapper.snap(positions, disc(RADIUS + 6))
    np.testing.assert_allclose(radii(snapped[rim]), RADIUS + 6, atol=0.8)
    middle = radii(positions) < 5
    np.testing.assert_allclose(snapped[middle], positions[middle], atol=0.1)


def test_snap_leaves_a_rim_that_is_far_from_every_edge(mesh: Mesh) -> None:
    positions = mesh.vertices[:, :2]
    np.testing.assert_allclose(RimSnapper(mesh).snap(positions, disc(RADIUS + 20)), positions, atol=1e-9)


def test_thickness_follows_the_size_within_bounds(cage: Cage) -> None:
    shapes = [disc(RADIUS), disc(RADIUS * 1.3), disc(RADIUS * 0.3)]
    nodes = np.stack([(cage.nodes - CENTRE) * scale + CENTRE for scale in (1, 1.3, 0.3)])
    relative = thickness_of(nodes, cage, shapes, anchor=0)
    np.testing.assert_allclose(relative[0], 1)
    assert relative[1].mean() == pytest.approx(1.25, abs=0.06)
    np.testing.assert_allclose(relative[2], 0.6)


def test_noise_in_time_is_smoothed(mesh: Mesh, cage: Cage) -> None:
    shapes = [disc(RADIUS)] * 9
    jitter = np.where(np.arange(9) % 2 == 0, 1.0, -1.0)[:, None, None] * [1.0, 0.0]
    vertices = move_surface(mesh, cage, cage.nodes + jitter, shapes, anchor=4)
    inner = radii(mesh.vertices[:, :2]) < 10
    assert np.abs(np.diff(vertices[2:-2, inner, 0], axis=0)).mean() < 1.0  # of 2


def test_frames_that_are_not_known_lie_between_those_that_are() -> None:
    known = np.arange(3.0)[:, None, None] * [[[1.0, 10.0, 100.0]]]
    between = in_between(known, np.array([1, 2, 5]), 7)
    assert between.shape == (7, 1, 3)
    np.testing.assert_allclose(between[:, 0, 1], [0, 0, 10, 10 + 10 / 3, 10 + 20 / 3, 20, 20])
    assert in_between(known, np.arange(3), 3) is known
