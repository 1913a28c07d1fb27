"""A drawn animal, and clips made by bending any picture along paths that are known."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.frames import Frames, Source

FPS = 8.0
INVERSION_STEPS = 30  # fixed-point steps; each leaves at most 0.7 of the error
GRID = 4  # pixels; the bend is smooth enough to be interpolated between


def animal(size: int = 512, seed: int = 0) -> NDArray[np.uint8]:
    """A four-legged animal with a mottled coat, (size, size, 4) uint8 RGBA, transparent around it."""
    unit = size / 512
    mask = np.zeros((size, size), np.uint8)

    def limb(points: list[tuple[int, int]], width: int) -> None:
        line = np.round(np.array(points) * unit).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(mask, [line], isClosed=False, color=255, thickness=max(1, round(width * unit)))

    centre = tuple(np.round(np.array([235, 235]) * unit).astype(int).tolist())
    cv2.ellipse(mask, centre, (round(120 * unit), round(62 * unit)), 0, 0, 360, 255, -1)
    limb([(330, 220), (385, 160), (400, 120)], 46)  # neck
    limb([(392, 118), (446, 136)], 38)  # head
    limb([(150, 260), (140, 340), (128, 420)], 32)
    limb([(200, 270), (205, 350), (200, 424)], 30)
    limb([(285, 270), (290, 350), (284, 424)], 30)
    limb([(330, 255), (345, 340), (352, 420)], 32)
    limb([(125, 220), (88, 250), (74, 310)], 14)  # tail
    return np.dstack([_coat(size, np.random.default_rng(seed)), mask])


def blob(size: int, centre: tuple[float, float], radius: float, seed: int = 0) -> NDArray[np.uint8]:
    """A mottled disc, (size, size, 4) uint8 RGBA; centre and radius in pixels."""
    mask = np.zeros((size, size), np.uint8)
    scaled = tuple(round(16 * c) for c in centre)
    cv2.circle(mask, scaled, round(16 * radius), 255, -1, cv2.LINE_AA, 4)
    return np.dstack([_coat(size, np.random.default_rng(seed)), mask])


def frames_of(images: NDArray[np.uint8], fps: float = FPS) -> Frames:
    """Frames of pictures (T, H, W, 4) taken at a steady pace."""
    count, height, width = images.shape[:3]
    return Frames(images, np.arange(count) / fps, Source(count / fps, width, height, fps, count))


@dataclass(frozen=True)
class Bend:
    """A smooth motion of the whole plane: sway, stretch, and limbs that swing in opposite directions.

    Attributes:
        count: frames in one period.
        size: side of the picture, pixels.
        strength: factor on the motion; 1 moves an animal's pixels by nearly 40 at 512, in the mean.
    """

    count: int = 16
    size: int = 512
    strength: float = 1.0

    def displacement(self, points: NDArray[np.float64], frame: int) -> NDArray[np.float64]:
        """How far points (..., 2) of the still picture have moved in a frame, pixels."""
        x, y = points[..., 0] / self.size, points[..., 1] / self.size
        phase = 2 * np.pi * frame / self.count
        sway, swing = np.sin(phase), np.sin(phase + 0.7)
        low = 1 / (1 + np.exp(-(y - 0.62) * 14))  # legs, softly
        high = 1 / (1 + np.exp((y - 0.38) * 14)) / (1 + np.exp(-(x - 0.62) * 14))  # head
        dx = 0.09 * sway + 0.075 * low * swing * np.cos(9 * x + phase) - 0.05 * high * swing
        dy = 0.035 * np.sin(phase + 5 * x) + 0.03 * high * sway
        return self.strength * self.size * np.stack([dx, dy], axis=-1)

    def forwards(self, points: NDArray[np.float64], frame: int) -> NDArray[np.float64]:
        """Where points (..., 2) of the still picture are in a frame."""
        return points + self.displacement(points, frame)

    def backwards(self, points: NDArray[np.float64], frame: int) -> NDArray[np.float64]:
        """Where points (..., 2) of a frame come from in the still picture."""
        still = points.copy()
        for _ in range(INVERSION_STEPS):
            still = points - self.displacement(still, frame)
        return still

    def clip(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture (size, size, 4) bent in every frame: (count, size, size, 4) uint8."""
        coarse = np.indices((self.size // GRID,) * 2)[::-1].transpose(1, 2, 0)
        grid = (coarse + 0.5).astype(np.float64) * GRID - 0.5  # as cv2.resize places its pixels
        y, x = np.indices((self.size,) * 2, dtype=np.float32)
        images = []
        for frame in range(self.count):
            shift = (self.backwards(grid, frame) - grid).astype(np.float32)
            dense = cv2.resize(shift, (self.size, self.size), interpolation=cv2.INTER_CUBIC)
            images.append(cv2.remap(picture, x + dense[..., 0], y + dense[..., 1], cv2.INTER_CUBIC))
        return np.stack(images).astype(np.uint8)


def _coat(size: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Noise at several scales on brown, (size, size, 3) uint8."""
    noise = np.zeros((size, size))
    for blur, weight in ((2, 1.0), (6, 1.5), (20, 1.5)):
        layer = cv2.GaussianBlur(random.standard_normal((size, size)), (0, 0), blur * size / 512)
        noise += weight * layer / layer.std()
    brown = np.array([150, 112, 80]) + noise[..., None] * np.array([14, 13, 12])
    return np.asarray(np.clip(brown, 0, 255), np.uint8)
