"""The models that masks come from, as those see them who use them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from actionmesh_wrapper.engines.arrays import Bytes
from actionmesh_wrapper.errors import Internal
from actionmesh_wrapper.progress import Part

Box = tuple[float, float, float, float]
Points = tuple[tuple[float, float, bool], ...]


class Segmenter(Protocol):
    """Tells a picture's subject from its background, such as RMBG."""

    def __call__(self, rgb: Bytes) -> Bytes:
        """Makes the mask of one picture.

        Args:
            rgb: (H, W, 3) uint8 sRGB.

        Returns:
            (H, W) uint8, 255 on the subject and 0 elsewhere.
        """


class Tracker(Protocol):
    """Follows one thing through a clip, such as SAM 2."""

    def __call__(self, rgb: Bytes, box: Box | None, points: Points, step: Part) -> Bytes:
        """Makes the masks of a clip.

        Args:
            rgb: (T, H, W, 3) uint8 sRGB.
            box: (x0, y0, x1, y1) around it in the first frame, 0 to 1, or None.
            points: (x, y, is_subject) on the first frame, 0 to 1; may be empty where there is a box.
            step: is called with the number of frames done and T; what it raises passes through.

        Returns:
            (T, H, W) uint8, 255 on the subject and 0 elsewhere.
        """


M = TypeVar("M")
Lend = Callable[[], AbstractContextManager[M]]
"""Gives a model, on its device, for as long as it is needed."""


@dataclass(frozen=True)
class MaskModels:
    """What a worker has.

    Attributes:
        rmbg: RMBG, or None where it is not installed.
        sam2: SAM 2, likewise.
    """

    rmbg: Lend[Segmenter] | None = None
    sam2: Lend[Tracker] | None = None


NO_MODELS = MaskModels()


def refuse_gaps(name: str, loading: Mapping[str, Any]) -> None:
    """Refuses a model that was loaded with gaps, which transformers fills with random values.

    Args:
        name: the model's.
        loading: what ``from_pretrained`` tells of it.

    Raises:
        Internal: if a tensor was missing, or of another shape.
    """
    gaps = [*loading["missing_keys"], *loading["mismatched_keys"]]
    if gaps:
        raise Internal(f"{name} could not be loaded.", detail=f"missing or of another shape: {gaps}")
