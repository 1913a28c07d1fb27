import numpy as np

from actionmesh_wrapper.preview.fragments import Facing, sample_positions
from actionmesh_wrapper.preview.rasterise import SAMPLES, Hits, rasterise

CORNERS = np.array([(-1.0, -1.0, 2.0), (0.0, 1.0, 3.0), (1.0, -1.0, 8.0)])
"""Of a face ahead of a camera that looks along the last axis with rows downwards: it shows its outside."""


def points() -> np.ndarray:
    inverse = 1 / CORNERS[:, 2]
    return np.stack([40 * CORNERS[:, 0] * inverse + 32, 40 * CORNERS[:, 1] * inverse + 32, inverse])


def test_weights_are_correct_in_perspective() -> None:
    faces = np.array([[0], [1], [2]])
    facing = Facing.of(points(), faces, two_sided=False)
    hits = rasterise(points(), facing.corners, 64, 64)
    seen = np.flatnonzero(hits.face == 0)
    fragments = facing.at(hits, seen)
    at = np.einsum("kn,knc->nc", fragments.weights, CORNERS[fragments.corners])
    column, row = sample_positions(seen, 64)
    np.testing.assert_allclose(40 * at[:, 0] / at[:, 2] + 32, column, atol=1e-3)
    np.testing.assert_allclose(40 * at[:, 1] / at[:, 2] + 32, row, atol=1e-3)
    np.testing.assert_allclose(1 / at[:, 2], hits.inverse_depth.ravel()[seen], rtol=1e-4)
    assert len(seen) > 1000
    np.testing.assert_allclose(fragments.pixels * SAMPLES, len(seen), rtol=0.05)


def test_only_faces_that_show_their_outside_are_kept() -> None:
    there, back = (0, 1, 2), (0, 2, 1)
    facing = Facing.of(points(), np.array([back, there, back, (0, 0, 1)]).T, two_sided=False)
    assert facing.index.tolist() == [1]
    assert facing.corners.T.tolist() == [list(there)]


def test_of_a_two_sided_mesh_all_that_have_an_area_are_kept() -> None:
    faces = np.array([(0, 2, 1), (0, 1, 2), (0, 0, 1)]).T
    facing = Facing.of(points(), faces, two_sided=True)
    assert (facing.index.tolist(), facing.front) == ([1, 0], 1)
    assert facing.side is not None
    assert facing.side.tolist() == [1, -1]
    assert facing.pixels[0] == facing.pixels[1] > 0


def test_weights_beside_a_face_stay_within_bounds() -> None:
    facing = Facing.of(points(), np.array([[0], [1], [2]]), two_sided=False)
    everywhere = Hits(np.zeros((64, SAMPLES, 64), np.int32), np.ones((64, SAMPLES, 64), np.float32))
    weights = facing.at(everywhere, np.arange(64 * SAMPLES * 64)).weights
    assert ((weights >= 0) & (weights <= 1)).all()
    np.testing.assert_allclose(weights.sum(axis=0), 1, atol=1e-6)


def test_the_samples_of_a_pixel_have_each_its_own_row_and_column() -> None:
    columns, rows = sample_positions(np.arange(SAMPLES) * 7, 7)
    assert sorted(columns) == sorted(rows) == [0.125, 0.375, 0.625, 0.875]
