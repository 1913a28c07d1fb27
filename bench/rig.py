"""What the engine's benchmark and the GPU check share: upstream's code with random weights, and our engine.

Both are those of `tests/upstream`, where they run tiny.
"""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tests.upstream.home import find_sources, image_to_3d_of, lay, missing_sources
from tests.upstream.pipelines import Ours, Theirs
from tests.upstream.sizes import SIZES

OUTPUTS = Path(__file__).resolve().parents[1] / "outputs"


@dataclass(frozen=True)
class Rig:
    """Upstream's pipeline and ours on one device, with the same weights.

    Attributes:
        pipeline: upstream's class.
        home: with ``pretrained_weights`` and ``configs``.
        device: ``cuda:0`` or ``cpu``.
    """

    pipeline: Any
    home: Path
    device: torch.device

    def ours(self, *, resident: bool = True) -> Ours:
        """Our engine, loaded."""
        return Ours(self.home, resident=resident, device=self.device)

    def theirs(self) -> Theirs:
        """Upstream's pipeline, on the device that its own script names."""
        return Theirs(self.pipeline, self.home, self.device.type)


def why_not(device: str) -> str | None:
    """Why nothing can be run on a device, ``cuda`` or ``cpu``; None if it can."""
    if why := missing_sources(os.environ):
        return why
    if device == "cuda" and not torch.cuda.is_available():
        return "PyTorch finds no GPU here"
    return None


def laid(size: str) -> Path:
    """A folder below ``outputs`` with random weights of a size, made anew only if they are not there yet."""
    home = OUTPUTS / "random-weights" / size
    home.mkdir(parents=True, exist_ok=True)
    lay(home, find_sources(os.environ), SIZES[size])
    return home


@contextmanager
def rig(size: str, device: str) -> Iterator[Rig]:
    """A rig.

    Args:
        size: of the models, by its name in `SIZES`.
        device: ``cuda`` or ``cpu``; on a processor all is computed in float32, by one thread.
    """
    home = laid(size)
    on = torch.device("cuda:0" if device == "cuda" else device)
    if device == "cpu":
        torch.set_num_threads(1)  # threads that wait for each other take the processor's time, too
    with image_to_3d_of(SIZES[size], single=device == "cpu") as pipeline:
        gc.collect()
        gc.freeze()  # collections pass over the code that is imported, as they do in a worker
        yield Rig(pipeline, home, on)


def clock(device: torch.device) -> float:
    """Seconds: with a GPU the clock's; else the processor's, which other processes do not stretch."""
    return time.perf_counter() if device.type == "cuda" else time.process_time()


def settle(device: torch.device) -> None:
    """Waits until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def settled_clock(device: torch.device) -> float:
    """The `clock` once the device has done what it was given."""
    settle(device)
    return clock(device)


def machine_of(device: torch.device) -> str:
    """PyTorch's version, and the GPU, or how many threads of the processor it uses and what seconds are."""
    where = (
        torch.cuda.get_device_name(device)
        if device.type == "cuda"
        else f"the processor, threads: {torch.get_num_threads()}; seconds are the processor's"
    )
    return f"PyTorch {torch.__version__} on {where}"
