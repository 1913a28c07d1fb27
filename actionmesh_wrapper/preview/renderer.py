"""What draws the preview: NumPy, PyTorch or PyTorch3D, each with its arrays."""

import logging
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, Protocol

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.preview.arrays import Array, Arrays, NumpyArrays
from actionmesh_wrapper.preview.rasterise import Hits, rasterise
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.system.threads import THREADS

log = logging.getLogger(__name__)

GPU = "cuda"


class Rasterise(Protocol):
    """Finds what the samples of a picture see; see `rasterise.rasterise`."""

    def __call__(
        self, xp: Arrays, points: Array, faces: Array, width: int, height: int, *, front: int | None = None
    ) -> Hits: ...


@dataclass(frozen=True, eq=False)
class Renderer:
    """What draws.

    Attributes:
        name: as the result tells it.
        xp: its arrays.
        rasterise: finds what the samples of a picture see; see `rasterise.rasterise`.
        ahead: how many pictures are drawn before they are asked for, by threads; see `map_in_order`.
    """

    name: Literal["numpy", "torch", "pytorch3d"]
    xp: Arrays
    rasterise: Rasterise = rasterise
    ahead: int = 0


NUMPY = Renderer("numpy", NumpyArrays(), ahead=THREADS)  # PyTorch has threads of its own, or a GPU


def load(settings: Settings) -> Renderer:
    """The renderer that the settings name; ``auto`` is torch where it finds a GPU, else numpy.

    Raises:
        StartError: if that renderer cannot run here.
    """
    wanted = settings.preview_renderer
    if wanted == "numpy":
        return NUMPY
    if wanted == "auto":
        return torch_renderer(GPU) if _has_gpu() else NUMPY
    lacking = [name for name in ("torch", wanted) if find_spec(name) is None]
    if lacking:
        raise StartError(f"PREVIEW_RENDERER={wanted!r}: {lacking[0]} is not installed")
    if wanted == "torch":
        return torch_renderer(GPU if _has_gpu() else "cpu")
    if not _has_gpu():
        raise StartError(
            f"PREVIEW_RENDERER={wanted!r}: PyTorch finds no GPU, and PyTorch3D is slow without one"
        )
    return pytorch3d_renderer(GPU)


def torch_renderer(device: str) -> Renderer:
    """The same drawing in PyTorch's arrays on a device."""
    from actionmesh_wrapper.preview.torch_arrays import TorchArrays  # noqa: PLC0415 – PyTorch

    return Renderer("torch", TorchArrays(device))


def pytorch3d_renderer(device: str) -> Renderer:
    """PyTorch's arrays on a device, with PyTorch3D's rasteriser."""
    from actionmesh_wrapper.preview.pytorch3d_rasterise import rasterise as with_pytorch3d  # noqa: PLC0415 – PyTorch3D
    from actionmesh_wrapper.preview.torch_arrays import TorchArrays  # noqa: PLC0415 – PyTorch

    return Renderer("pytorch3d", TorchArrays(device), with_pytorch3d)


def _has_gpu() -> bool:
    if find_spec("torch") is None:
        return False
    from actionmesh_wrapper.preview.torch_arrays import has_gpu  # noqa: PLC0415 – PyTorch

    return has_gpu()
