"""Masks of clips that are drawn here, so that the truth is known."""

import cv2
import numpy as np
import pytest

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import Cancelled, SubjectNotFound
from actionmesh_wrapper.masking.classical import find_masks
from tests.masking.classical.scenes import FRAMES, SIZE, Picture, find, flat, overlap, paint, texture, walk


def codes(notices: list[Notice]) -> list[str]:
    return [notice.code for notice in notices]


@pytest.mark.parametrize("colour", [(255, 255, 255), (128, 128, 128), (30, 90, 180), (225, 200, 160)])
def test_a_subject_before_one_colour(colour: tuple[float, float, float]) -> None:
    truth = walk(80, 110)

    masks, notices = find(paint(flat(*colour), truth))

    assert overlap(masks, truth).mean() > 0.95
    assert overlap(masks, truth).min() > 0.93
    assert notices == []


def test_a_vignette_is_backdrop() -> None:
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    vignette = (190 * (1 - 0.15 * (x**2 + y**2)))[..., None] * np.ones(3)
    truth = walk(80, 110)

    masks, _ = find(paint(vignette, truth))

    assert overlap(masks, truth).min() > 0.95


def test_wall_ground_and_soft_shadow_are_backdrop() -> None:
    truth = walk(75, 115)
    y, x = np.mgrid[:SIZE, :SIZE]
    room: Picture = np.where((y < 110)[..., None], [200.0, 205.0, 212.0], [170.0, 152.0, 130.0])
    room = np.asarray(cv2.GaussianBlur(room, (0, 0), 1), np.float64)
    middles = np.linspace(75, 115, FRAMES)
    shadows = np.stack([np.exp(-((((x - m) / 42) ** 2 + ((y - 132) / 9) ** 2) ** 1.5)) for m in middles])
    background: Picture = room * (1 - 0.4 * shadows[..., None])

    masks, notices = find(paint(background, truth))

    assert overlap(masks, truth).min() > 0.93
    under_the_feet = (shadows > 0.5) & (truth == 0)
    assert masks[under_the_feet].mean() < 0.06
    assert notices == []


def test_background_between_the_legs_stays_a_hole() -> None:
    ring = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(ring, (96, 96), 40, 255, 18, cv2.LINE_AA)
    truth = np.repeat((ring / 255).astype(np.float32)[None], FRAMES, axis=0)

    masks, _ = find(paint(flat(210, 210, 215), truth))

    assert (masks[:, 90:102, 90:102] == 0).all()


def test_pinholes_close() -> None:
    truth = walk(80, 110)
    images = paint(flat(230, 230, 230), truth, noise=0)
    for image, x in zip(images, np.linspace(80, 110, FRAMES), strict=True):
        image[90:92, round(x) : round(x) + 2] = 230

    masks, _ = find(images)

    centres = np.linspace(80, 110, FRAMES).round().astype(int)
    assert all(mask[91, x] > 0.9 for mask, x in zip(masks, centres, strict=True))


def test_a_subject_that_leaves_the_picture_is_no_backdrop() -> None:
    truth = walk(20, 60)
    truth[:, 70:105, :40] = 1  # an arm that reaches in from the left

    masks, _ = find(paint(flat(220, 222, 226), truth))

    assert overlap(masks, truth).min() > 0.95
    assert (masks[:, 75:100, 0] > 0.9).all()


def test_a_subject_that_moves_before_a_texture() -> None:
    truth = walk(45, 145)

    masks, notices = find(paint(texture(SIZE, 1), truth))

    assert overlap(masks, truth).mean() > 0.88
    assert overlap(masks, truth).min() > 0.8
    assert codes(notices) == ["MASK_NETWORK_MISSING"]


def test_a_subject_that_a_panning_camera_keeps_in_the_middle() -> None:
    truth = walk(90, 100)
    wide = texture(400, 2)
    background = np.stack([wide[:, 10 + 9 * t : 10 + 9 * t + SIZE] for t in range(FRAMES)])

    masks, notices = find(paint(background, truth))

    assert overlap(masks, truth).mean() > 0.9
    assert overlap(masks, truth).min() > 0.85
    assert codes(notices) == ["MASK_NETWORK_MISSING"]


@pytest.mark.parametrize("frames", [FRAMES, 1])
def test_what_rests_before_a_texture_takes_the_network(frames: int) -> None:
    truth = np.repeat(walk(96, 96)[:1], frames, axis=0)

    with pytest.raises(SubjectNotFound, match=r"No subject was found\. A subject_box .*U2NETP"):
        find(paint(texture(SIZE, 5, coarsest=8), truth))


def test_a_cut_is_warned_of() -> None:
    first, second = walk(40, 60), walk(130, 150)
    images = paint(texture(SIZE, 6), first)
    images[8:] = paint(255 - texture(SIZE, 7), second)[8:]

    _, notices = find(images)

    assert codes(notices) == ["MASK_LOW_CONFIDENCE", "MASK_NETWORK_MISSING"]


def test_nothing_but_backdrop_is_no_subject() -> None:
    images = np.full((FRAMES, SIZE, SIZE, 3), 127, np.uint8)

    with pytest.raises(SubjectNotFound) as caught:
        find(images)

    assert str(caught.value) == (
        "SUBJECT_NOT_FOUND: No subject was found. A subject_box around it in the first frame helps."
    )


def test_one_frame_is_enough() -> None:
    truth = walk(80, 110)[:1]

    masks, _ = find(paint(flat(240, 240, 240), truth))

    assert overlap(masks, truth).min() > 0.95


def test_large_frames_are_worked_on_small_and_returned_large() -> None:
    truth = walk(80, 110)[:2]
    images = paint(flat(240, 240, 240), truth)
    large = np.stack([cv2.resize(image, (800, 600), interpolation=cv2.INTER_CUBIC) for image in images])

    masks, _ = find(large)

    shown = np.stack([cv2.resize(mask, (800, 600), interpolation=cv2.INTER_LINEAR) for mask in truth])
    assert overlap(masks, shown).min() > 0.94


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 12, 200), (2, 300, 10)])
def test_small_and_narrow_pictures_are_no_trouble(shape: tuple[int, int, int]) -> None:
    images = np.zeros((*shape, 3), np.uint8)
    truth = np.zeros(shape, np.float32)
    middle = np.s_[:, shape[1] // 4 : -shape[1] // 4, shape[2] // 4 : -shape[2] // 4]
    images[middle], truth[middle] = (200, 90, 30), 1

    masks, _ = find(images)

    assert overlap(masks, truth).min() > 0.9


@pytest.mark.parametrize("background", [flat(200, 205, 210), texture(SIZE, 1)], ids=["plain", "textured"])
def test_two_runs_are_identical(background: Picture) -> None:
    images = paint(background, walk(45, 145))

    first, _ = find(images)
    cv2.setRNGSeed(77)
    second, _ = find(images)

    assert np.array_equal(first, second)


def test_the_images_are_left_alone() -> None:
    images = paint(flat(200, 205, 210), walk(45, 145))
    before = images.copy()

    find(images)

    assert np.array_equal(images, before)


def test_every_frame_is_reported() -> None:
    steps: list[tuple[int, int]] = []
    images = paint(flat(200, 205, 210), walk(45, 145))

    find_masks(
        images,
        box=None,
        points=None,
        step=lambda done, of: steps.append((done, of)),
        warn=lambda notice: None,
    )

    assert steps == [(done, FRAMES) for done in range(FRAMES + 1)]


@pytest.mark.parametrize("at", [0, 1, FRAMES])
def test_a_cancel_passes_through(at: int) -> None:
    def step(done: int, of: int) -> None:
        if done == at:
            raise Cancelled

    images = paint(flat(200, 205, 210), walk(45, 145))

    with pytest.raises(Cancelled):
        find_masks(images, box=None, points=None, step=step, warn=lambda notice: None)
