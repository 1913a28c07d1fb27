import numpy as np

from actionmesh_wrapper.engines.silhouette.outline import Shape, signed_distance


def square() -> Shape:
    mask = np.zeros((60, 60), bool)
    mask[20:40, 20:40] = True
    return Shape.of(mask)


def test_points_are_drawn_straight_onto_their_edge() -> None:
    points = np.array([[17.0, 30.0], [22.0, 30.0], [30.0, 42.0]])
    normals = np.array([[-1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    offsets, belongs = square().offsets(points, normals, gate=5)
    assert belongs.all()
    np.testing.assert_allclose(points + offsets, [[19.5, 30], [19.5, 30], [30, 39.5]], atol=1e-6)


def test_another_edge_or_one_too_far_is_not_theirs() -> None:
    points = np.array([[22.0, 30.0], [12.0, 30.0]])
    normals = np.array([[1.0, 0.0], [-1.0, 0.0]])
    _, belongs = square().offsets(points, normals, gate=5)
    assert not belongs.any()


def test_centre() -> None:
    np.testing.assert_allclose(square().centre, [29.5, 29.5])


def test_distance_is_zero_between_the_pixels_of_the_edge() -> None:
    mask = np.zeros((5, 9), bool)
    mask[:, 4:] = True
    np.testing.assert_allclose(signed_distance(mask)[2], [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5])


def test_distance_is_exact() -> None:
    mask = np.random.default_rng(0).random((40, 50)) > 0.1
    squared = (np.abs(signed_distance(mask)) + 0.5) ** 2
    np.testing.assert_allclose(squared, np.round(squared), rtol=1e-14)
