import numpy as np
import pytest

from actionmesh_wrapper.texture.surface import Surface
from tests.texture.sheets import laid, sheet


def strip() -> Surface:
    """Two rows of eleven vertices, 0.1 apart; a vertex of no face lies 5 away."""
    vertices, faces = sheet(10, 1, 0.1)
    texels = laid(vertices, faces, 32)
    return Surface(texels, np.concatenate([vertices, [[0, 0, 5]]]).astype(np.float32), faces)


def at(surface: Surface, x: float, y: float = 0.0) -> int:
    (found,) = np.flatnonzero(np.abs(surface.points - [x, y, 0]).max(axis=1) < 1e-6)
    return int(found)


def test_ways_go_along_the_edges_and_do_not_leave_the_surface() -> None:
    surface = strip()
    known = np.zeros(len(surface.points), np.bool_)
    known[[at(surface, 0), at(surface, 1)]] = True
    way, source = surface.distances(known)
    assert way[at(surface, 0.3)] == pytest.approx(0.3)
    assert source[at(surface, 0.3)] == at(surface, 0)
    assert source[at(surface, 0.8)] == at(surface, 1)
    assert way[at(surface, 0.2, 0.1)] == pytest.approx(0.1 + 0.1 * 2**0.5)
    assert np.isinf(way[surface.points[:, 2] == 5]).all()


def test_vertices_have_the_mean_of_the_texels_around_them() -> None:
    surface = strip()
    x = surface.texel_points[:, 0]
    colours = np.stack([100 * x, 0 * x, 0 * x], axis=1).astype(np.float32)
    got, known = surface.at_vertices(colours, (x < 0.5).astype(np.float32))
    assert got[at(surface, 0.2), 0] == pytest.approx(20, abs=2)
    assert known[at(surface, 0.2)]
    assert not known[at(surface, 0.8)]
    assert not known[surface.points[:, 2] == 5].any()
    back = surface.to_texels(surface.points)
    assert np.abs(back - surface.texel_points).max() < 1e-5


def test_vertices_at_one_place_are_one() -> None:
    vertices, faces = sheet(2, 2, 0.5)
    torn = vertices[faces].reshape(-1, 3)
    surface = Surface(laid(vertices, faces, 16), torn, np.arange(len(torn), dtype=np.int32).reshape(-1, 3))
    assert len(surface.points) == 9
    assert surface.near.sum() == 2 * 16  # twelve sides of cells and four diagonals, both ways
    assert surface.texel_normals[:, 2] == pytest.approx(1)
