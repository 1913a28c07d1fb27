import numpy as np

from actionmesh_wrapper.export.rig.model import Skin


def test_weights_are_whole_and_the_strongest_first() -> None:
    weights = np.random.default_rng(2).random((7, 300)) ** 3
    skin = Skin.of(weights / weights.sum(axis=0))
    assert (skin.weights.sum(axis=1, dtype=int) == 65_535).all()
    assert (np.diff(skin.weights.astype(int), axis=1) <= 0).all()
    assert np.array_equal(skin.joints[:, 0], weights.argmax(axis=0))
    four = np.sort(weights, axis=0)[-4:][::-1].T
    assert np.abs(skin.weights / 65_535 - four / four.sum(axis=1, keepdims=True)).max() < 2 / 65_535


def test_what_carries_nothing_is_joint_0() -> None:
    skin = Skin.of(np.array([[0.0, 0.5], [1.0, 0.5], [0.0, 0.0]]))
    assert skin.joints.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert skin.weights.tolist() == [[65_535, 0, 0, 0], [32_767, 32_768, 0, 0]] or skin.weights.tolist() == [
        [65_535, 0, 0, 0],
        [32_768, 32_767, 0, 0],
    ]
