"""Clips that are drawn, so that their masks are known, and a measure of masks that were found."""

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.masking.classical import find_masks
from actionmesh_wrapper.masking.models import Saliency

FRAMES = 16
SIZE = 192

Images = NDArray[np.uint8]
Masks = NDArray[np.float32]
Picture = NDArray[np.float64]


def texture(width: int, seed: int, *, coarsest: int = 32) -> Picture:
    """A cloudy (SIZE, width, 3) picture in greens and blues."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((SIZE, width, 3))
    for scale in (2, 4, 8, 16, 32):
        if scale <= coarsest:
            noise = rng.standard_normal((SIZE // scale + 2, width // scale + 2, 3))
            picture += cv2.resize(noise, (width, SIZE), interpolation=cv2.INTER_CUBIC) * scale**0.5
    return np.asarray(np.clip(picture / picture.std() * 25 + [70, 120, 110], 0, 255), np.float64)


def beast(x: float, y: float, size: float, swing: float) -> Masks:
    """(SIZE, SIZE) coverage of a body with a head and two legs, its middle at x, y."""
    scale = 8  # OpenCV's drawing takes fixed-point numbers of 3 bits
    mask = np.zeros((SIZE, SIZE), np.uint8)

    def point(dx: float, dy: float) -> tuple[int, int]:
        return round((x + dx * size) * scale), round((y + dy * size) * scale)

    axes = round(size * scale), round(size * 0.6 * scale)
    cv2.ellipse(mask, point(0, 0), axes, 0, 0, 360, 255, -1, cv2.LINE_AA, 3)
    cv2.circle(mask, point(1, -0.6), round(size * 0.4 * scale), 255, -1, cv2.LINE_AA, 3)
    for hip, foot in ((-0.5, -0.5 + swing), (0.5, 0.5 - swing)):
        cv2.line(mask, point(hip, 0), point(foot, 1.3), 255, max(3, round(size / 4)), cv2.LINE_AA, 3)
    return np.asarray(mask / 255, np.float32)


def walk(start: float, end: float, *, y: float = 90, size: float = 30) -> Masks:
    """(FRAMES, SIZE, SIZE): the beast goes from x = start to x = end."""
    return np.stack(
        [beast(x, y, size, 0.3 * np.sin(t)) for t, x in enumerate(np.linspace(start, end, FRAMES))]
    )


def grow(start: float, end: float, *, y: float) -> Masks:
    """(FRAMES, SIZE, SIZE): the beast goes as in `walk`, and grows to twice its size."""
    return np.stack([walk(start, end, y=y, size=14 + frame)[frame] for frame in range(FRAMES)])


def paint(background: Picture, *subjects: Masks, noise: float = 1.5) -> Images:
    """Lays orange, faintly marked subjects over one background or one for each frame."""
    fur = np.array([205, 130, 75]) + (texture(SIZE, 9) - 100) * 0.25
    return lay(background, *((masks, fur) for masks in subjects), noise=noise)


def lay(background: Picture, *things: tuple[Masks, Picture], noise: float = 2) -> Images:
    """Lays things, in a colour or a picture each, over a background, each before those named earlier."""
    frames = np.broadcast_to(background, (len(things[0][0]), SIZE, SIZE, 3)).copy()
    for masks, look in things:
        frames += masks[..., None] * (look - frames)
    frames += np.random.default_rng(3).normal(0, noise, frames.shape)
    return np.asarray(np.clip(frames + 0.5, 0, 255), np.uint8)


def flat(*colour: float) -> Picture:
    return np.broadcast_to(np.array(colour, np.float64), (SIZE, SIZE, 3)).copy()


def find(
    images: Images,
    box: tuple[float, float, float, float] | None = None,
    points: tuple[tuple[float, float, bool], ...] | None = None,
    network: Saliency | None = None,
) -> tuple[Masks, list[Notice]]:
    """The masks that are found, and the warnings."""
    notices: list[Notice] = []
    masks = find_masks(
        images, box=box, points=points, step=lambda done, of: None, warn=notices.append, network=network
    )
    assert masks.dtype == np.float32
    assert masks.shape == images.shape[:3]
    assert masks.min() >= 0
    assert masks.max() <= 1
    return masks, notices


class Orange:
    """A stand-in for the network: what is orange stands out, and nothing where all is.

    Attributes:
        asked: how often it was.
    """

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, rgb: Images) -> Masks:
        self.asked += 1
        red, _, blue = np.moveaxis(rgb.astype(np.float32), -1, 0)
        return np.asarray(cv2.blur((red - blue > 60).astype(np.float32), (3, 3)), np.float32)


class Standing(Orange):
    """A stand-in to which all that is no green or blue texture stands out."""

    def __call__(self, rgb: Images) -> Masks:
        self.asked += 1
        red, green, blue = np.moveaxis(rgb.astype(np.float32), -1, 0)
        return np.asarray((red - blue > 60) | (blue - green > 80), np.float32)


def overlap(masks: Masks, truth: Masks) -> NDArray[np.float64]:
    """Intersection over union of each frame."""
    one, other = masks > 0.5, truth > 0.5
    return np.asarray((one & other).sum(axis=(1, 2)) / (one | other).sum(axis=(1, 2)), np.float64)


def held_cup(arm_colour: tuple[float, float, float], background: Picture) -> tuple[Images, Masks, Masks]:
    """A dark cup that an arm from the right moves: the frames, what is seen of the cup, and of the arm.

    The fingers lie before the cup.
    """
    cup, arm = np.zeros((2, FRAMES, SIZE, SIZE), np.float32)
    for frame, x in enumerate(np.linspace(60, 80, FRAMES).round().astype(int)):
        cup[frame, 55:125, x - 20 : x + 20] = 1
        arm[frame, 80:100, x + 5 :] = 1
    cup *= 1 - arm
    images = lay(background, (cup, np.array([40.0, 60, 150])), (arm, np.array(arm_colour)))
    return images, cup, arm
