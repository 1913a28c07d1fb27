"""Difficult clips: each gives a sound animation."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.silhouette import Silhouette
from tests.engines.silhouette.drawn import blob, frames_of
from tests.engines.silhouette.measures import is_watertight, num_components, volume

SIZE = 96
Draw = Callable[[NDArray[np.uint8], int], object]


def disc(mask: NDArray[np.uint8], x: float, y: float, radius: float) -> None:
    cv2.circle(mask, (round(x), round(y)), round(radius), 255, -1)


def legs(mask: NDArray[np.uint8], t: int) -> None:
    """Two legs that cross under a body, and so split and merge."""
    cv2.ellipse(mask, (48, 36), (38, 14), 0, 0, 360, 255, -1)
    cv2.line(mask, (30, 36), (30 + 6 * t, 84), 255, 7)
    cv2.line(mask, (64, 36), (64 - 6 * t, 84), 255, 7)


def parting(mask: NDArray[np.uint8], t: int) -> None:
    """A disc that becomes two."""
    disc(mask, 44 - 3 * t, 48, 15)
    disc(mask, 50 + 3 * t, 48, 15)


CLIPS: dict[str, Draw] = {
    "leaves the picture": lambda mask, t: disc(mask, 60 + 6 * t, 48, 24),
    "in the corner": lambda mask, t: cv2.rectangle(mask, (0, 0), (24, 20 + t), 255, -1),
    "three pixels": lambda mask, t: disc(mask, 20 + 5 * t, 48, 1),
    "nearly everything": lambda mask, t: cv2.rectangle(mask, (0, 0), (90 + t % 3, SIZE), 255, -1),
    "crossing legs": legs,
    "two discs that part": parting,
    "a line": lambda mask, t: cv2.line(mask, (8, 48 - t), (88, 48 + t), 255, 2),
    "a ring": lambda mask, t: cv2.circle(mask, (48, 48), 26 + t, 255, 8),
    "jumps": lambda mask, t: disc(mask, 26 if t % 4 < 2 else 70, 48, 20),
    "changes its size": lambda mask, t: disc(mask, 48, 48, 16 if t % 2 else 40),
    "does not move": lambda mask, t: disc(mask, 48, 48, 30),
    "specks": lambda mask, t: mask.__setitem__(np.random.default_rng(t).random(mask.shape) > 0.97, 255),
}


def clip(draw: Draw, count: int = 4) -> NDArray[np.uint8]:
    images = np.stack([blob(SIZE, (0, 0), 0) for _ in range(count)])
    for frame in range(count):
        mask = np.zeros((SIZE, SIZE), np.uint8)
        draw(mask, frame)
        images[frame, ..., 3] = mask
    return images


def assert_sound(images: NDArray[np.uint8], options: Options | None = None) -> None:
    animation = Silhouette().animate(
        Task(frames_of(images), options or Options(face_decimation=1500)), Listener()
    )
    assert animation.num_frames == len(images)
    assert is_watertight(animation.faces)
    assert num_components(animation.faces) == 1
    assert np.abs(animation.vertices).max() == pytest.approx(1)
    assert volume(animation.vertices[len(images) // 2], animation.faces) > 0


@pytest.mark.parametrize("name", CLIPS)
def test_gives_a_sound_animation(name: str) -> None:
    assert_sound(clip(CLIPS[name]))


@pytest.mark.parametrize("count", [1, 2, 5, 31])
def test_any_number_of_frames(count: int) -> None:
    assert_sound(clip(lambda mask, t: disc(mask, 30 + t, 48, 20), count))


def test_one_colour_has_no_texture_to_track_by() -> None:
    images = clip(CLIPS["crossing legs"])
    images[..., :3] = 128
    assert_sound(images)


@pytest.mark.parametrize("size", [(1080, 1920), (64, 64)])
def test_any_size_of_picture(size: tuple[int, int]) -> None:
    height, width = size
    images = np.full((2, height, width, 4), 90, np.uint8)
    for frame, image in enumerate(images):
        mask = np.zeros(size, np.uint8)
        disc(mask, width / 2 + frame, height / 2, height / 4)
        image[..., 3] = mask
    assert_sound(images)


@pytest.mark.parametrize("faces", [1000, 40_000])
def test_a_thin_subject_survives_any_number_of_faces(faces: int) -> None:
    assert_sound(clip(CLIPS["a line"], 2), Options(face_decimation=faces))
