"""Real mask models from a folder of weights, each loaded when it is first needed and then kept."""

import importlib.util
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Generic

from actionmesh_wrapper.engines.masking.models import NO_MODELS, M, MaskModels, Segmenter, Tracker

NEEDS = ("torch", "transformers")


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
        rmbg=Kept(lambda: _rmbg(paths["RMBG"], device)) if "RMBG" in paths else None,
        sam2=Kept(lambda: _sam2(paths["SAM2"], device)) if "SAM2" in paths else None,
    )


class Kept(Generic[M]):
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
    from actionmesh_wrapper.engines.masking.rmbg import Rmbg  # noqa: PLC0415 – torch

    return Rmbg.load(folder, device)


def _sam2(folder: Path, device: str) -> Tracker:
    from actionmesh_wrapper.engines.masking.sam2 import Sam2  # noqa: PLC0415 – torch

    return Sam2.load(folder, device)
