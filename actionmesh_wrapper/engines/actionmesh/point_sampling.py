"""Farthest-point sampling: all that ActionMesh needs of PyTorch3D for a caller's mesh.

The method of Eldar et al. (1997, "The farthest point strategy for progressive image sampling"), as
PointNet++ (Qi et al., 2017) uses it on points. Names and arguments are those of ``pytorch3d.ops``, so far as
ActionMesh uses them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import torch


def sample_farthest_points(
    points: torch.Tensor,
    *,
    K: int,  # noqa: N803 – PyTorch3D's name
    random_start_point: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Chooses points one by one, each farthest from those chosen before it; nothing waits for the device.

    Args:
        points: (B, N, D); distances are computed in float32.
        K: how many to choose of each cloud, at most N.
        random_start_point: whether the first is drawn, from PyTorch's generator of the points' device; else
            it is point 0. Of equally far ones the one of the smallest index is chosen.

    Returns:
        (B, K, D) the points and (B, K) int64 their indices, in the order of choice.
    """
    clouds, size, _ = points.shape
    chosen = torch.zeros(clouds, K, dtype=torch.int64, device=points.device)
    if random_start_point:
        chosen[:, 0] = torch.randint(size, (clouds,), device=points.device)
    places = points.to(torch.float32).movedim(-1, 0).contiguous()  # (D, B, N)
    nearest = torch.full((clouds, size), torch.inf, device=points.device)
    for index in range(1, K):
        last = chosen[:, index - 1, None].expand(len(places), -1, -1)
        distances = (places - places.gather(2, last)).square().sum(0)
        nearest = torch.minimum(nearest, distances)
        chosen[:, index] = nearest.argmax(1)
    return masked_gather(points, chosen), chosen


def masked_gather(points: torch.Tensor, idx: torch.Tensor) -> torch.Tensor:
    """(B, K, D), those of points (B, N, D) at indices (B, K). None is -1, PyTorch3D's padding."""
    return points.gather(1, idx[..., None].expand(-1, -1, points.shape[-1]))


@contextmanager
def in_place_of_pytorch3d() -> Iterator[None]:
    """Has what is imported inside find these in PyTorch3D's place, whether that is installed or not.

    So every worker samples alike. Outside, PyTorch3D is looked for as ever: the preview may draw with it.
    """
    names = ("pytorch3d", "pytorch3d.ops", "pytorch3d.ops.utils")
    before = {name: sys.modules.get(name) for name in names}
    package, ops, utils = (ModuleType(name) for name in names)
    vars(package).update(ops=ops)
    vars(ops).update(utils=utils, sample_farthest_points=sample_farthest_points)
    vars(utils).update(masked_gather=masked_gather)
    sys.modules.update(zip(names, (package, ops, utils), strict=True))
    try:
        yield
    finally:
        for name, module in before.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module
