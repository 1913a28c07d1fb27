"""Which of what stands out and what moves is the subject, where they are not one thing."""

import numpy as np
import pytest

from actionmesh_wrapper.data.arrays import Singles
from actionmesh_wrapper.masking.classical.mover import ALSO_MOVES, CHANGES, ELSE_MOVES, Weighed, weigh_motion
from actionmesh_wrapper.masking.classical.salient import MOST_NEAR, Salient
from actionmesh_wrapper.motion.clip import shrink
from actionmesh_wrapper.motion.flow import find_flow
from tests.masking.classical.scenes import (
    FRAMES,
    SIZE,
    Images,
    Masks,
    Orange,
    find,
    grow,
    lay,
    overlap,
    texture,
    walk,
)

WALL = texture(SIZE, 5, coarsest=8)
GROWING = grow(60, 120, y=70)
MOVER = walk(60, 120, y=70, size=22)
ALONE = np.where(GROWING[..., None] > 0.5, (240, 120, 60), (60, 120, 110)).astype(np.uint8)
REDS, BLUES = (200, 60, 40), (60, 50, 190)


class Nothing(Orange):
    """A stand-in to which nothing stands out."""

    def __call__(self, rgb: Images) -> Masks:
        return 0 * super().__call__(rgb)


def disc(x: int, y: int, radius: int) -> Masks:
    """(FRAMES, SIZE, SIZE): a disc that rests."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    inside = (columns - x) ** 2 + (rows - y) ** 2 < radius**2
    return np.repeat(inside[None], FRAMES, axis=0).astype(np.float32)


PICTURE = disc(100, 80, 70)


def scene(*things: tuple[Masks, tuple[int, int, int]]) -> Images:
    """Things in their colours before the wall, each before those named earlier."""
    grain = 0.5 * (WALL - WALL.mean(axis=(0, 1)))
    return lay(WALL, *((masks, np.array(colour) + grain) for masks, colour in things))


def weigh(
    images: Images, stands_out: Masks, moving: Masks, network: Orange, *, seen: Images | None = None
) -> Weighed:
    """Weighs the beliefs in two masks; the network sees the images, or others."""
    clip = shrink(images)
    salient = Salient(images if seen is None else seen, (SIZE, SIZE), network, lambda _done, _of: None)
    return weigh_motion(clip, find_flow(clip), belief(stands_out), belief(moving), salient)


def belief(masks: Masks) -> Singles:
    return np.where(masks > 0.5, 3, -3).astype(np.float32)


def test_where_both_are_one_thing_both_count() -> None:
    weighed = weigh(scene((MOVER, REDS)), MOVER, MOVER, Nothing())

    assert overlap(weighed.belief, MOVER).min() > 0.99
    assert weighed.doubt is None


def test_a_thing_of_its_own_before_what_rests_is_the_subject() -> None:
    weighed = weigh(scene((PICTURE, BLUES), (MOVER, REDS)), PICTURE, MOVER, Nothing())

    assert overlap(weighed.belief, MOVER).min() > 0.99
    assert weighed.doubt is None


@pytest.mark.parametrize(("network", "is_whole"), [(Orange(), True), (Nothing(), False)])
def test_what_rests_of_the_mover_is_seen_in_windows_about_it(network: Orange, is_whole: bool) -> None:
    moves = MOVER.copy()
    moves[:, 74:] = 0  # its lower part, of which motion says little

    images = scene((PICTURE, BLUES), (MOVER, REDS))
    said = np.where(moves < MOVER, np.float32(-1), belief(moves))
    salient = Salient(images, (SIZE, SIZE), network, lambda _done, _of: None)
    clip = shrink(images)
    weighed = weigh_motion(clip, find_flow(clip), belief(PICTURE), said, salient)

    assert (overlap(weighed.belief, MOVER).min() > 0.75) == is_whole
    assert salient.looks == MOST_NEAR


@pytest.mark.parametrize(("size", "doubt"), [(12, None), (18, ALSO_MOVES)])
def test_what_moves_elsewhere_is_not_the_subject(size: int, doubt: str | None) -> None:
    other = walk(150, 110, y=160, size=size)

    weighed = weigh(
        scene((PICTURE, BLUES), (MOVER, REDS), (other, REDS)), PICTURE, np.maximum(MOVER, other), Nothing()
    )

    assert overlap(weighed.belief, MOVER).min() > 0.99
    assert overlap(weighed.moving, MOVER).min() > 0.99
    assert weighed.doubt == doubt


def test_a_part_of_the_same_colours_is_not_the_subject() -> None:
    weighed = weigh(scene((PICTURE, REDS), (MOVER, REDS)), PICTURE, MOVER, Nothing())

    assert overlap(weighed.belief, PICTURE).min() > 0.99
    assert weighed.doubt == ELSE_MOVES


def jumps() -> Masks:
    there = MOVER.copy()
    there[8:] = np.roll(there[8:], 60, axis=1)
    return there


@pytest.mark.parametrize("moving", [GROWING, jumps()], ids=["grows", "jumps"])
def test_what_comes_and_goes_is_not_the_subject(moving: Masks) -> None:
    weighed = weigh(scene((PICTURE, BLUES), (moving, REDS)), PICTURE, moving, Nothing())

    assert overlap(weighed.belief, PICTURE).min() > 0.99
    assert weighed.doubt == ELSE_MOVES


def test_many_things_that_move_say_nothing_against_what_stands_out() -> None:
    leaves = np.maximum.reduce([walk(x, x + 10, y=y, size=5) for x in (20, 80, 130) for y in (10, 150)])

    weighed = weigh(scene((PICTURE, BLUES), (leaves, REDS)), PICTURE, leaves, Nothing())

    assert overlap(weighed.belief, PICTURE).min() > 0.99
    assert weighed.doubt is None


def test_what_the_network_sees_alone_is_the_subject() -> None:
    images = scene((PICTURE, (240, 120, 60)), (GROWING, (240, 120, 60)))

    weighed = weigh(images, PICTURE, GROWING, Orange(), seen=ALONE)

    assert overlap(weighed.belief, GROWING).min() > 0.99
    assert weighed.doubt is None


def test_what_the_network_sees_alone_is_the_subject_with_a_doubt_where_more_moves() -> None:
    other = np.maximum(walk(150, 110, y=160, size=7), walk(20, 40, y=150, size=7))
    images = scene((PICTURE, BLUES), (GROWING, (240, 120, 60)), (other, BLUES))

    weighed = weigh(images, PICTURE, np.maximum(GROWING, other), Orange(), seen=ALONE)

    assert overlap(weighed.belief, GROWING).min() > 0.9
    assert weighed.doubt == ELSE_MOVES


def test_what_moves_is_taken_with_a_doubt_where_something_else_stands_out_in_each_frame() -> None:
    places = np.random.default_rng(2).integers(40, 150, (FRAMES, 2))
    changing = np.stack([disc(int(x), int(y), 30)[0] for x, y in places])

    weighed = weigh(scene((MOVER, REDS)), changing, MOVER, Nothing())

    assert overlap(weighed.belief, MOVER).min() > 0.99
    assert weighed.doubt == CHANGES


def test_few_things_that_move_say_nothing_against_what_stands_out() -> None:
    speck = walk(60, 120, y=70, size=3)
    specks = np.maximum(speck, np.roll(speck, 60, axis=1))

    weighed = weigh(scene((PICTURE, BLUES), (specks, BLUES)), PICTURE, specks, Nothing())

    assert overlap(weighed.belief, PICTURE).min() > 0.99
    assert weighed.doubt is None


def test_a_mover_before_a_picture_that_stands_out_is_found_in_a_clip() -> None:
    masks, _ = find(scene((PICTURE, (230, 130, 60)), (MOVER, BLUES)), network=Orange())

    assert overlap(masks, MOVER).min() > 0.8
