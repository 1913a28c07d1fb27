"""Farthest-point sampling, against the method in NumPy, and against PyTorch3D's where that is installed."""

import importlib
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

SHAPES = [(1, 400, 100, 3), (3, 90, 90, 3), (2, 50, 1, 3), (1, 200, 60, 2)]
"""Clouds, points, how many to choose, dimensions."""


def cloud(clouds: int, size: int, dimensions: int) -> Any:
    return torch.randn(clouds, size, dimensions, generator=torch.Generator().manual_seed(size))


def farthest(points: NDArray[np.float32], count: int, first: int) -> list[int]:
    """The method, point by point."""
    chosen = [first]
    while len(chosen) < count:
        apart = [np.float32(np.square(points - points[one]).sum(axis=1)) for one in chosen]
        chosen.append(int(np.min(apart, axis=0).argmax()))
    return chosen


def sample(points: Any, count: int, **how: Any) -> Any:
    from actionmesh_wrapper.engines.actionmesh.point_sampling import sample_farthest_points

    return sample_farthest_points(points, K=count, **how)


@pytest.mark.parametrize(("clouds", "size", "count", "dimensions"), SHAPES)
def test_each_point_is_the_farthest_from_those_before(
    clouds: int, size: int, count: int, dimensions: int
) -> None:
    points = cloud(clouds, size, dimensions)
    chosen, indices = sample(points, count)
    assert indices.tolist() == [farthest(one.numpy(), count, 0) for one in points]
    for one, places, listed in zip(points, chosen, indices, strict=True):
        assert torch.equal(places, one[listed])
        assert len(set(listed.tolist())) == count


def test_the_first_point_is_drawn_from_the_seed() -> None:
    points = cloud(4, 300, 3)
    firsts = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        _, indices = sample(points, 20, random_start_point=True)
        torch.manual_seed(seed)
        assert indices[:, 0].tolist() == torch.randint(300, (4,)).tolist(), "as PyTorch3D draws it"
        for one, listed in zip(points, indices.tolist(), strict=True):
            assert listed == farthest(one.numpy(), 20, listed[0])
        firsts.append(indices[:, 0].tolist())
    assert firsts[0] == firsts[1] != firsts[2]


def test_points_in_16_bits_stay_so_and_are_measured_in_32() -> None:
    points = cloud(1, 400, 3).half()
    chosen, indices = sample(points, 100)
    assert chosen.dtype == torch.float16
    assert indices[0].tolist() == farthest(points[0].float().numpy(), 100, 0)


@pytest.mark.parametrize(("clouds", "size", "count", "dimensions"), SHAPES)
def test_pytorch3d_chooses_the_same(clouds: int, size: int, count: int, dimensions: int) -> None:
    ops = pytest.importorskip("pytorch3d.ops", reason="PyTorch3D is not installed")
    points = cloud(clouds, size, dimensions)
    for drawn in (False, True):
        torch.manual_seed(0)
        _, theirs = ops.sample_farthest_points(points, K=count, random_start_point=drawn)
        torch.manual_seed(0)
        assert torch.equal(sample(points, count, random_start_point=drawn)[1], theirs)


@pytest.mark.parametrize("installed", [False, True])
def test_imports_find_it_in_pytorch3ds_place_and_nobody_does_afterwards(
    monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    from actionmesh_wrapper.engines.actionmesh import point_sampling

    real = ModuleType("pytorch3d")
    for name in [name for name in sys.modules if name.partition(".")[0] == "pytorch3d"]:
        monkeypatch.delitem(sys.modules, name)
    if installed:
        monkeypatch.setitem(sys.modules, "pytorch3d", real)
    with point_sampling.in_place_of_pytorch3d():
        ops = importlib.import_module("pytorch3d.ops")
        assert ops.sample_farthest_points is point_sampling.sample_farthest_points
        assert importlib.import_module("pytorch3d.ops.utils").masked_gather is point_sampling.masked_gather
    assert sys.modules.get("pytorch3d") is (real if installed else None)
    assert "pytorch3d.ops" not in sys.modules


def test_distances_of_points_in_sixteen_bits_have_thirty_two() -> None:
    points = torch.rand(1, 500, 3, generator=torch.Generator().manual_seed(0)).to(torch.bfloat16)
    assert torch.equal(sample(points, 100)[1], sample(points.float(), 100)[1])
