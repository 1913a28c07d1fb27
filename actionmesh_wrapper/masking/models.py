"""The models that masks come from: their interfaces, and the real ones from a folder of weights."""

import importlib.util
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from actionmesh_wrapper.data.arrays import Bytes
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import Internal

Box = tuple[float, float, float, float]
Points = tuple[tuple[float, float, bool], ...]
NEEDS = ("torch", "transformers")


class Segmenter(Protocol):
    """Tells a picture's subject from its background, such as RMBG."""

    def __call__(self, rgb: Bytes) -> Bytes:
        """Makes the mask of one picture.

        Args:
            rgb: (H, W, 3) uint8 sRGB.

        Returns:
            (H, W) uint8, 255 on the subject and 0 elsewhere.
        """


class MaskTracker(Protocol):
    """Follows one thing through a clip, such as SAM 2."""

    def __call__(self, rgb: Bytes, box: Box | None, points: Points, step: StageStep) -> Bytes:
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
    sam2: Lend[MaskTracker] | None = None


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


def load_models(paths: Mapping[str, Path], device: str) -> MaskModels:
    """The models whose weights are there.

    Args:
        paths: verified folders by name; ``RMBG`` and ``SAM2`` count, and may be missing.
        device: such as ``cpu`` or ``cuda:0``.

    Returns:
        None of them where torch or transformers is missing.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDS):
        return NO_MODELS
    return MaskModels(
        rmbg=LoadedOnce(lambda: _rmbg(paths["RMBG"], device)) if "RMBG" in paths else None,
        sam2=LoadedOnce(lambda: _sam2(paths["SAM2"], device)) if "SAM2" in paths else None,
    )


class LoadedOnce(Generic[M]):
    """A `Lend` that loads its model for the first who asks, and keeps it.

    Args:
        load: makes the model.
    """

    def __init__(self, load: Callable[[], M]) -> None:
        self._load = load
        self._loaded: list[M] = []
        self._lock = threading.Lock()

    @contextmanager
    def __call__(self) -> Iterator[M]:
        """Gives the model."""
        with self._lock:
            if not self._loaded:
                self._loaded.append(self._load())
        yield self._loaded[0]


def _rmbg(folder: Path, device: str) -> Segmenter:
    from actionmesh_wrapper.masking.rmbg import Rmbg  # noqa: PLC0415 – torch

    return Rmbg.load(folder, device)


def _sam2(folder: Path, device: str) -> MaskTracker:
    from actionmesh_wrapper.masking.sam2 import Sam2  # noqa: PLC0415 – torch

    return Sam2.load(folder, device)
