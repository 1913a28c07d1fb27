import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from actionmesh_wrapper.preview import rasterise as module
from actionmesh_wrapper.preview.fragments import sample_positions
from actionmesh_wrapper.preview.rasterise import SAMPLES, TILE, Hits, chunks, may_be_seen
from tests.preview.shapes import sphere


def rasterise(points: NDArray[np.float64], faces: NDArray[np.int32], width: int, height: int) -> Hits:
    """Of points (V, 3) and faces (F, 3)."""
    return module.rasterise(points.T.copy(), faces.T.astype(np.int64), width, height)


def area(hits: Hits) -> float:
    """Covered area in pixels."""
    return float((hits.face >= 0).sum()) / SAMPLES


def plane(columns_rows: list[tuple[float, float]], depth: float = 1.0) -> NDArray[np.float64]:
    return np.array([(column, row, 1 / depth) for column, row in columns_rows])


def test_a_disc_covers_its_area() -> None:
    vertices, faces = sphere(80.0, 5)
    points = np.column_stack([vertices[:, 0] + 101.3, vertices[:, 1] + 97.9, 1 / (500 - vertices[:, 2])])
    assert area(rasterise(points, faces, 200, 200)) == pytest.approx(np.pi * 80**2, rel=0.01)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_nearer_of_two_quads_is_seen_whatever_their_order(order: tuple[int, int]) -> None:
    near, far = plane([(8, 8), (24, 8), (24, 24), (8, 24)], 2), plane([(0, 0), (32, 0), (32, 32), (0, 32)], 3)
    points = np.concatenate([(near, far)[i] for i in order])
    faces = np.array([(0, 1, 2), (0, 2, 3), (4, 5, 6), (4, 6, 7)], np.int32)
    hits = rasterise(points, faces, 32, 32)
    inverse = hits.inverse_depth
    assert (hits.face >= 0).all()
    np.testing.assert_allclose(inverse[8:24, :, 8:24], 1 / 2, rtol=1e-6)
    inverse[8:24, :, 8:24] = 1 / 3
    np.testing.assert_allclose(inverse, 1 / 3, rtol=1e-6)


def test_quads_that_cut_through_each_other_are_seen_on_their_nearer_halves() -> None:
    tilted = np.array([(0, 0, 0.4), (32, 0, 0.6), (32, 32, 0.6), (0, 32, 0.4)])
    level = plane([(0, 0), (32, 0), (32, 32), (0, 32)], 2)
    faces = np.array([(0, 1, 2), (0, 2, 3), (4, 5, 6), (4, 6, 7)], np.int32)
    hits = rasterise(np.concatenate([tilted, level]), faces, 32, 32)
    assert np.isin(hits.face[..., :16], (2, 3)).all()
    assert np.isin(hits.face[..., 16:], (0, 1)).all()


def test_faces_that_share_edges_leave_no_crack_and_do_not_overlap() -> None:
    rng = np.random.default_rng(5)
    places = np.concatenate([rng.uniform(0, 64, (400, 2)), [(0, 0), (64, 0), (64, 64), (0, 64)]])
    places[:100] = np.round(places[:100] * 4) / 4  # on samples' rows and on level edges
    faces = Delaunay(places).simplices.astype(np.int32)
    points = np.column_stack([places, np.ones(len(places))])
    assert (rasterise(points, faces, 64, 64).face >= 0).all()
    each = sum(area(rasterise(points, face[None], 64, 64)) for face in faces)
    assert each == 64 * 64


def test_inverse_depth_is_affine_over_a_face() -> None:
    points = np.array([(2.0, 1.0, 0.2), (30.0, 5.0, 0.7), (9.0, 31.0, 0.4)])
    hits = rasterise(points, np.array([(0, 1, 2)], np.int32), 32, 32)
    seen = np.flatnonzero(hits.face == 0)
    positions = np.stack(sample_positions(seen, 32), axis=1)
    plane_of = np.linalg.solve(np.column_stack([points[:, :2], np.ones(3)]), points[:, 2])
    expected = np.column_stack([positions, np.ones(len(positions))]) @ plane_of
    np.testing.assert_allclose(hits.inverse_depth.ravel()[seen], expected, rtol=1e-5)


def test_of_faces_at_one_depth_the_last_is_seen() -> None:
    points = plane([(0, 0), (16, 0), (0, 16)])
    hits = rasterise(points, np.array([(0, 1, 2), (1, 2, 0), (2, 1, 0)], np.int32), 16, 16)
    assert set(np.unique(hits.face)) == {-1, 2}


@pytest.mark.parametrize(
    "corners",
    [
        [(4, 4), (4, 4), (4, 4)],
        [(2, 2), (8, 8), (14, 14)],
        [(2, 5), (9, 5), (14, 5)],
        [(5, 2), (5, 9), (5, 14)],
    ],
    ids=["point", "diagonal", "level", "upright"],
)
def test_faces_without_area_are_not_seen(corners: list[tuple[float, float]]) -> None:
    assert area(rasterise(plane(corners), np.array([(0, 1, 2)], np.int32), 16, 16)) == 0


@pytest.mark.parametrize("inverse_depth", [0.0, -1.0])
def test_faces_that_reach_behind_the_camera_are_left_out(inverse_depth: float) -> None:
    points = plane([(0, 0), (40, 0), (0, 40)])
    points[1, 2] = inverse_depth
    assert area(rasterise(points, np.array([(0, 1, 2)], np.int32), 16, 16)) == 0


@pytest.mark.parametrize("away", [(-100.0, 0.0), (100.0, 0.0), (0.0, -100.0), (0.0, 100.0)])
def test_faces_beside_the_picture_are_not_seen(away: tuple[float, float]) -> None:
    points = plane([(column + away[0], row + away[1]) for column, row in ((2, 2), (14, 2), (2, 14))])
    assert area(rasterise(points, np.array([(0, 1, 2)], np.int32), 16, 16)) == 0


def test_no_faces_and_no_pixels_are_no_trouble() -> None:
    points = plane([(2, 2), (14, 2), (2, 14)])
    assert area(rasterise(points, np.empty((0, 3), np.int32), 16, 16)) == 0
    assert rasterise(points, np.array([(0, 1, 2)], np.int32), 0, 0).face.shape == (0, SAMPLES, 0)


@pytest.mark.parametrize("zoom", [1e-6, 1.0, 40.0, 1e9])
def test_memory_is_bounded_at_any_zoom(zoom: float) -> None:
    vertices, faces = sphere(250.0, 5)
    points = np.column_stack([vertices[:, :2] * zoom + 256, 1 / (2000.0 - vertices[:, 2])])
    tracemalloc.start()
    hits = rasterise(points, faces, 512, 512)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6
    assert area(hits) == (
        512 * 512 if zoom > 1 else pytest.approx(np.pi * 250**2 * zoom**2, rel=0.01, abs=0.5)
    )


@pytest.mark.parametrize("zoom", [1e-6, 1.0, 40.0, 1e9])
def test_what_is_listed_at_once_is_bounded_at_any_zoom(zoom: float, monkeypatch: pytest.MonkeyPatch) -> None:
    vertices, faces = sphere(60.0, 3)
    points, side = np.column_stack([vertices[:, :2] * zoom + 64, 1 / (2000.0 - vertices[:, 2])]), 128
    at_once = rasterise(points, faces, side, side)
    owners, listed = module._owners, []

    def counting(counts: NDArray[np.int64]) -> NDArray[np.int64]:
        listed.append(int(counts.sum()))
        return owners(counts)

    monkeypatch.setattr(module, "CHUNK", 1 << 12)
    monkeypatch.setattr(module, "_owners", counting)
    in_chunks = rasterise(points, faces, side, side)
    assert max(listed, default=0) <= module.CHUNK + side * SAMPLES  # a chunk, and the rows of one face more
    np.testing.assert_array_equal(in_chunks.face, at_once.face)


def test_chunks_cover_everything_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 1 << 12)
    counts = np.random.default_rng(2).integers(0, 900, 500)
    parts = list(chunks(counts))
    assert np.concatenate([np.arange(500)[part] for part in parts]).tolist() == list(range(500))
    assert max(counts[part].sum() for part in parts) <= module.CHUNK + 900
    assert list(chunks(counts[:0])) == []


def test_the_buffer_is_cut_into_what_was_packed() -> None:
    faces, depths = np.array([5, -1, 2**31 - 1, 0]), np.array([0.0, 1.5, 1e-30, 2.0], np.float32)
    hits = module._hits((depths.view(np.int32).astype(np.int64) << 32) | (faces & 0xFFFFFFFF), 1, 1)
    np.testing.assert_array_equal(hits.face, faces.reshape(1, 4, 1))
    np.testing.assert_array_equal(hits.inverse_depth, depths.reshape(1, 4, 1))


def test_two_runs_see_the_same() -> None:
    rng = np.random.default_rng(1)
    points = np.column_stack([rng.uniform(-20, 80, (300, 2)), rng.uniform(0.1, 1, 300)])
    faces = rng.integers(0, 300, (500, 3)).astype(np.int32)
    one, two = (rasterise(points, faces, 64, 48) for _ in range(2))
    np.testing.assert_array_equal(one.face, two.face)
    np.testing.assert_array_equal(one.inverse_depth, two.inverse_depth)


def ball() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of a ball in a picture of 288 × 240, its faces, and which of them are on the near half."""
    vertices, faces = sphere(108.0, 4)
    points = np.stack([vertices[:, 0] + 144, vertices[:, 1] + 120, 1 / (600.0 - vertices[:, 2])])
    return points, faces.T.astype(np.int64), vertices[faces][..., 2].mean(axis=1) > 0


def test_what_the_near_half_of_a_ball_hides_is_mostly_left_out() -> None:
    points, faces, near = ball()
    depth = module.rasterise(points, faces[:, near], 288, 240).inverse_depth
    remain = may_be_seen(depth, points, faces[:, ~near])
    assert len(remain) < 0.45 * (~near).sum()  # at the rim tiles are not full


def test_nothing_is_hidden_by_an_empty_picture() -> None:
    points, faces, _ = ball()
    depth = np.zeros((240, 4, 288), np.float32)
    assert len(may_be_seen(depth, points, faces)) == faces.shape[1]


@pytest.mark.parametrize("side", [1, TILE - 1])
def test_a_picture_smaller_than_a_tile_hides_nothing(side: int) -> None:
    points, faces, _ = ball()
    assert len(may_be_seen(np.ones((side, 4, side), np.float32), points, faces)) == faces.shape[1]


@pytest.mark.parametrize("seed", range(5))
def test_leaving_out_what_is_hidden_changes_no_picture(seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = np.stack([rng.uniform(-20, 120, 600), rng.uniform(-20, 100, 600)])
    spread = rng.choice([2.0, 6.0, 40.0], 600)
    corners = starts[:, None] + rng.uniform(-1, 1, (2, 3, 600)) * spread
    points = np.concatenate([corners, rng.uniform(0.1, 1, (1, 3, 600))]).reshape(3, -1)
    faces = np.arange(1800).reshape(3, 600)
    whole = module.rasterise(points, faces, 96, 80)
    in_two = module.rasterise(points, faces, 96, 80, front=300)
    np.testing.assert_array_equal(whole.face, in_two.face)
    np.testing.assert_array_equal(whole.inverse_depth, in_two.inverse_depth)
