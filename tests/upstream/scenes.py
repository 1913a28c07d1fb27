"""Clips for the pipeline: a limb that swings, with its mask for alpha or on a plain background."""

import cv2
import numpy as np

from actionmesh_wrapper.data.frames import Frames, Source

SIZE = 160


def swing(count: int, *, alpha: bool = True) -> Frames:
    """A body with an arm that swings, (count, SIZE, SIZE, 4)."""
    images = np.zeros((count, SIZE, SIZE, 4), np.uint8)
    for index, image in enumerate(images):
        mask = np.zeros((SIZE, SIZE), np.uint8)
        cv2.circle(mask, (70, 90), 30, 255, -1)
        angle = 0.4 * np.sin(index / 3)
        tip = (round(70 + 60 * np.cos(angle)), round(80 - 60 * np.sin(angle)))
        cv2.line(mask, (70, 80), tip, 255, 14)
        y, x = np.mgrid[:SIZE, :SIZE]
        texture = np.stack([120 + 80 * np.sin(x / 9), 100 + 60 * np.cos(y / 7), 90 + x / 4], axis=-1)
        image[..., :3] = np.where(mask[..., None] > 0, texture, 235).astype(np.uint8)
        image[..., 3] = cv2.GaussianBlur(mask, (3, 3), 0) if alpha else 255
    source = Source(duration_s=count / 8, width=SIZE, height=SIZE, fps=8.0, frames=count)
    return Frames(images, np.arange(count) / 8, source)
