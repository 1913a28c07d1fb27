"""Things that touch, one of them in the caller's box, of clips that are drawn here."""

import pytest

from tests.masking.classical.scenes import (
    SIZE,
    Picture,
    Standing,
    find,
    flat,
    held_cup,
    overlap,
    paint,
    texture,
    walk,
)

SKIN, AS_THE_CUP = (205.0, 150.0, 125.0), (40.0, 60.0, 150.0)
WALL = flat(190, 195, 188)
AROUND_CUP = (38 / SIZE, 53 / SIZE, 82 / SIZE, 127 / SIZE)
ON_CUP, ON_FINGERS = (50 / SIZE, 66 / SIZE, True), (72 / SIZE, 90 / SIZE, False)


@pytest.mark.parametrize(
    ("background", "network"), [(WALL, None), (texture(SIZE, 4), Standing())], ids=["plain", "textured"]
)
def test_a_box_leaves_out_what_reaches_into_it(background: Picture, network: Standing | None) -> None:
    images, cup, arm = held_cup(SKIN, background)

    masks, _ = find(images, AROUND_CUP, network=network)

    assert overlap(masks, cup).min() > 0.85
    assert (masks[arm > 0.5] > 0.5).mean() < 0.02


@pytest.mark.parametrize(
    ("box", "points"),
    [(AROUND_CUP, (ON_FINGERS,)), (None, (ON_CUP, ON_FINGERS)), (AROUND_CUP, (ON_CUP, ON_FINGERS))],
    ids=["box", "point on it", "both"],
)
def test_a_point_on_the_fingers_removes_them_in_all_frames(
    box: tuple[float, float, float, float] | None, points: tuple[tuple[float, float, bool], ...]
) -> None:
    images, cup, arm = held_cup(SKIN, WALL)

    masks, _ = find(images, box, points)

    assert overlap(masks, cup).min() > 0.85
    assert (masks[arm > 0.5] > 0.5).mean() < 0.02


def test_what_cannot_be_told_apart_is_in_doubt() -> None:
    images, _, _ = held_cup(AS_THE_CUP, WALL)

    _, notices = find(images, AROUND_CUP)

    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]
    assert "it goes on outside subject_box (" in notices[0].message
    assert "add subject_points on the subject and off it" in notices[0].message


def test_a_point_off_one_of_two_in_the_box_removes_it_whole() -> None:
    upper, lower = walk(45, 140, y=45, size=20), walk(45, 140, y=140, size=20)

    masks, _ = find(
        paint(WALL, upper, lower),
        (10 / SIZE, 10 / SIZE, 85 / SIZE, 180 / SIZE),
        ((45 / SIZE, 45 / SIZE, False),),
    )

    assert overlap(masks, lower).mean() > 0.9
    assert (masks[upper > 0.5] > 0.5).mean() < 0.02
