import numpy as np

from actionmesh_wrapper.engines.silhouette.output import Model, to_animation


def test_one_similarity_for_all_frames() -> None:
    vertices = np.array(
        [
            [[10.0, 10, 0], [30, 10, 0], [10, 20, 0], [10, 10, 5]],
            [[20.0, 10, 0], [50, 10, 0], [20, 20, 0], [20, 10, 5]],
        ]
    )
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])
    model = Model(vertices, faces, 0, np.zeros((4, 2), np.float32), np.zeros((2, 2, 3), np.uint8))
    animation = to_animation(model, 12.5)
    assert animation.fps == 12.5
    assert animation.vertices.dtype == np.float32
    # x runs from 10 to 50: half extent 20, middle 30; y from 10 to 20, upside down; z from 0 to 5.
    np.testing.assert_allclose(animation.vertices[0, 0], [-1, 0.25, -0.125])
    np.testing.assert_allclose(animation.vertices[1, 1], [1, 0.25, -0.125])
    np.testing.assert_allclose(animation.vertices[0, 2], [-1, -0.25, -0.125])
    np.testing.assert_allclose(animation.vertices[0, 3], [-1, 0.25, 0.125])
