"""ActionBench: Meta's benchmark of animated meshes from video, run with the worker's engine.

    python -m bench.actionbench --samples 4              # fetches them, animates them and scores the meshes
    python -m bench.actionbench --data data --only cat   # of a copy that is here already

Needs a GPU and the weights; the data set is ``facebook/actionbench`` of the Hugging Face hub. A sample is a
folder with 16 frames, whose alpha is the mask, and with ``surfaces.npy``, the same points of the true surface
at each frame.

The three scores and the alignment before them are those of ActionMesh's ``actionbench/`` (Sabathier et al.,
arXiv 2601.16148), written anew; ``tests/upstream`` compares the two.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
import trimesh
from huggingface_hub import HfApi, snapshot_download
from numpy.typing import NDArray
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

from actionmesh_wrapper import run_actionmesh
from actionmesh_wrapper.engines import Engine
from actionmesh_wrapper.engines.registry import load
from actionmesh_wrapper.settings import Settings

Points = NDArray[np.floating[Any]]

DATASET = "facebook/actionbench"
PUBLISHED = {"default": (0.053, 0.081, 0.148), "fast": (0.055, 0.088, 0.154)}
"""Means over all 128 samples, as ActionMesh's README states them: CD-3D, CD-4D, CD-M."""
SEED = 44
SAMPLED, ALIGNED, ASKED = 100_000, 10_000, 10_000  # points of a surface; for the alignment; for a distance
STEPS, RATE = 200, 0.01  # of the alignment
PICTURES = {".png", ".jpg", ".jpeg", ".webp"}


@dataclass(frozen=True)
class Scores:
    """Distances, in the unit of the true surface; less is better.

    Attributes:
        cd_3d: how far the shapes are apart, each key aligned by itself.
        cd_4d: the same, with all keys aligned as the first one is.
        cd_m: how far points are apart that lay at one place in the first key.
    """

    cd_3d: float
    cd_4d: float
    cd_m: float


@dataclass(frozen=True, eq=False)
class Alignment:
    """Takes points (…, N, 3) to ``points * scale @ rotation + shift``.

    Attributes:
        rotation: (3, 3), for row vectors.
        scale: (3,), along the axes of the points as they came.
        shift: (3,).
    """

    rotation: torch.Tensor
    scale: torch.Tensor
    shift: torch.Tensor

    def __call__(self, points: Points) -> Points:
        """The points, moved."""
        moved = torch.from_numpy(points).to(self.rotation) * self.scale @ self.rotation + self.shift
        return np.asarray(moved.cpu().numpy())


def score(truth: Points, vertices: Points, faces: NDArray[np.int32], device: str) -> Scores:
    """Scores an animated mesh.

    Args:
        truth: (T, N, 3) float32, the same N points of the true surface at each of T keys.
        vertices: (T, V, 3) float32.
        faces: (F, 3).
        device: of PyTorch's, for the alignment.
    """
    meshes = [trimesh.Trimesh(key, faces, process=False) for key in vertices]
    drawn = [trimesh.sample.sample_surface(mesh, SAMPLED, seed=SEED + key) for key, mesh in enumerate(meshes)]
    surface = np.stack([points for points, _ in drawn]).astype(np.float32)
    few, few_true = _few(surface), _few(truth)
    by_key = [align(mine, true, device) for mine, true in zip(few, few_true, strict=True)]
    first = by_key[0]
    cd_3d = [chamfer(fit(mine), true) for fit, mine, true in zip(by_key, surface, truth, strict=True)]
    cd_4d = [chamfer(first(mine), true) for mine, true in zip(surface, truth, strict=True)]
    cd_m = motion_chamfer(first(_tracked(meshes)), truth)
    return Scores(float(np.mean(cd_3d)), float(np.mean(cd_4d)), cd_m)


def _few(points: Points) -> Points:
    """At most `ALIGNED` of (T, N, 3) points, the same at each key."""
    return points[:, np.random.RandomState(SEED).permutation(points.shape[1])[:ALIGNED]]


def _tracked(meshes: list[trimesh.Trimesh]) -> Points:
    """(T, `SAMPLED`, 3) float32: points of the first mesh, followed through all."""
    first = meshes[0]
    points, face = trimesh.sample.sample_surface(first, SAMPLED, seed=SEED)
    share = trimesh.triangles.points_to_barycentric(  # type: ignore[no-untyped-call]  # untyped
        first.triangles[face], points
    )
    followed = [np.einsum("nk,nkc->nc", share, mesh.triangles[face]) for mesh in meshes]
    return np.stack(followed).astype(np.float32)


def chamfer(points: Points, truth: Points) -> float:
    """The mean distance from some of ``truth`` to the nearest of ``points``, and the other way; their sum.

    Args:
        points: (N, 3).
        truth: (M, 3).
    """
    asked = np.random.RandomState(SEED).permutation(len(points))[:ASKED]
    asked_true = np.random.RandomState(SEED + 1).permutation(len(truth))[:ASKED]
    there = np.mean(KDTree(points).query(truth[asked_true])[0])
    back = np.mean(KDTree(truth).query(points[asked])[0])
    return float(there + back)


def motion_chamfer(points: Points, truth: Points) -> float:
    """The mean distance over all keys between points that were nearest in the first; both ways, their sum.

    Args:
        points: (T, N, 3).
        truth: (T, M, 3).
    """
    nearest = KDTree(points[0]).query(truth[0])[1]
    nearest_true = KDTree(truth[0]).query(points[0])[1]
    there = np.linalg.norm(points[:, nearest] - truth, axis=-1).mean()
    back = np.linalg.norm(truth[:, nearest_true] - points, axis=-1).mean()
    return float(there + back)


def align(points: Points, truth: Points, device: str) -> Alignment:
    """The rotation, scale by axis and shift that bring points nearest to others.

    Iterative closest points by gradient descent (Adam) on the squared Chamfer distance, from 24 rotations by
    right angles; the best state of all steps. As in ActionBench that state's scale and shift are those after
    its step, and its rotation the one before.

    Args:
        points: (N, 3).
        truth: (M, 3).
        device: of PyTorch's.
    """
    target = torch.as_tensor(truth, dtype=torch.float32, device=device)
    source = torch.as_tensor(points, dtype=torch.float32, device=device)
    starts = torch.as_tensor(right_angles(), dtype=torch.float32, device=device)
    six = torch.tensor([1.0, 0, 0, 0, 1, 0], device=device).repeat(len(starts), 1).requires_grad_()
    shift, scale = torch.zeros(len(starts), 3, device=device), torch.ones(len(starts), 3, device=device)
    adam = torch.optim.Adam([shift.requires_grad_(), six, scale.requires_grad_()], lr=RATE)
    least, best = float("inf"), Alignment(starts[0], scale[0].detach(), shift[0].detach())
    with torch.enable_grad():
        for _ in range(STEPS):
            adam.zero_grad()
            rotation = starts @ _rotations(six)
            losses = _squared_chamfer(scale[:, None] * source @ rotation + shift[:, None], target)
            losses.mean().backward()
            adam.step()
            loss, index = losses.detach().min(0)
            if float(loss) < least:
                least = float(loss)
                state = (part[index].detach().clone() for part in (rotation, scale, shift))
                best = Alignment(*state)
    return best


def right_angles() -> Points:
    """(24, 3, 3) rotations by right angles, from the same angles as ActionBench's; not all of them differ."""
    level = [(azimuth, 0, roll) for azimuth in (0, 90, 180, 270) for roll in (0, 90, 180, 270)]
    tilted = [
        (azimuth, elevation, roll) for azimuth in (0, 90) for elevation in (90, -90) for roll in (0, 90)
    ]
    return np.asarray(Rotation.from_euler("XYZ", level + tilted, degrees=True).as_matrix())


def _rotations(six: torch.Tensor) -> torch.Tensor:
    """(N, 3, 3) rotations of (N, 6) numbers, two rows each that are made orthonormal (Zhou et al., 2019)."""
    first = torch.nn.functional.normalize(six[:, :3], dim=-1)
    second = six[:, 3:] - (first * six[:, 3:]).sum(-1, keepdim=True) * first
    second = torch.nn.functional.normalize(second, dim=-1)
    return torch.stack([first, second, torch.linalg.cross(first, second)], dim=-2)


def _squared_chamfer(moved: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """(S,) mean squared distances, both ways, their sum, of (S, N, 3) to (M, 3)."""
    there, back = [], []
    for points in moved:  # one start at a time: a matrix of 10,000 × 10,000 takes 0.4 GB
        with torch.no_grad():
            apart = torch.cdist(points, target, compute_mode="donot_use_mm_for_euclid_dist")
        there.append(target[apart.argmin(dim=1)] - points)
        back.append(target - points[apart.argmin(dim=0)])
    return torch.stack([torch.stack(way).square().sum(-1).mean(-1) for way in (there, back)]).sum(0)


def samples(data: Path) -> list[Path]:
    """The folders of samples below a copy of the data set, in the order of their names.

    Raises:
        SystemExit: if there are none.
    """
    if found := sorted(file.parent for file in data.rglob("surfaces.npy")):
        return found
    raise SystemExit(f"no surfaces.npy below {data}")


def frames_of(sample: Path) -> Path:
    """The folder of a sample's frames: its own, or the one below it that has pictures.

    Raises:
        SystemExit: if there is no such folder, or several.
    """
    folders = {file.parent for file in sample.rglob("*") if file.suffix.lower() in PICTURES}
    if len(folders) != 1:
        raise SystemExit(f"{sample.name}: {len(folders)} folders have pictures, 1 was expected")
    return folders.pop()


def animate(sample: Path, engine: Engine, mode: str, folder: Path) -> tuple[Points, NDArray[np.int32]]:
    """A sample's vertices (T, V, 3) and faces (F, 3), as the engine makes them from its frames."""
    result = run_actionmesh(
        frames_of(sample), folder, fast=mode == "fast", engine=engine, outputs=["meshes"], seed=SEED
    )
    files = [folder / file.name for file in result.files.meshes or ()]
    meshes = [trimesh.load_mesh(file, process=False) for file in files]
    vertices = np.stack([mesh.vertices for mesh in meshes]).astype(np.float32)
    return vertices, np.asarray(meshes[0].faces, np.int32)


def run(data: Path, engine: Engine, mode: str, device: str, only: list[str]) -> Iterator[tuple[str, Scores]]:
    """Each sample's name and scores, as they come."""
    for sample in samples(data):
        if only and sample.name not in only:
            continue
        truth = np.load(sample / "surfaces.npy", mmap_mode="r")[..., :3].astype(np.float32)
        with TemporaryDirectory() as name:
            vertices, faces = animate(sample, engine, mode, Path(name) / sample.name)
        if len(vertices) != len(truth):
            raise SystemExit(f"{sample.name}: {len(vertices)} keys for {len(truth)} true ones")
        yield sample.name, score(truth, vertices, faces, device)


def fetch(count: int) -> Path:
    """Fetches the first samples of the data set from the hub; returns their folder."""
    files = HfApi().list_repo_files(DATASET, repo_type="dataset")
    names = sorted({str(Path(file).parent) for file in files if Path(file).name == "surfaces.npy"})
    patterns = [f"{name}/*" for name in names[:count]]
    return Path(snapshot_download(DATASET, repo_type="dataset", allow_patterns=patterns))


def table(made: dict[str, Scores], mode: str) -> str:
    """The scores as a Markdown table, with their means and the published ones."""
    rows: dict[str, tuple[float, ...]] = {name: astuple(one) for name, one in made.items()}
    means = tuple(float(np.mean(column)) for column in zip(*rows.values(), strict=True))
    rows |= {f"mean of {len(made)}": means, "ActionMesh's own, mean of 128": PUBLISHED[mode]}
    lines = [
        f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |" for name, row in rows.items()
    ]
    return "\n".join([f"| Sample, mode {mode} | CD-3D | CD-4D | CD-M |", "|---|---|---|---|", *lines])


def main() -> None:
    """Prints the table, or with ``--json`` the scores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a copy of the data set; without one samples are fetched")
    parser.add_argument("--samples", type=int, default=4, help="how many are fetched")
    parser.add_argument("--only", nargs="+", default=[], help="names of samples")
    parser.add_argument("--mode", choices=PUBLISHED, default="default")
    parser.add_argument("--json", action="store_true", help="print JSON, one line a sample as it ends")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("bench.actionbench was not run: PyTorch finds no GPU here")
    engine = load(Settings(engine="actionmesh"))
    made: dict[str, Scores] = {}
    for name, scores in run(
        options.data or fetch(options.samples), engine, options.mode, "cuda", options.only
    ):
        made[name] = scores
        if options.json:
            print(json.dumps({"sample": name, **asdict(scores)}), flush=True)
    if not options.json:
        print(table(made, options.mode))


if __name__ == "__main__":
    main()
