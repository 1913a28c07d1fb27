"""What draws the preview: NumPy alone, or with PyTorch3D's rasteriser on a GPU."""

from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.preview.rasterise import Hits, rasterise
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.system.threads import THREADS

GPU = "cuda"


class Rasterise(Protocol):
    """Finds what the samples of a picture see; see `rasterise.rasterise`."""

    def __call__(
        self,
        points: NDArray[np.float64],
        faces: NDArray[np.int64],
        width: int,
        height: int,
        *,
        front: int | None = None,
    ) -> Hits: ...


@dataclass(frozen=True, eq=False)
class Renderer:
    """What draws.

    Attributes:
        name: as the result tells it.
        rasterise: finds what the samples of a picture see; NumPy draws the rest.
        faults: what its device may raise when it fails, or its memory runs out.
        prefetch: how many pictures are drawn before they are asked for, by threads; see `map_in_order`.
    """

    name: Literal["numpy", "pytorch3d"]
    rasterise: Rasterise = rasterise
    faults: tuple[type[Exception], ...] = ()
    prefetch: int = THREADS


NUMPY = Renderer("numpy")


def load(settings: Settings) -> Renderer:
    """The renderer that the settings name; ``auto`` is pytorch3d where it can run, else numpy.

    Raises:
        StartError: if that renderer cannot run here.
    """
    wanted = settings.preview_renderer
    if wanted == "numpy":
        return NUMPY
    lacking = [name for name in ("torch", "pytorch3d") if find_spec(name) is None]
    if not lacking and _has_gpu():
        return pytorch3d_renderer(GPU)
    if wanted == "auto":
        return NUMPY
    why = (
        f"{lacking[0]} is not installed"
        if lacking
        else "PyTorch finds no GPU, and PyTorch3D is slow without one"
    )
    raise StartError(f"PREVIEW_RENDERER={wanted!r}: {why}")


def pytorch3d_renderer(device: str) -> Renderer:
    """PyTorch3D's rasteriser on a device of PyTorch's, such as ``cuda``."""
    from actionmesh_wrapper.preview.pytorch3d_rasterise import rasterise as with_pytorch3d  # noqa: PLC0415 – PyTorch

    faults = (RuntimeError,)  # out of memory and CUDA's own are of this kind
    return Renderer("pytorch3d", partial(with_pytorch3d, device=device), faults)


def _has_gpu() -> bool:
    from actionmesh_wrapper.preview.pytorch3d_rasterise import has_gpu  # noqa: PLC0415 – PyTorch

    return has_gpu()
