"""Masks by the caller's hints, of clips that are drawn here."""

import cv2
import numpy as np
import pytest

from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.classical.hints import Hints, follow
from actionmesh_wrapper.masking.classical.salient import Salient
from actionmesh_wrapper.motion.clip import shrink
from actionmesh_wrapper.motion.flow import find_flow
from tests.masking.classical.scenes import (
    FRAMES,
    SIZE,
    Images,
    Masks,
    Orange,
    Picture,
    Standing,
    find,
    flat,
    lay,
    overlap,
    paint,
    texture,
    walk,
)

UPPER, LOWER = walk(45, 140, y=45, size=20), walk(45, 140, y=140, size=20)
ON_UPPER, ON_LOWER = (45 / SIZE, 45 / SIZE), (45 / SIZE, 140 / SIZE)


def around(x: float, y: float) -> tuple[float, float, float, float]:
    """The box around one of the two in the first frame."""
    return x - 25 / SIZE, y - 30 / SIZE, x + 30 / SIZE, y + 32 / SIZE


@pytest.mark.parametrize("background", [flat(120, 150, 190), texture(SIZE, 4)], ids=["plain", "textured"])
@pytest.mark.parametrize("hint", ["box", "point"])
@pytest.mark.parametrize(
    ("chosen", "other", "point"), [(UPPER, LOWER, ON_UPPER), (LOWER, UPPER, ON_LOWER)], ids=["upper", "lower"]
)
def test_a_hint_chooses_between_two_alike(
    chosen: Masks, other: Masks, point: tuple[float, float], hint: str, background: Picture
) -> None:
    box = around(*point) if hint == "box" else None
    points = ((*point, True),) if hint == "point" else None

    masks, _ = find(paint(background, UPPER, LOWER), box, points)

    assert overlap(masks, chosen).mean() > 0.85
    assert (masks[other > 0.5] > 0.5).mean() < 0.02


def test_points_on_and_off_choose_together() -> None:
    masks, _ = find(paint(flat(120, 150, 190), UPPER, LOWER), points=((*ON_UPPER, False), (*ON_LOWER, True)))

    assert overlap(masks, LOWER).mean() > 0.9


def test_points_off_the_subject_alone_remove_what_they_lie_on() -> None:
    masks, _ = find(paint(flat(120, 150, 190), UPPER, LOWER), points=((*ON_UPPER, False),))

    assert overlap(masks, LOWER).mean() > 0.9
    assert (masks[UPPER > 0.5] > 0.5).mean() < 0.02


def test_points_off_the_subject_where_nothing_is_have_no_effect_and_say_so() -> None:
    images = paint(flat(120, 150, 190), UPPER)
    masks, notices = find(images, points=((0.9, 0.9, False),))

    assert overlap(masks, UPPER).mean() > 0.9
    assert [notice.code for notice in notices] == ["OPTION_IGNORED"]
    assert notices[0].message.startswith("subject_points have no effect: ")
    for points in (((*ON_UPPER, True), (0.9, 0.9, False)), ((*ON_UPPER, False), (0.9, 0.9, False))):
        _, notices = find(paint(flat(120, 150, 190), UPPER, LOWER), points=points)
        assert "OPTION_IGNORED" not in {notice.code for notice in notices}


@pytest.mark.parametrize("background", [flat(120, 150, 190), texture(SIZE, 4)], ids=["plain", "textured"])
def test_a_point_on_the_subject_where_nothing_is_is_a_doubt(background: Picture) -> None:
    _, notices = find(paint(background, UPPER), points=((*ON_UPPER, True), (0.9, 0.9, True)))

    assert [notice.code for notice in notices if notice.code == "MASK_LOW_CONFIDENCE"]
    assert "nothing was found at [0.9, 0.9], which subject_points put on the subject" in notices[0].message


def test_points_share_out_two_that_touch() -> None:
    left, right = np.zeros((2, FRAMES, SIZE, SIZE), np.float32)
    left[:, 60:130, 40:96], right[:, 60:130, 96:150] = 1, 1

    masks, _ = find(
        paint(flat(120, 150, 190), left, right),
        points=((68 / SIZE, 95 / SIZE, True), (123 / SIZE, 95 / SIZE, False)),
    )

    assert overlap(masks, left).min() > 0.9


@pytest.mark.parametrize("background", [flat(120, 150, 190), texture(SIZE, 4)], ids=["plain", "textured"])
def test_points_are_obeyed_wherever_they_lie(background: Picture) -> None:
    beside, within = (30 / SIZE, 118 / SIZE), (95 / SIZE, 96 / SIZE)

    masks, _ = find(
        paint(background, walk(90, 90)),
        points=((*beside, True), (85 / SIZE, 85 / SIZE, True), (*within, False)),
    )

    at = [(round(y * (SIZE - 1)), round(x * (SIZE - 1))) for x, y in (beside, within)]
    assert [masks[0][place] > 0.5 for place in at] == [True, False]


def test_a_box_around_what_rests_before_a_texture_takes_the_network() -> None:
    truth = np.repeat(walk(80, 80)[:1], FRAMES, axis=0)
    images, box = paint(texture(SIZE, 5, coarsest=8), truth), (40 / SIZE, 60 / SIZE, 128 / SIZE, 138 / SIZE)

    masks, _ = find(images, box, network=Orange())

    assert overlap(masks, truth).min() > 0.8
    with pytest.raises(SubjectNotFound, match="Nothing stands out where subject_box or subject_points say"):
        find(images, box)


def test_hints_at_nothing_are_no_subject() -> None:
    images = np.full((FRAMES, SIZE, SIZE, 3), 127, np.uint8)

    with pytest.raises(SubjectNotFound, match="Nothing stands out where subject_box or subject_points say"):
        find(images, (0.2, 0.2, 0.8, 0.8))


def test_what_comes_near_later_is_not_taken_in() -> None:
    truth = np.repeat(walk(60, 60, size=24)[:1], FRAMES, axis=0)
    comes = walk(190, 95, size=24)
    images = paint(texture(SIZE, 4), truth)
    images = np.where((comes > 0.5)[..., None] & (truth < 0.5)[..., None], (60, 40, 180), images)

    masks, _ = find(
        images.astype(np.uint8), (28 / SIZE, 60 / SIZE, 98 / SIZE, 126 / SIZE), network=Standing()
    )

    assert overlap(masks, truth).min() > 0.8
    assert (masks[(comes > 0.5) & (truth < 0.5)] > 0.5).mean() < 0.05


def test_what_a_frame_does_not_show_is_remembered() -> None:
    truth = walk(70, 90, size=30)

    class Headless(Orange):
        def __call__(self, rgb: Images) -> Masks:
            share = super().__call__(rgb)
            if self.asked in (5, 6, 10):
                share[: len(share) // 2] = 0
            return share

    masks, _ = find(
        paint(texture(SIZE, 4), truth), (30 / SIZE, 55 / SIZE, 120 / SIZE, 135 / SIZE), network=Headless()
    )

    assert overlap(masks, truth).min() > 0.8


@pytest.mark.parametrize(
    ("box", "doubt"),
    [
        ((45 / SIZE, 60 / SIZE, 125 / SIZE, 135 / SIZE), None),
        ((45 / SIZE, 10 / SIZE, 125 / SIZE, 135 / SIZE), "it leaves much of subject_box free ("),
        ((45 / SIZE, 60 / SIZE, 85 / SIZE, 135 / SIZE), "it goes on outside subject_box ("),
    ],
    ids=["fits", "free above", "cut"],
)
def test_a_box_that_does_not_fit_is_a_doubt(
    box: tuple[float, float, float, float], doubt: str | None
) -> None:
    _, notices = find(paint(flat(120, 150, 190), walk(80, 90)), box)

    assert [doubt in notice.message for notice in notices if doubt] == ([True] if doubt else [])
    assert len(notices) == (doubt is not None)


def test_a_point_beside_the_subject_takes_nothing_of_it() -> None:
    truth = walk(80, 90, size=40)
    images = paint(flat(120, 150, 190), truth)
    images[truth > 0.5] = np.where(np.arange(SIZE)[:, None, None] > 95, (90, 60, 40), images)[truth > 0.5]
    images[0, 132:140, 108:114] = (90, 60, 40)  # a speck at its foot

    masks, _ = find(images, points=((75 / SIZE, 80 / SIZE, True), (80 / SIZE, 125 / SIZE, False)))

    assert overlap(masks, truth).min() > 0.9


def test_what_has_its_colours_beside_it_is_not_taken_in() -> None:
    class Unsure(Orange):
        """A stand-in that nearly takes what is evenly orange for something that stands out."""

        def __call__(self, rgb: Images) -> Masks:
            even = cv2.blur(np.abs(cv2.Laplacian(rgb[..., 2], cv2.CV_32F)), (3, 3)) < 0.5
            near = cv2.dilate(even.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
            return np.where(near, 0.45, super().__call__(rgb)).astype(np.float32)

    truth = np.repeat(walk(60, 60, size=24)[:1], FRAMES, axis=0)
    images = paint(texture(SIZE, 4), truth)
    images[:, 60:120, 97:107] = images[truth > 0.5].mean(axis=0)  # hangs there

    masks, _ = find(images, (28 / SIZE, 60 / SIZE, 95 / SIZE, 126 / SIZE), network=Unsure())

    assert overlap(masks, truth).mean() > 0.8
    assert masks[:, 60:120, 99:107].mean() < 0.05


def test_a_subject_that_flow_loses_is_found_again_by_its_colours() -> None:
    truth = np.concatenate([walk(45, 60, y=60)[:8], walk(130, 145, y=120)[8:]])  # it jumps
    decoy = np.zeros_like(truth)
    decoy[:, 20:60, 150:185] = 1
    images = lay(texture(SIZE, 4), (truth, flat(205, 130, 75)), (decoy, flat(90, 40, 200)))

    masks, notices = find(images, (5 / SIZE, 25 / SIZE, 95 / SIZE, 110 / SIZE), network=Standing())

    assert overlap(masks, truth).min() > 0.85
    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]  # for the jump


def test_what_moves_through_the_box_and_is_something_else_does_not_count() -> None:
    truth = walk(80, 100, y=120, size=18)
    images = paint(texture(SIZE, 4), truth)
    clip = shrink(images)
    everything = np.full(clip.grey.shape, 4, np.float32)  # as of a camera that was misjudged
    network = Salient(images, (clip.height, clip.width), Orange(), lambda done, of: None)
    hints = Hints((50 / SIZE, 90 / SIZE, 115 / SIZE, 155 / SIZE), ())

    held = follow(hints, clip, find_flow(clip), everything, look=network)

    assert overlap((held > 0).astype(np.float32), truth).min() > 0.75


def test_what_rests_of_a_subject_belongs_to_it() -> None:
    background = texture(SIZE, 4)
    body, legs = np.zeros((2, FRAMES, SIZE, SIZE), np.float32)
    body[:, 60:120, 70:120] = 1
    for frame in range(FRAMES):
        left = round(70 + 20 * np.sin(frame))
        legs[frame, 120:165, left : left + 40] = 1
    background[10:50, 10:180] = 60, 40, 200  # the body's colour, beyond the box
    images = lay(background, (legs, flat(205, 130, 75)), (body, flat(60, 40, 200)))

    masks, _ = find(images, (40 / SIZE, 55 / SIZE, 150 / SIZE, 170 / SIZE), network=Standing())

    assert overlap(masks, np.maximum(body, legs)).min() > 0.85
