import math

import numpy as np
import pytest

from actionmesh_wrapper.preview.layout import (
    BACKGROUND,
    FRONT,
    INSET,
    OTHER_QUARTER,
    PANEL,
    SIDE,
    THREE_QUARTER,
    blank,
    frame_of_key,
    input_panel,
    moving_camera,
    pictures_per_key,
    storyboard,
)


def test_it_plays_from_three_sides_and_then_all_around() -> None:
    shots = storyboard(range(4), 5)
    assert [shot.key for shot in shots] == [0, 1, 2, 3] * 3 + [0, 1, 2, 3, 3, 2, 1, 0]
    assert [shot.view for shot in shots[:12]] == [FRONT] * 4 + [THREE_QUARTER] * 4 + [SIDE] * 4
    turns = np.diff([shot.view.yaw for shot in shots[12:]])
    np.testing.assert_allclose(turns, 2 * math.pi / 8)
    assert shots[12].view.yaw == 0


def test_a_longer_one_plays_from_the_front_and_all_around_or_once_all_around() -> None:
    shots = storyboard(range(4), 3)
    assert [shot.key for shot in shots] == [0, 1, 2, 3] * 2 + [3, 2, 1, 0]
    assert [shot.view for shot in shots[:4]] == [FRONT] * 4
    around = storyboard(range(4), 1)
    assert [shot.key for shot in around] == [0, 1, 2, 3]
    np.testing.assert_allclose([shot.view.yaw for shot in around], np.arange(4) * math.pi / 2)


@pytest.mark.parametrize(("seconds", "count"), [(0.1, 5), (2.4, 5), (2.5, 3), (4, 3), (4.1, 1), (28, 1)])
def test_it_plays_from_as_many_sides_as_twelve_seconds_show(seconds: float, count: int) -> None:
    assert pictures_per_key(seconds) == count


@pytest.mark.parametrize("keys", [1, 16, 31])
@pytest.mark.parametrize("count", [5, 3, 1])
def test_each_key_has_as_many_pictures_as_promised(keys: int, count: int) -> None:
    assert len(storyboard(range(keys), count)) == keys * count


@pytest.mark.parametrize(("count", "looped"), [(5, 8), (3, 8), (1, 4)])
def test_the_moving_camera_is_the_storyboards_end(count: int, looped: int) -> None:
    assert storyboard(range(4), count)[-looped:] == moving_camera(range(4), count)


def test_a_loop_goes_forwards_twice_while_the_camera_goes_around() -> None:
    assert [shot.key for shot in moving_camera(range(4), 5, loops=True)] == [0, 1, 2, 3, 0, 1, 2, 3]
    assert [shot.key for shot in storyboard(range(4), 3, loops=True)[4:]] == [0, 1, 2, 3, 0, 1, 2, 3]


@pytest.mark.parametrize("count", [5, 3, 1])
def test_a_mesh_that_has_only_a_front_is_seen_from_no_farther_than_forty_degrees(count: int) -> None:
    shots = storyboard(range(16), count, front_only=True)

    yaws = [math.degrees(shot.view.yaw) for shot in shots]
    assert [shot.key for shot in shots] == [shot.key for shot in storyboard(range(16), count)]
    assert (min(yaws), max(yaws)) == pytest.approx((-40, 40))
    assert abs(yaws[-1]) < 40 * 2 * math.pi / 16 + 1  # as far from the first as one step of it
    if count == 5:
        assert [shot.view for shot in shots[:48:16]] == [FRONT, THREE_QUARTER, OTHER_QUARTER]


def test_the_input_is_title_safe() -> None:
    assert INSET >= 0.05 * 2 * PANEL


@pytest.mark.parametrize(
    ("keys", "frames", "expected"),
    [(4, 4, [0, 1, 2, 3]), (7, 4, [0, 0, 1, 2, 2, 2, 3]), (1, 1, [0]), (5, 3, [0, 0, 1, 2, 2])],
)
def test_each_key_has_the_frame_nearest_to_it(keys: int, frames: int, expected: list[int]) -> None:
    assert [frame_of_key(key, keys, frames) for key in range(keys)] == expected


def test_a_blank_panel_is_the_background() -> None:
    assert blank(8).shape == (8, 8, 3)
    assert (blank(8) == BACKGROUND).all()


def coloured(height: int, width: int, alpha: int = 255) -> np.ndarray:
    return np.full((height, width, 4), (200, 30, 60, alpha), np.uint8)


@pytest.mark.parametrize(("height", "width"), [(90, 160), (160, 90), (2000, 1000), (64, 64), (1, 3000)])
def test_the_whole_frame_is_in_the_middle_of_the_panel(height: int, width: int) -> None:
    panel = input_panel(coloured(height, width))
    assert panel.shape == (PANEL, PANEL, 3)
    rows, columns = np.nonzero((panel != BACKGROUND).any(axis=2))
    shown = np.array([np.ptp(rows) + 1, np.ptp(columns) + 1])
    assert shown.max() == PANEL - 2 * INSET
    assert shown.min() == pytest.approx(
        max(1, min(height, width) / max(height, width) * shown.max()), abs=0.6
    )
    assert abs(rows.min() - (PANEL - 1 - rows.max())) <= 1
    assert abs(columns.min() - (PANEL - 1 - columns.max())) <= 1
    assert panel[rows[0], columns[0]].tolist() == [200, 30, 60]


def test_what_is_transparent_shows_the_background_without_a_fringe() -> None:
    frame = np.zeros((100, 100, 4), np.uint8)  # transparent black
    frame[:, 50:] = (200, 30, 60, 255)
    panel = input_panel(frame).astype(int)
    assert (panel[:, : PANEL // 2 - 16] == BACKGROUND).all()
    assert panel[..., 0].min() >= 199
    half = input_panel(coloured(10, 10, 128))[PANEL // 2, PANEL // 2]
    np.testing.assert_allclose(half, [222, 137, 153], atol=1)
