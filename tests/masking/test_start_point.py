import numpy as np
import pytest

from actionmesh_wrapper.masking.start_point import Start, find_start
from actionmesh_wrapper.motion.flow import ClipMotion
from tests.masking.classical.scenes import FRAMES, SIZE, paint, texture, walk
from tests.masking.fakes import Masks

STILL = paint(texture(SIZE, 5), walk(96, 96)[:1].repeat(FRAMES, axis=0), noise=0)


def at(masks: np.ndarray, start: Start) -> float:
    return float(masks[0, int(start.y * SIZE), int(start.x * SIZE)])


@pytest.mark.parametrize("path", [(45, 145), (150, 60)])
def test_what_moves_before_a_texture(path: tuple[float, float]) -> None:
    truth = walk(*path)

    start = find_start(ClipMotion(paint(texture(SIZE, 1), truth)))

    assert start.what == "the moving part"
    assert at(truth, start) == 1


def test_what_moves_against_a_panning_camera() -> None:
    truth, wide = walk(90, 100), texture(400, 2)
    background = np.stack([wide[:, 10 + 9 * t : 10 + 9 * t + SIZE] for t in range(FRAMES)])

    start = find_start(ClipMotion(paint(background, truth)))

    assert start.what == "the moving part"
    assert at(truth, start) == 1


def disc(*frames: int, radius: int = 20) -> Masks:
    masks = np.zeros((FRAMES, SIZE, SIZE), np.uint8)
    y, x = np.mgrid[:SIZE, :SIZE]
    masks[list(frames)] = np.where((x - 50) ** 2 + (y - 140) ** 2 <= radius**2, 255, 0)
    return masks


def test_where_nothing_moves_the_first_mask_that_shows_something() -> None:
    masks = disc(3, 4)
    masks[1] = 255

    start = find_start(ClipMotion(STILL), masks)

    assert (start.x, start.y) == pytest.approx((50.5 / SIZE, 140.5 / SIZE))
    assert start.what == "RMBG's mask"


def test_a_mask_at_the_edge_is_deepest_within_the_picture() -> None:
    masks = np.zeros((FRAMES, SIZE, SIZE), np.uint8)
    masks[:, :, :40] = 255

    start = find_start(ClipMotion(STILL), masks)

    assert start.x == pytest.approx(20 / SIZE, abs=1 / SIZE)
    assert start.y == pytest.approx(0.5, abs=0.4)


@pytest.mark.parametrize("masks", [None, disc(), np.full((FRAMES, SIZE, SIZE), 255, np.uint8)])
def test_where_nothing_says_anything_the_middle(masks: Masks | None) -> None:
    assert find_start(ClipMotion(STILL), masks) == Start(0.5, 0.5, "the middle of the picture")


def test_one_frame_does_not_move() -> None:
    assert find_start(ClipMotion(STILL[:1])).what == "the middle of the picture"
