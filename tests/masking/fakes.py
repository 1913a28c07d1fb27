"""Stand-ins for RMBG and SAM 2 whose masks are known, and clips for them."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.progress import Notice, StageStep
from actionmesh_wrapper.masking.models import Box, Lend, MaskModels, MaskTracker, Points, Segmenter
from tests.masking.classical.scenes import SIZE, flat, paint, walk

Masks = NDArray[np.uint8]


class KnownSegmenter:
    """A segmenter that returns known masks, one after the other.

    Attributes:
        seen: the pictures that it was called with.
        lent: how many hold it at present.
    """

    def __init__(self, masks: Masks) -> None:
        self.masks = masks
        self.seen: list[NDArray[np.uint8]] = []
        self.lent = 0

    def __call__(self, rgb: NDArray[np.uint8]) -> Masks:
        assert self.lent == 1
        self.seen.append(rgb)
        mask: Masks = self.masks[len(self.seen) - 1]
        return mask

    @contextmanager
    def lend(self) -> Iterator[Segmenter]:
        self.lent += 1
        try:
            yield self
        finally:
            self.lent -= 1


class KnownTracker:
    """A tracker that returns known masks.

    Attributes:
        asked: the boxes and points that it was called with.
        lent: how many hold it at present.
    """

    def __init__(self, masks: Masks) -> None:
        self.masks = masks
        self.asked: list[tuple[Box | None, Points]] = []
        self.lent = 0

    def __call__(self, rgb: NDArray[np.uint8], box: Box | None, points: Points, step: StageStep) -> Masks:
        assert self.lent == 1
        assert rgb.shape == (*self.masks.shape, 3)
        self.asked.append((box, points))
        for frame in range(len(rgb)):
            step(frame + 1, len(rgb))
        return self.masks

    @contextmanager
    def lend(self) -> Iterator[MaskTracker]:
        self.lent += 1
        try:
            yield self
        finally:
            self.lent -= 1


def models(rmbg: KnownSegmenter | None = None, sam2: KnownTracker | None = None) -> MaskModels:
    lend_rmbg: Lend[Segmenter] | None = rmbg.lend if rmbg else None
    lend_sam2: Lend[MaskTracker] | None = sam2.lend if sam2 else None
    return MaskModels(lend_rmbg, lend_sam2)


TRUTH: Masks = np.asarray(np.round(walk(60, 130) * 255), np.uint8)
"""(16, SIZE, SIZE), the masks of a beast that walks to the right."""

PICTURES = paint(flat(200, 205, 210), walk(60, 130))
"""(16, SIZE, SIZE, 3), its pictures."""


def frames_with(alpha: Masks | None = None) -> Frames:
    """The beast's frames, opaque or with an alpha."""
    opaque = np.full(PICTURES.shape[:3], 255, np.uint8)
    images = np.concatenate([PICTURES, (opaque if alpha is None else alpha)[..., None]], axis=-1)
    return Frames(images, np.arange(len(images)) / 8, Source(2.0, SIZE, SIZE, 8.0, len(images)))


def hard(masks: Masks) -> Masks:
    """The same masks without soft edges."""
    return np.where(masks > 127, np.uint8(255), np.uint8(0))


def unwarned(notice: Notice) -> None:
    """A warn that fails the test."""
    pytest.fail(notice.message)
