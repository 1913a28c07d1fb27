"""Subjects of odd shapes: very thin, very flat, tiny, or full of holes and limbs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.frames import Frames
from tests.engines.silhouette.drawn import frames_of

Mask = NDArray[np.uint8]  # (H, W), 255 on the subject


def star(mask: Mask) -> None:
    """60 rays of two pixels."""
    height, width = mask.shape
    for angle in np.linspace(0, 2 * np.pi, 60, endpoint=False):
        end = int(width * (0.5 + 0.48 * np.cos(angle))), int(height * (0.5 + 0.48 * np.sin(angle)))
        cv2.line(mask, (width // 2, height // 2), end, 255, max(2, width // 256))


def few_rays(mask: Mask) -> None:
    """12 rays of two pixels, with much empty picture between them."""
    height, width = mask.shape
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        end = int(width * (0.5 + 0.48 * np.cos(angle))), int(height * (0.5 + 0.48 * np.sin(angle)))
        cv2.line(mask, (width // 2, height // 2), end, 255, 2)


def spiral(mask: Mask) -> None:
    """Ten turns of a band."""
    height, width = mask.shape
    turns = np.linspace(0, 20 * np.pi, 4000)
    radius = turns / turns[-1] * min(height, width) * 0.48
    points = np.stack([width / 2 + radius * np.cos(turns), height / 2 + radius * np.sin(turns)], axis=1)
    cv2.polylines(mask, [points.astype(np.int32)], isClosed=False, color=255, thickness=max(1, width // 128))


def comb(mask: Mask) -> None:
    """40 teeth on a bar."""
    height, width = mask.shape
    mask[height // 2 - 2 : height // 2 + 2] = 255
    mask[:, np.arange(width) % max(2, width // 40) < max(1, width // 128)] = 255


def disc(mask: Mask) -> None:
    """A third of the shorter side in radius."""
    height, width = mask.shape
    cv2.circle(mask, (width // 2, height // 2), min(height, width) // 3, 255, cv2.FILLED)


SUBJECTS: Mapping[str, Callable[[Mask], object]] = {
    "star": star,
    "few rays": few_rays,
    "spiral": spiral,
    "comb": comb,
    "noise": lambda mask: mask.__setitem__(np.random.default_rng(0).random(mask.shape) > 0.5, 255),
    "specks": lambda mask: mask.__setitem__(np.random.default_rng(0).random(mask.shape) > 0.97, 255),
    "disc": disc,
    "pixel": lambda mask: mask.__setitem__((mask.shape[0] // 2, mask.shape[1] // 2), 255),
    "bar": lambda mask: mask[:, : max(1, mask.shape[1] - 1)].fill(255),
    "all": lambda mask: mask.fill(255),
}


@dataclass(frozen=True)
class OddClip:
    """A clip of an odd subject that stands still while its colours move.

    Attributes:
        subject: one of `SUBJECTS`.
        height: pixels.
        width: pixels.
        count: frames.
        alpha: whether the frames say what the subject is; else it stands before a plain backdrop.
    """

    subject: str
    height: int
    width: int
    count: int = 16
    alpha: bool = True

    def draw(self) -> Frames:
        """The clip's frames."""
        mask = np.zeros((self.height, self.width), np.uint8)
        SUBJECTS[self.subject](mask)
        colours = np.random.default_rng(1).integers(0, 256, (*mask.shape, 3), np.uint8)
        images = np.full((self.count, *mask.shape, 4), 255, np.uint8)
        for frame, image in enumerate(images):
            image[..., :3] = np.where(mask[..., None] > 0, np.roll(colours, frame, axis=1), 200)
            if self.alpha:
                image[..., 3] = mask
        return frames_of(images)
