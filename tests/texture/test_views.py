import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.texture.views import choose, clustered, cut, overlap, seen_share, usable
from tests.texture.bodies import Floats, fox


def disc(x: float, y: float, radius: float, height: int = 120, width: int = 160) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return np.where(np.hypot(columns - x, rows - y) <= radius, 255, 0).astype(np.uint8)


def test_a_window_holds_all_masks_and_tells_where_it_was_cut() -> None:
    masks = np.stack([disc(60, 60, 20), disc(90, 60, 20)])
    window = cut(masks, 48)
    assert window.masks.shape == (2, 48, 48)
    for mask, x in zip(window.masks, (60, 90), strict=True):
        weights = mask / mask.sum()
        column = (weights.sum(axis=0) @ np.arange(48) + 0.5) * window.pixel + window.left - 0.5
        row = (weights.sum(axis=1) @ np.arange(48) + 0.5) * window.pixel + window.top - 0.5
        assert (column, row) == pytest.approx((x, 60), abs=0.1)
        assert mask.sum() * window.pixel**2 == pytest.approx(np.pi * 20**2, rel=0.02)
    assert window.counts.all()
    assert seen_share(window) == pytest.approx(1)


def test_what_the_frame_cuts_counts_for_nothing() -> None:
    window = cut(disc(0, 60, 30)[None], 64)
    columns = np.flatnonzero(window.counts.any(axis=0)) * window.pixel + window.left
    assert columns[0] >= 2.5
    assert 0.5 < seen_share(window) < 0.75  # the diameter is missing, 2 / (2 + π) of it
    beyond = np.where(window.counts, window.masks[0], 1.0)
    assert overlap(window, 0, beyond) == pytest.approx(1)


def test_specks_do_not_widen_the_window() -> None:
    mask = disc(40, 60, 20)
    alone = cut(mask[None], 64)
    mask[5:8, 150:153] = 255
    np.testing.assert_array_equal(cut(mask[None], 64).masks, alone.masks)


def test_empty_masks_are_not_used() -> None:
    masks = np.stack([disc(40, 40, 10), disc(40, 40, 0), disc(40, 40, 10) // 3, disc(40, 40, 10)])
    assert usable(masks) == [0, 3]


def moving(places: list[float], anchor: int) -> Animation:
    triangle = np.eye(3, dtype=np.float32)
    frames = np.stack([triangle + np.float32(place) for place in places])
    return Animation(frames, np.array([[0, 1, 2]], np.int32), 8.0, anchor=anchor)


def test_keys_are_the_anchor_and_those_that_differ_most() -> None:
    animation = moving([0, 1, 2, 3, 10, 10.1], anchor=1)
    assert choose(animation, [0, 1, 2, 3, 4, 5]) == [1, 5, 3, 0]
    assert choose(animation, [2, 3]) == [2, 3]
    assert choose(moving([0], anchor=0), [0]) == [0]


def test_clustering_keeps_a_mesh_where_it_is() -> None:
    body = fox(count=2, cell=0.04)
    points: Floats = body.vertices.astype(np.float64)
    fewer, faces = clustered(points, body.faces.astype(np.int64), 40)
    assert fewer.shape[0] == 2
    assert len(faces) < len(body.faces) / 2
    assert faces.max() < fewer.shape[1]
    side = np.ptp(points[0], axis=0).max()
    np.testing.assert_allclose(fewer.min(axis=1), points.min(axis=1), atol=side / 40)
    np.testing.assert_allclose(fewer.max(axis=1), points.max(axis=1), atol=side / 40)
