import numpy as np
import pytest

from actionmesh_wrapper.export.rig.correctives import find_correctives, in_range, left_over
from actionmesh_wrapper.export.rig.model import Skin
from actionmesh_wrapper.export.rig.skeleton import root_alone
from tests.export.samples import ball

RANDOM = np.random.default_rng(1)


def test_shapes_that_are_there_are_found() -> None:
    amounts, shapes = RANDOM.normal(size=(16, 3)), RANDOM.normal(size=(3, 500, 3))
    missing = np.tensordot(amounts, shapes, 1).astype(np.float32)
    found = np.tensordot(*find_correctives(missing, 8), 1)
    assert np.abs(found - missing).max() < 1e-5
    assert find_correctives(missing, 8)[0].shape == (16, 3)


def test_the_worst_place_is_nearer_than_by_least_squares() -> None:
    amounts, shapes = RANDOM.normal(size=(24, 12)), RANDOM.normal(size=(12, 400, 3))
    shapes[6:] *= 0.1
    shapes[11, :4] *= 60  # a few vertices with a way of their own
    missing = np.tensordot(amounts, shapes, 1).astype(np.float32)
    flat = missing.reshape(24, -1)
    left, values, right = np.linalg.svd(flat, full_matrices=False)
    squares = ((left[:, :6] * values[:6]) @ right[:6]).reshape(missing.shape)
    cubes = np.tensordot(*find_correctives(missing, 6), 1)
    worst = [np.linalg.norm(guess - missing, axis=2).max() for guess in (squares, cubes)]
    assert worst[1] < worst[0]


def test_amounts_in_range_give_the_same_shapes() -> None:
    rest = RANDOM.normal(size=(50, 3)).astype(np.float32)
    amounts, shapes = RANDOM.normal(size=(8, 3)), RANDOM.normal(size=(3, 50, 3))
    base, targets, scaled = in_range(rest, amounts, shapes)
    assert (scaled.min(axis=0) == 0).all()
    assert (scaled.max(axis=0) == 1).all()
    given = rest + np.tensordot(amounts, shapes, 1)
    assert base + np.tensordot(scaled, targets, 1) == pytest.approx(given, abs=1e-5)


def test_what_is_left_over_is_meant_before_the_skin() -> None:
    animation = ball(1)
    rest = animation.vertices[0].astype(np.float64)
    quarter = np.array([[0.0, -1, 0, 0.5], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    grown = rest + np.array([0.1, 0, 0])
    vertices = np.stack([rest, grown @ quarter[:3, :3].T + quarter[:3, 3]]).astype(np.float32)
    skeleton = root_alone(animation.vertices[0], np.stack([np.eye(4), quarter]))
    missing = left_over(vertices, 0, skeleton, Skin.of(np.ones((1, len(rest)))))
    assert np.abs(missing[0]).max() < 1e-6
    assert missing[1] == pytest.approx(np.tile([0.1, 0, 0], (len(rest), 1)), abs=2e-5)
