"""A clip that is as hard to encode, and to decode, as one of a camera."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.system.ffmpeg import encode_mp4

SECONDS, FPS = 3, 30
CRF = 18
OCTAVES = range(1, 8)  # of its textures, each as strong as the next, as in photographs
CONTRAST = 100  # of a texture, from its mean
GRAIN = 4.0  # standard deviation of its noise, of 255


def write_clip(path: Path, width: int, height: int) -> None:
    """A disc crosses a ground that drifts the other way, both textured like a photograph, with grain."""
    draw = np.random.default_rng(0)
    room = width // 4
    ground, subject = (_texture(draw, width + room, height) for _ in range(2))
    grain = draw.normal(0, GRAIN, ground.shape).astype(np.float32)
    count = SECONDS * FPS

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for index in range(count):
            drift = room * index // count
            disc = cv2.circle(
                np.zeros((height, width), np.uint8), (width // 3 + drift, height // 2), height // 3, 1, -1
            )
            seen = np.where(disc[..., None], subject[:, :width], ground[:, drift : drift + width])
            down, across = int(draw.integers(height)), int(draw.integers(room))
            noise = np.roll(grain[:, across : across + width], down, axis=0)
            yield np.clip(seen + noise, 0, 255).astype(np.uint8)

    encode_mp4(pictures(), path, FPS, crf=CRF, preset="veryfast")


def _texture(draw: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    """(height, width, 3) float32 sRGB, 0 to 255."""
    total = np.zeros((height, width, 3), np.float32)
    for octave in OCTAVES:
        coarse = draw.random((2 + (height >> octave), 2 + (width >> octave), 3), np.float32) - 0.5
        total += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(128 + total * (CONTRAST / np.abs(total).max()), np.float32)
