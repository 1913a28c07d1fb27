from importlib.util import find_spec

import numpy as np
import pytest

from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.texture.texels import texels_of
from actionmesh_wrapper.texture.unwrap import UnwrapFailed, Unwrapping, neighbours, unwrap, welded
from tests.texture import painted
from tests.texture.sheets import sheet

NEEDS_XATLAS = pytest.mark.skipif(find_spec("xatlas") is None, reason="xatlas is not installed")


def test_vertices_at_one_place_are_welded() -> None:
    first, place = welded(np.array([[1, 0, 0], [0, 0, 0], [1, 0, 0], [0, 2, 0]], np.float32))
    assert first.tolist() == [1, 3, 0]
    assert place.tolist() == [2, 0, 2, 1]


def test_neighbours_share_a_side_of_a_face_and_none_is_its_own() -> None:
    near = neighbours(np.array([[0, 1, 2], [2, 1, 3], [3, 3, 3]]), 5).toarray()
    expected = np.zeros((5, 5))
    for one, other in ((0, 1), (1, 2), (0, 2), (1, 3), (2, 3)):
        expected[one, other] = expected[other, one] = 1
    assert np.array_equal(near, expected)


@NEEDS_XATLAS
def test_a_sheet_stays_whole_and_in_proportion_at_any_size() -> None:
    vertices, faces = sheet(20, 10, 0.1)
    for scale in (1e-5, 1, 1e5):
        made = unwrap((vertices * scale).astype(np.float32), faces, 256, tick=lambda: None)
        assert made.charts == 1
        assert len(made.origin) == len(vertices)
        assert np.array_equal(made.origin[made.faces], faces)
        across = made.uv[made.faces[:, 1]] - made.uv[made.faces[:, 0]]
        up = made.uv[made.faces[:, 2]] - made.uv[made.faces[:, 0]]
        areas = np.abs(across[:, 0] * up[:, 1] - across[:, 1] * up[:, 0])
        assert np.median(areas) > 0
        assert np.percentile(areas, 10) > 0.3 * np.median(areas)  # smoothing draws the edges in


@NEEDS_XATLAS
def test_a_ball_has_few_charts_in_which_no_two_faces_overlap() -> None:
    body = painted.ball(16)
    made = unwrap(body.vertices, body.faces, 256, tick=lambda: None)
    assert 2 <= made.charts <= 12
    across = made.uv[made.faces[:, 1]] - made.uv[made.faces[:, 0]]
    up = made.uv[made.faces[:, 2]] - made.uv[made.faces[:, 0]]
    areas = np.abs(across[:, 0] * up[:, 1] - across[:, 1] * up[:, 0]) / 2
    covered = len(texels_of(made, body.vertices, 1024, tick=lambda: None).index)
    assert covered == pytest.approx(areas.sum() * 1024**2, rel=0.01)  # where faces overlap it is less


@NEEDS_XATLAS
def test_points_in_a_line_cannot_be_laid_flat() -> None:
    line = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], np.float32)
    with pytest.raises(UnwrapFailed, match="no surface that could be laid flat"):
        unwrap(line, np.array([[0, 1, 2]], np.int32), 64, tick=lambda: None)


@NEEDS_XATLAS
@pytest.mark.parametrize("ahead", [True, False])
def test_what_was_begun_ahead_is_taken_for_the_same_faces_alone(ahead: bool) -> None:
    ball, (vertices, faces) = painted.ball(8), sheet(4, 2)
    begun = Unwrapping(ball.vertices, ball.faces, 64)
    try:
        if ahead:
            made = begun.unwrap(ball.vertices * np.float32(1.1), ball.faces, 64, tick=lambda: None)
            assert np.array_equal(made.uv, unwrap(ball.vertices, ball.faces, 64, tick=lambda: None).uv)
        else:
            assert begun.unwrap(vertices, faces, 64, tick=lambda: None).charts == 1
            assert begun.unwrap(ball.vertices, ball.faces, 128, tick=lambda: None).charts > 1
    finally:
        begun.close()


def test_what_waiting_for_it_raises_passes_and_what_it_raised_too() -> None:
    vertices, faces = sheet(4, 2)
    line = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], np.float32)
    begun = Unwrapping(line, np.array([[0, 1, 2]], np.int32), 64)
    with pytest.raises(UnwrapFailed):
        begun.unwrap(line, np.array([[0, 1, 2]], np.int32), 64, tick=lambda: None)
    begun.close()

    def cancel() -> None:
        raise Cancelled

    begun = Unwrapping(vertices, faces, 64)
    with pytest.raises(Cancelled):
        begun.unwrap(vertices, faces, 128, tick=cancel)
    begun.close()
