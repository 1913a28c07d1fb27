"""What speaks against a model's masks, with its measure."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.engines.arrays import Bools, Bytes
from actionmesh_wrapper.engines.masking.classical.confidence import find_doubt, overlaps, percent
from actionmesh_wrapper.engines.masking.repair import MOST_SHARE
from actionmesh_wrapper.engines.masking.scene import Scene
from actionmesh_wrapper.engines.masking.shapes import numbers
from actionmesh_wrapper.engines.masking.source import LEAST_SHARE, OPAQUE


@dataclass(frozen=True)
class Verdict:
    """How far masks can be trusted.

    Attributes:
        doubt: what speaks against them, with its measure, as part of a sentence, or None.
        steadiness: 0 to 1, by how much each mask, carried along by optical flow, overlaps with the next, in
            the mean; a mask that shows nothing, or everything, overlaps with none.
    """

    doubt: str | None
    steadiness: float

    def betters(self, other: "Verdict") -> bool:
        """Whether these masks are in less doubt than others."""
        return (self.doubt is None, self.steadiness) > (other.doubt is None, other.steadiness)

    @property
    def measure(self) -> str:
        """The steadiness as it is told."""
        return f"steadiness {percent(self.steadiness)}"


def judge(masks: Bytes, scene: Scene) -> Verdict:
    """Judges (T, H, W) uint8 masks of a scene."""
    subject = masks >= OPAQUE
    share = subject.mean(axis=(1, 2))
    size = scene.clip.width, scene.clip.height
    small = np.stack([cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in masks]) >= OPAQUE
    full = share > MOST_SHARE
    doubt = (
        _told(share < LEAST_SHARE, f"less than {100 * LEAST_SHARE:.0f} %")
        or _told(full, f"more than {100 * MOST_SHARE:.0f} %")
        or find_doubt(small, scene.flow)
    )
    return Verdict(doubt, _steadiness(small, full, scene))


def _told(frames: Bools, amount: str) -> str | None:
    """What to tell of the (T,) bool frames that show too little, or too much."""
    count, which = len(frames), np.flatnonzero(frames)
    if not which.size:
        return None
    told = f"{which.size} of {count} frames ({numbers(which)}, counted from 0)"
    return f"it covers {amount} of the picture in {told if which.size < count else f'all {count} frames'}"


def _steadiness(small: Bools, full: Bools, scene: Scene) -> float:
    if len(small) == 1:
        return float(small.any() and not full.any())
    overlap = overlaps(small, scene.flow)
    return float(np.where(full[:-1] | full[1:], 0, overlap).mean())
