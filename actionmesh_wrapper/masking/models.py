"""The models that make masks: their interfaces, and how they are loaded from their weights."""

import importlib.util
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from actionmesh_wrapper.data.arrays import Bytes, Singles
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import Internal
from actionmesh_wrapper.masking.saliency import Network, OnnxSaliency, choose

NEEDS = ("torch", "transformers")  # packages that the models run on

Box = tuple[float, float, float, float]
"""(x0, y0, x1, y1), 0 to 1 from the top left."""
Points = tuple[tuple[float, float, bool], ...]
"""(x, y, is_subject) each, 0 to 1 from the top left."""
M = TypeVar("M")
Lend = Callable[[], AbstractContextManager[M]]
"""Lends a model, on its device, for as long as the context lasts."""


class Segmenter(Protocol):
    """Separates a picture's subject from its background, as RMBG does."""

    def __call__(self, rgb: Bytes) -> Bytes:
        """Makes the mask of one picture.

        Args:
            rgb: (H, W, 3) uint8 sRGB.

        Returns:
            (H, W) uint8, 255 on the subject and 0 elsewhere.
        """


class Saliency(Protocol):
    """Finds what stands out in a picture; see `saliency`."""

    def __call__(self, rgb: Bytes) -> Singles:
        """Looks at one picture.

        Args:
            rgb: (H, W, 3) uint8 sRGB.

        Returns:
            (H, W) float32 in [0, 1]: how far each pixel is part of it.
        """


class MaskTracker(Protocol):
    """Follows one object through a clip, as SAM 2 does."""

    def __call__(self, rgb: Bytes, box: Box | None, points: Points, step: StageStep) -> Bytes:
        """Makes the masks of a clip.

        Args:
            rgb: (T, H, W, 3) uint8 sRGB.
            box: (x0, y0, x1, y1) around the object in the first frame, 0 to 1, or None.
            points: (x, y, is_subject) on the first frame, 0 to 1; may be empty where there is a box.
            step: is called with the number of frames done and T; what it raises passes through.

        Returns:
            (T, H, W) uint8, 255 on the subject and 0 elsewhere.
        """


@dataclass(frozen=True)
class MaskModels:
    """The models that a worker has.

    Attributes:
        rmbg: RMBG, or None where it is not installed.
        sam2: SAM 2, likewise.
        saliency: the network that finding masks without the other two stands on, likewise.
    """

    rmbg: Lend[Segmenter] | None = None
    sam2: Lend[MaskTracker] | None = None
    saliency: Lend[Saliency] | None = None


NO_MODELS = MaskModels()


def refuse_missing_tensors(name: str, loading_info: Mapping[str, Any]) -> None:
    """Refuses a model whose weights lack tensors, which transformers fills with random values.

    Args:
        name: the model's.
        loading_info: as ``from_pretrained`` returns it.

    Raises:
        Internal: if a tensor was missing, or of another shape.
    """
    missing = [*loading_info["missing_keys"], *loading_info["mismatched_keys"]]
    if missing:
        raise Internal(f"{name} could not be loaded.", detail=f"missing or of another shape: {missing}")


def load_models(paths: Mapping[str, Path], device: str) -> MaskModels:
    """The models whose weights this worker has.

    Args:
        paths: verified folders by name; ``RMBG``, ``SAM2`` and those of `saliency` count, and may be missing.
        device: such as ``cpu`` or ``cuda:0``.

    Returns:
        Neither RMBG nor SAM 2 where torch or transformers is missing.
    """
    network = choose(paths)
    saliency = partial(_lend_network, network, paths[network.name]) if network else None
    if any(importlib.util.find_spec(name) is None for name in NEEDS):
        return MaskModels(saliency=saliency)
    return MaskModels(
        saliency=saliency,
        rmbg=LoadedOnce(lambda: _rmbg(paths["RMBG"], device)) if "RMBG" in paths else None,
        sam2=LoadedOnce(lambda: _sam2(paths["SAM2"], device)) if "SAM2" in paths else None,
    )


class LoadedOnce(Generic[M]):
    """A `Lend` that loads its model when it is first used, and keeps it.

    Args:
        load: makes the model.
    """

    def __init__(self, load: Callable[[], M]) -> None:
        self._load = load
        self._loaded: list[M] = []
        self._lock = threading.Lock()

    @contextmanager
    def __call__(self) -> Iterator[M]:
        """Lends the model."""
        with self._lock:
            if not self._loaded:
                self._loaded.append(self._load())
        yield self._loaded[0]


@contextmanager
def _lend_network(network: Network, folder: Path) -> Iterator[Saliency]:
    """Loads it anew each time: that takes less than a second, and it holds 250 MB or more."""
    yield OnnxSaliency.load(network, folder)


def _rmbg(folder: Path, device: str) -> Segmenter:
    from actionmesh_wrapper.masking.rmbg import Rmbg  # noqa: PLC0415 – torch

    return Rmbg.load(folder, device)


def _sam2(folder: Path, device: str) -> MaskTracker:
    from actionmesh_wrapper.masking.sam2 import Sam2  # noqa: PLC0415 – torch

    return Sam2.load(folder, device)
