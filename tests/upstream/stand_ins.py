"""Stand-ins for what ActionMesh's code imports and a machine without a GPU does not have."""

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import marching_cubes
from torch import nn

STOOD_IN: set[str] = set()
"""The packages that have one."""


class DiffDMC(nn.Module):  # type: ignore[misc]  # Module has no types here
    """In place of diso's, which is made for a GPU: the same call, by marching cubes."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()

    def forward(
        self,
        grid: torch.Tensor,
        deform: object = None,
        isovalue: float = 0.0,
        *,
        return_quads: bool = False,
        normalize: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Vertices (V, 3) and faces (F, 3), clockwise from outside: upstream turns them. NaN is far away.

        Where no value changes its sign, diso answers with no vertices, and no faces of four.
        """
        if grid.min() >= 0 or grid.max() <= 0:
            return torch.zeros((0, 3)), torch.zeros((0, 4), dtype=torch.int32)
        values = grid.cpu().numpy().astype(np.float32)
        unknown = ~np.isfinite(values)
        if unknown.any():
            nearest = ndimage.distance_transform_edt(unknown, return_distances=False, return_indices=True)
            values = np.where(unknown, np.sign(values[tuple(nearest)]), values)
        vertices, faces, _, _ = marching_cubes(  # type: ignore[no-untyped-call]  # untyped
            values, isovalue, gradient_direction="ascent"
        )
        return torch.from_numpy(vertices.copy()), torch.from_numpy(faces.astype(np.int64))


def normalize(image: torch.Tensor, mean: list[float], std: list[float]) -> torch.Tensor:
    """In place of torchvision's: (… , C, H, W) less the mean, by the deviation, of each channel."""
    shape = (-1, 1, 1)
    return (image - torch.tensor(mean).view(shape)) / torch.tensor(std).view(shape)


def sample_on_processor(
    points: torch.Tensor, n_samples: int, level: int, start_idx: int | None = None
) -> NDArray[np.int64]:
    """In place of fpsample's, which has no such call in any version found: (n_samples,) farthest points."""
    places = points.numpy()
    if start_idx is None:
        start_idx = int(np.random.randint(len(places)))  # noqa: NPY002 – as fpsample does
    chosen, nearest = [start_idx], np.full(len(places), np.inf)
    while len(chosen) < n_samples:
        nearest = np.minimum(nearest, np.square(places - places[chosen[-1]]).sum(axis=1))
        chosen.append(int(nearest.argmax()))
    return np.array(chosen)


def install() -> None:
    """Puts a stand-in into `sys.modules` for each package that is not installed.

    After transformers and diffusers have looked for themselves, which are not to take them for the real ones.
    """
    for name in ("transformers.models.auto.image_processing_auto", "diffusers"):
        importlib.import_module(name)
    _stand_in("diso", DiffDMC=DiffDMC)
    _stand_in("torchvision.transforms.functional", normalize=normalize)
    _stand_in("fpsample", fpsample=SimpleNamespace(bucket_fps_kdline_sampling=sample_on_processor))


def _stand_in(name: str, **content: object) -> None:
    if (
        name.partition(".")[0] not in STOOD_IN
        and importlib.util.find_spec(name.partition(".")[0]) is not None
    ):
        return
    parent = ""
    for part in name.split("."):
        full = f"{parent}.{part}" if parent else part
        module = sys.modules.setdefault(full, ModuleType(full))
        module.__spec__ = ModuleSpec(full, None)  # so that it can be looked for
        if parent:
            setattr(sys.modules[parent], part, module)
        parent = full
    STOOD_IN.add(name.partition(".")[0])
    vars(sys.modules[name]).update(content)
