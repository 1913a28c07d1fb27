"""Masks with the help of a network: a stand-in by colour always, the real one where it was fetched."""

import numpy as np
import pytest

from actionmesh_wrapper.errors import Cancelled, SubjectNotFound
from actionmesh_wrapper.masking.classical import find_masks
from actionmesh_wrapper.masking.classical.salient import LOOKED_AT, MOST_ASKED, Salient
from actionmesh_wrapper.masking.saliency import OnnxSaliency
from actionmesh_wrapper.motion.clip import shrink
from actionmesh_wrapper.motion.flow import find_flow
from tests.masking.classical.scenes import (
    FRAMES,
    SIZE,
    Images,
    Masks,
    Orange,
    Picture,
    find,
    flat,
    grow,
    overlap,
    paint,
    texture,
    walk,
)
from tests.masking.test_saliency import FOLDER, U2NETP, needs_file

LEFT = walk(50, 50, size=24)


def blind_at(*frames: int) -> Orange:
    """The stand-in, which sees nothing in some frames."""

    class Blind(Orange):
        def __call__(self, rgb: Images) -> Masks:
            share = super().__call__(rgb)
            return share * (self.asked - 1 not in frames)

    return Blind()


def busy_wall() -> Picture:
    """One colour all around, and in the middle a large dark picture that hangs there."""
    wall = flat(205, 210, 214)
    wall[30:80, 110:170] = (60, 80, 110)
    return wall


def test_a_plain_backdrop_is_taken_where_the_network_agrees() -> None:
    images, network = paint(flat(200, 205, 212), walk(80, 110)), Orange()

    masks, _ = find(images, network=network)

    assert np.array_equal(masks, find(images)[0])
    assert network.asked == LOOKED_AT


def test_what_is_no_plain_backdrop_is_told_by_the_network() -> None:
    truth = walk(40, 70, y=130, size=22)
    images = paint(busy_wall(), truth)
    assert overlap(find(images)[0], truth).mean() < 0.6  # the picture on the wall counts as subject

    masks, notices = find(images, network=Orange())

    assert overlap(masks, truth).min() > 0.8
    assert notices == []


def test_what_rests_before_a_texture_is_found() -> None:
    truth = np.repeat(walk(96, 96)[:1], FRAMES, axis=0)

    masks, notices = find(paint(texture(SIZE, 5, coarsest=8), truth), network=Orange())

    assert overlap(masks, truth).min() > 0.85
    assert notices == []


def test_frames_in_which_the_network_sees_nothing_follow_the_others() -> None:
    truth = np.repeat(walk(96, 96)[:1], FRAMES, axis=0)

    masks, _ = find(paint(texture(SIZE, 5, coarsest=8), truth), network=blind_at(2, 5))

    assert overlap(masks, truth).min() > 0.8


def test_of_a_long_clip_it_sees_some_frames() -> None:
    images = np.repeat(paint(texture(SIZE, 5, coarsest=8), LEFT[:1]), 3 * MOST_ASKED, axis=0)
    clip, network = shrink(images), Orange()

    belief = Salient(images, (clip.height, clip.width), network, lambda done, of: None).belief(
        find_flow(clip)
    )

    assert network.asked == MOST_ASKED
    assert overlap(belief, np.repeat(LEFT[:1], len(images), axis=0)).min() > 0.9


@pytest.mark.parametrize("background", [flat(120, 150, 190), texture(SIZE, 4)], ids=["plain", "textured"])
def test_a_box_chooses_between_two_alike(background: Picture) -> None:
    upper, lower = walk(45, 140, y=45, size=20), walk(45, 140, y=140, size=20)

    masks, _ = find(
        paint(background, upper, lower), (20 / SIZE, 110 / SIZE, 75 / SIZE, 172 / SIZE), network=Orange()
    )

    assert overlap(masks, lower).mean() > 0.85
    assert (masks[upper > 0.5] > 0.5).mean() < 0.02


def test_with_a_box_the_network_sees_some_frames() -> None:
    truth, network = np.repeat(walk(96, 96)[:1], FRAMES, axis=0), Orange()

    masks, _ = find(paint(texture(SIZE, 5, coarsest=8), truth), (0.3, 0.25, 0.75, 0.75), network=network)

    assert network.asked == MOST_ASKED + LOOKED_AT
    assert overlap(masks, truth).min() > 0.85


def test_one_thing_in_a_box_that_comes_apart_is_in_doubt() -> None:
    images = paint(texture(SIZE, 4), walk(90, 50, size=22), walk(100, 150, size=22))

    _, notices = find(images, (0.3, 0.25, 0.75, 0.75), network=Orange())

    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]
    assert "it shows several things (the second has " in notices[0].message


def test_a_point_chooses_between_two_alike() -> None:
    upper, lower = walk(45, 140, y=45, size=20), walk(45, 140, y=140, size=20)

    masks, _ = find(
        paint(texture(SIZE, 4), upper, lower), points=((45 / SIZE, 45 / SIZE, True),), network=Orange()
    )

    assert overlap(masks, upper).mean() > 0.8
    assert (masks[lower > 0.5] > 0.5).mean() < 0.02


def test_a_point_off_the_subject_removes_what_it_lies_on() -> None:
    upper, lower = walk(80, 80, y=45, size=20), walk(80, 80, y=140, size=20)

    masks, _ = find(
        paint(texture(SIZE, 4), upper, lower), points=((80 / SIZE, 45 / SIZE, False),), network=Orange()
    )

    assert overlap(masks, lower).mean() > 0.8
    assert (masks[upper > 0.5] > 0.5).mean() < 0.02


def test_a_box_around_nothing_gives_no_floor() -> None:
    images = paint(texture(SIZE, 4), walk(45, 60, y=45, size=20))

    with pytest.raises(SubjectNotFound, match="Nothing stands out where subject_box or subject_points say"):
        find(images, (0.5, 0.6, 0.95, 0.95), network=Orange())


def test_a_cancel_ends_the_network_too() -> None:
    network = Orange()

    def step(done: int, of: int) -> None:
        if done >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        find_masks(
            paint(texture(SIZE, 4), LEFT),
            box=None,
            points=None,
            step=step,
            warn=lambda notice: None,
            network=network,
        )
    assert network.asked == 2


@needs_file
@pytest.mark.parametrize("start", [(60, 96), (96, 96)], ids=["moves", "rests"])
def test_the_real_network_sees_through_a_texture(start: tuple[int, int]) -> None:
    assert FOLDER is not None
    truth = walk(*start, size=40)

    masks, notices = find(paint(texture(SIZE, 1), truth), network=OnnxSaliency.load(U2NETP, FOLDER))

    assert overlap(masks, truth).mean() > 0.85
    assert notices == []


def test_several_things_of_like_size_are_in_doubt() -> None:
    images = paint(texture(SIZE, 4), walk(45, 90, y=45, size=20), walk(45, 90, y=140, size=18))

    _, notices = find(images, network=Orange())

    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]
    assert "it shows several things (the second has " in notices[0].message


class Purple(Orange):
    """A stand-in to which purple stands out alone: what moves in orange is nothing to it."""

    def __call__(self, rgb: Images) -> Masks:
        self.asked += 1
        red, green, _ = np.moveaxis(rgb.astype(np.float32), -1, 0)
        return np.asarray(red - green > 120, np.float32)


class OneThing(Purple):
    """A stand-in to which purple stands out, and orange where there is no purple."""

    def __call__(self, rgb: Images) -> Masks:
        purple = super().__call__(rgb)
        return purple if purple.any() else Orange.__call__(self, rgb)


def beside_a_picture(*others: Masks) -> tuple[Images, Masks]:
    """Something that moves, and its truth, under a large purple picture that hangs there; and others."""
    truth = walk(70, 110, y=140, size=24)
    images = paint(texture(SIZE, 4), truth, *others)
    images[:, 10:80, 40:160] = (220, 40, 200)
    return images, truth


def test_the_one_thing_that_moves_is_the_subject_if_it_stands_out_by_itself() -> None:
    images, truth = beside_a_picture()

    masks, notices = find(images, network=OneThing())

    assert overlap(masks, truth).mean() > 0.8
    assert notices == []


@pytest.mark.parametrize("others", [[], [walk(20, 30, y=140, size=16)]], ids=["one", "two"])
def test_one_thing_that_moves_and_does_not_stand_out_is_taken_with_a_doubt(others: list[Masks]) -> None:
    images, truth = beside_a_picture(*others)

    masks, notices = find(images, network=Purple())

    assert overlap(masks, truth).mean() > 0.8
    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]
    assert "looked at closely, something else stands out (" in notices[0].message


def test_something_that_grows_beside_the_subject_is_a_doubt() -> None:
    images = paint(texture(SIZE, 4), grow(70, 110, y=140))
    images[:, 10:80, 40:160] = (220, 40, 200)

    masks, notices = find(images, network=Purple())

    assert masks[:, 20:70, 50:150].min() > 0.5
    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]
    assert "something else moves than what stands out" in notices[0].message


class Near(Orange):
    """A stand-in that sees but the left of what there is in a window of a frame.

    Args:
        share: of the window's width.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    def __call__(self, rgb: Images) -> Masks:
        seen = super().__call__(rgb)
        if rgb.shape[1] < SIZE:
            seen[:, int(self._share * rgb.shape[1]) :] = 0
        return seen


def test_what_a_second_look_sees_otherwise_is_in_doubt() -> None:
    _, notices = find(paint(texture(SIZE, 4), walk(80, 100)), network=Near(0.5))

    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]
    assert "looked at closely, something else stands out (" in notices[0].message
    assert "subject_box, around the subject in the first frame: [0." in notices[0].message


def test_what_a_second_look_sees_otherwise_is_in_doubt_with_hints_too() -> None:
    _, notices = find(
        paint(texture(SIZE, 4), walk(80, 100)), points=((72 / SIZE, 90 / SIZE, True),), network=Near(0.6)
    )

    assert [notice.code for notice in notices] == ["MASK_LOW_CONFIDENCE"]
    assert "looked at closely, something else stands out (" in notices[0].message
    assert "add subject_points on the subject and off it" in notices[0].message


def test_masks_that_are_what_moves_may_look_somewhat_otherwise_from_nearby() -> None:
    images = paint(texture(SIZE, 4), walk(80, 100))

    assert find(images, network=Near(0.6))[1] == []
