import numpy as np

from actionmesh_wrapper.engines.silhouette.tips import reach_tips


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
