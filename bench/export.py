"""Export: this package against trimesh, which ActionMesh's own example uses for its GLB per frame.

Each round runs every way once, one after the other, so that a busy moment of the machine meets all of them.
ActionMesh's example makes its animated GLB in Blender; that needs Blender and is not measured here.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.export import write_animated_mesh, write_meshes
from bench.machine import about

ROUNDS = 7
FPS = 8.0
ASPECT = 2  # quads around the torus for each quad around its tube

Way = Callable[[Animation, Path], None]


def torus(num_vertices: int, num_frames: int) -> Animation:
    """A torus of about ``num_vertices``, twice as many faces, whose tube breathes while it bends."""
    tube = max(3, round((num_vertices / ASPECT) ** 0.5))
    around = max(3, num_vertices // tube)
    u, v = (grid.ravel() for grid in np.mgrid[0:around, 0:tube])
    frames = [
        _frame(2 * np.pi * u / around, 2 * np.pi * v / tube, key / num_frames) for key in range(num_frames)
    ]
    here, right = u * tube + v, (u + 1) % around * tube + v
    up, across = u * tube + (v + 1) % tube, (u + 1) % around * tube + (v + 1) % tube
    faces = np.concatenate([np.stack([here, up, across], 1), np.stack([here, across, right], 1)])
    return Animation(np.stack(frames).astype(np.float32), faces.astype(np.int32), FPS)


def _frame(u: NDArray[np.float64], v: NDArray[np.float64], time: float) -> NDArray[np.float64]:
    radius = 0.3 + 0.08 * np.sin(3 * u + 6 * time)
    ring = 0.7 + radius * np.cos(v)
    bend = 0.4 * time * np.sin(u)
    return np.stack([ring * np.cos(u), radius * np.sin(v) + bend, ring * np.sin(u)], axis=1)


def ours_per_frame(animation: Animation, folder: Path) -> None:
    write_meshes(animation, folder, extras={}, step=lambda _index, _of: None)


def ours_animated(animation: Animation, folder: Path) -> None:
    write_animated_mesh(animation, folder / "animated_mesh.glb", extras={})


def trimesh_per_frame(animation: Animation, folder: Path) -> None:
    for index, vertices in enumerate(animation.vertices):
        mesh = trimesh.Trimesh(vertices, animation.faces, process=False)
        mesh.export(folder / f"mesh_{index:03d}.glb")


def trimesh_with_normals(animation: Animation, folder: Path) -> None:
    for index, vertices in enumerate(animation.vertices):
        mesh = trimesh.Trimesh(vertices, animation.faces, process=False)
        mesh.export(folder / f"mesh_{index:03d}.glb", include_normals=True)


WAYS: dict[str, Way] = {
    "trimesh, GLB per frame, normals": trimesh_with_normals,
    "trimesh, GLB per frame, no normals": trimesh_per_frame,
    "ours, GLB per frame, normals": ours_per_frame,
    "ours, one animated GLB, normals": ours_animated,
}


def measure(way: Way, animation: Animation) -> tuple[float, int]:
    """Seconds and bytes of one run into a fresh folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        way(animation, folder)
        seconds = time.perf_counter() - start
        return seconds, sum(file.stat().st_size for file in folder.iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vertices", type=int, default=20_000)
    parser.add_argument("--frames", type=int, default=16)
    options = parser.parse_args()
    animation = torus(options.vertices, options.frames)
    rounds = [{name: measure(way, animation) for name, way in WAYS.items()} for _ in range(ROUNDS)]

    print(about())
    print(
        f"{animation.vertices.shape[1]} vertices, {len(animation.faces)} faces, {animation.num_frames} frames"
    )
    print(f"median of {ROUNDS} rounds; ratio to the first line, median of the rounds' ratios\n")
    first = next(iter(WAYS))
    for name in WAYS:
        seconds = statistics.median(times[name][0] for times in rounds)
        ratio = statistics.median(times[name][0] / times[first][0] for times in rounds)
        print(f"{name:36} {seconds * 1000:8.1f} ms {ratio:6.2f} × {rounds[0][name][1] / 1e6:8.2f} MB")
    print(f"{'Blender, one animated GLB':36} not measured: needs Blender")


if __name__ == "__main__":
    main()
