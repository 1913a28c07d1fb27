"""ActionBench's scores, ours against those of ActionMesh's own ``actionbench/``, on made surfaces.

What that takes from PyTorch3D stands here: on a processor without it nothing else would do.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed here; `make test-upstream` runs these tests")

import torch
import trimesh
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

MODULES = ("benchmark", "chamfer", "icp", "sample_mesh", "sample_point_cloud")
KEYS, SAMPLED, ALIGNED = 3, 3000, 150


class Move:
    """In place of PyTorch3D's ``Transform3d``: points (T, N, 3) times matrices (T, 4, 4), row vectors."""

    def __init__(self, matrix: torch.Tensor) -> None:
        self.matrix = matrix

    def compose(self, *others: "Move") -> "Move":
        matrix = self.matrix
        for other in others:
            matrix = matrix @ other.matrix
        return Move(matrix)

    def stack(self, *others: "Move") -> "Move":
        return Move(torch.cat([self.matrix, *(other.matrix for other in others)]))

    def transform_points(self, points: torch.Tensor) -> torch.Tensor:
        return points @ self.matrix[:, :3, :3] + self.matrix[:, None, 3, :3]


def _scale(factors: torch.Tensor) -> Move:
    return Move(torch.diag_embed(torch.nn.functional.pad(factors, (0, 1), value=1.0)))


def _rotate(rotation: torch.Tensor) -> Move:
    matrix = torch.eye(4).repeat(len(rotation), 1, 1)
    matrix[:, :3, :3] = rotation
    return Move(matrix)


def _translate(shift: torch.Tensor) -> Move:
    matrix = torch.eye(4).repeat(len(shift), 1, 1)
    matrix[:, 3, :3] = shift
    return Move(matrix)


def _chamfer_distance(one: torch.Tensor, other: torch.Tensor, **_: object) -> tuple[torch.Tensor, None]:
    squared = (one[:, :, None] - other[:, None]).square().sum(-1)
    return squared.min(2).values.mean(1) + squared.min(1).values.mean(1), None


def _from_euler(angles: torch.Tensor, convention: str) -> torch.Tensor:
    return torch.from_numpy(Rotation.from_euler(convention, angles.numpy()).as_matrix()).float()


def _from_6d(six: torch.Tensor) -> torch.Tensor:
    rows = six.reshape(-1, 2, 3)
    first = rows[:, 0] / rows[:, 0].norm(dim=-1, keepdim=True)
    rest = rows[:, 1] - (first * rows[:, 1]).sum(-1, keepdim=True) * first
    second = rest / rest.norm(dim=-1, keepdim=True)
    return torch.stack([first, second, torch.cross(first, second, dim=-1)], dim=1)


def _tracked(meshes: list[trimesh.Trimesh], n_pts: int, seed: int = 44, root_idx: int = 0) -> torch.Tensor:
    """In place of ``sample_synchronized_points``, which is PyTorch3D's meshes through and through."""
    draw = np.random.default_rng(seed)
    root = meshes[root_idx]
    face = draw.choice(len(root.faces), n_pts, p=root.area_faces / root.area)
    first, second = np.sqrt(draw.random(n_pts)), draw.random(n_pts)
    share = np.stack([1 - first, first * (1 - second), first * second], axis=1)
    return torch.from_numpy(
        np.stack([np.einsum("nk,nkc->nc", share, mesh.triangles[face]) for mesh in meshes])
    ).float()


@pytest.fixture
def theirs(sources: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """ActionMesh's modules of the benchmark, by name."""
    content: dict[str, dict[str, object]] = {
        "pytorch3d": {},
        "pytorch3d.loss": {"chamfer_distance": _chamfer_distance},
        "pytorch3d.transforms": {
            "euler_angles_to_matrix": _from_euler,
            "rotation_6d_to_matrix": _from_6d,
            "transform3d": SimpleNamespace(
                Scale=_scale, Rotate=_rotate, Translate=_translate, Transform3d=Move
            ),
        },
        "pytorch3d.ops": {},
        "pytorch3d.ops.mesh_face_areas_normals": {"mesh_face_areas_normals": None},
        "pytorch3d.ops.packed_to_padded": {"packed_to_padded": None},
        "pytorch3d.structures": {"join_meshes_as_batch": None, "Meshes": object},
    }
    for name, names in content.items():
        module = ModuleType(name)
        vars(module).update(names)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.syspath_prepend(str(sources / "actionbench"))
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in MODULES})
    for name in MODULES:
        sys.modules.pop(name)


def _moving(keys: int) -> list[trimesh.Trimesh]:
    """A lopsided body that bends more from key to key."""
    ball = trimesh.creation.icosphere(subdivisions=3)
    meshes = []
    for key in range(keys):
        places = ball.vertices * (1.0, 0.6, 0.3)
        places[:, 1] += (0.2 + 0.1 * key) * places[:, 0] ** 2
        places[:, 2] += 0.15 * np.clip(places[:, 0], 0, None)
        meshes.append(trimesh.Trimesh(places, ball.faces, process=False))
    return meshes


def _turned(meshes: list[trimesh.Trimesh]) -> list[trimesh.Trimesh]:
    """Another's idea of them: turned by 90° and a little, larger, elsewhere, and with less motion."""
    turn = Rotation.from_euler("XYZ", (95, 8, -5), degrees=True).as_matrix()
    first = meshes[0].vertices
    return [
        trimesh.Trimesh((first + 0.7 * (mesh.vertices - first)) * 1.2 @ turn + 0.1, mesh.faces, process=False)
        for mesh in meshes
    ]


@pytest.fixture
def pair() -> tuple[NDArray[np.float32], list[trimesh.Trimesh]]:
    """True points (KEYS, SAMPLED, 3), and the meshes that are scored."""
    meshes = _moving(KEYS)
    return _tracked(meshes, SAMPLED, seed=1).numpy(), _turned(meshes)


@pytest.fixture
def small(sources: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Our benchmark with few points, so that a processor can align them."""
    from bench import actionbench

    monkeypatch.setattr(actionbench, "SAMPLED", SAMPLED)
    monkeypatch.setattr(actionbench, "ALIGNED", ALIGNED)
    return actionbench


def test_the_distances_are_theirs(
    small: Any, theirs: SimpleNamespace, pair: tuple[NDArray[np.float32], list[trimesh.Trimesh]]
) -> None:
    truth, meshes = pair
    points = _tracked(meshes, SAMPLED).numpy()
    expected = theirs.chamfer.compute_chamfer_score(gt=truth[0], pred=points[0])
    assert small.chamfer(points[0], truth[0]) == pytest.approx(expected, rel=1e-6)
    moved = theirs.chamfer.compute_motion_chamfer_score(gts=torch.tensor(truth), preds=torch.tensor(points))
    assert small.motion_chamfer(points, truth) == pytest.approx(moved, rel=1e-5)


def test_the_starts_are_theirs(small: Any, theirs: SimpleNamespace) -> None:
    np.testing.assert_allclose(
        small.right_angles(), theirs.icp.canonical_rotation_matrices().numpy(), atol=1e-6
    )


def test_the_alignment_is_theirs(
    small: Any, theirs: SimpleNamespace, pair: tuple[NDArray[np.float32], list[trimesh.Trimesh]]
) -> None:
    truth, meshes = pair
    few, few_true = (
        theirs.sample_point_cloud.sample_point_cloud(torch.tensor(points), ALIGNED)[0]
        for points in (_tracked(meshes, SAMPLED).numpy(), truth)
    )
    expected = theirs.icp.gradient_icp(pc_pred=few, pc_gt=few_true).transform_points(few[None])[0]
    found = small.align(few.numpy(), few_true.numpy(), "cpu")(few.numpy())
    size = np.ptp(few_true.numpy(), axis=0).max()
    assert np.abs(found - expected.numpy()).max() < 0.01 * size
    before, after = (small.chamfer(points, few_true.numpy()) for points in (few.numpy(), found))
    assert after < before / 2  # it has found the turn


def test_the_scores_are_theirs(
    small: Any,
    theirs: SimpleNamespace,
    pair: tuple[NDArray[np.float32], list[trimesh.Trimesh]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    truth, meshes = pair
    monkeypatch.setattr(theirs.sample_mesh, "sample_synchronized_points", _tracked)
    expected = theirs.benchmark.compute_chamfer_3d_4d(
        torch.tensor(truth), meshes, "cpu", is_4D=True, n_pts_icp=ALIGNED, n_pts_chamfer=SAMPLED
    )
    vertices = np.stack([mesh.vertices for mesh in meshes]).astype(np.float32)
    ours = small.score(truth, vertices, meshes[0].faces, "cpu")
    assert ours.cd_3d == pytest.approx(expected[0], rel=0.01)
    assert ours.cd_4d == pytest.approx(expected[1], rel=0.01)
    assert ours.cd_m == pytest.approx(expected[2], rel=0.05)  # its points are drawn otherwise
    assert ours.cd_3d < ours.cd_4d < ours.cd_m  # each asks for more
