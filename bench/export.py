"""Export: this package against trimesh, which ActionMesh's own example uses for its GLB per frame.

Each round runs every way once, one after the other, so that a busy moment of the machine meets all of them.
ActionMesh's example makes its animated GLB in Blender: that is measured where Blender is installed, and FBX.
USDZ is measured where usd-core is, Alembic where alembic3d is.
"""

import argparse
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.writing import Profile
from actionmesh_wrapper.export import (
    alembic_is_installed,
    usd_is_installed,
    write_alembic,
    write_animated_mesh,
    write_blender,
    write_meshes,
    write_obj,
    write_usdz,
)
from bench.machine import about

ROUNDS = 7
FPS = 8.0
ASPECT = 2  # quads around the torus for each quad around its tube

BLENDER = shutil.which("blender") or ""
ROUTE = Path(__file__).with_name("blender_route.py")

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


def ours_animated(profile: Profile) -> Way:
    def write(animation: Animation, folder: Path) -> None:
        write_animated_mesh(animation, folder / "animated_mesh.glb", extras={}, profile=profile)

    return write


def ours_usdz(animation: Animation, folder: Path) -> None:
    write_usdz(animation, folder / "animated_mesh.usdz", extras={})


def ours_alembic(animation: Animation, folder: Path) -> None:
    write_alembic(animation, folder / "animated_mesh.abc", extras={})


def ours_obj(animation: Animation, folder: Path) -> None:
    write_obj(animation, folder / "obj_sequence.zip", extras={})


def trimesh_obj(animation: Animation, folder: Path) -> None:
    for index, vertices in enumerate(animation.vertices):
        mesh = trimesh.Trimesh(vertices, animation.faces, process=False)
        mesh.export(folder / f"mesh_{index:03d}.obj", include_normals=False)


def fbx_by_blender(animation: Animation, folder: Path) -> None:
    write_blender(animation, folder, ["animated_mesh.fbx"], blender=Path(BLENDER), extras={})


def ours_by_blender(animation: Animation, folder: Path) -> None:
    write_blender(animation, folder, blender=Path(BLENDER), extras={})


def by_script(script: Path) -> Way:
    """A script that Blender runs: ours here, or ActionMesh's own."""

    def write(animation: Animation, folder: Path) -> None:
        with TemporaryDirectory() as name:
            vertices, faces, target = Path(name, "vertices.npy"), Path(name, "faces.npy"), folder / "mesh.glb"
            np.save(vertices, animation.vertices)
            np.save(faces, animation.faces)
            arguments = ["--vertices_npy", vertices, "--faces_npy", faces, "--output_glb", target]
            command = [BLENDER, "-b", "-P", script, "--", *arguments]
            subprocess.run([str(part) for part in command], capture_output=True, check=True)
            if not target.exists():
                raise RuntimeError("Blender wrote nothing")

    return write


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
    "ours, one animated GLB, quantized": ours_animated("quantized"),
    "ours, one animated GLB, compact": ours_animated("compact"),
    "ours, one animated GLB, standard": ours_animated("standard"),
    "trimesh, OBJ per frame": trimesh_obj,
    "ours, OBJ sequence in a zip": ours_obj,
}
if usd_is_installed():
    WAYS["ours, USDZ"] = ours_usdz
if alembic_is_installed():
    WAYS["ours, Alembic"] = ours_alembic
if BLENDER:
    WAYS["Blender, one animated GLB, Draco"] = by_script(ROUTE)
    WAYS["ours, .blend and GLB by Blender"] = ours_by_blender
    WAYS["ours, FBX by Blender"] = fbx_by_blender


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
    parser.add_argument(
        "--actionmesh", type=Path, help="a checkout, whose own script for Blender is measured too"
    )
    options = parser.parse_args()
    if options.actionmesh and BLENDER:
        script = options.actionmesh.resolve() / "actionmesh/io/glb_export.py"
        WAYS["ActionMesh's example, by Blender"] = by_script(script)
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
    if not BLENDER:
        print(f"{'Blender':36} not measured: it is not installed")
    with TemporaryDirectory() as name:
        for profile in PROFILES:
            path = Path(name) / "animated_mesh.glb"
            written = write_animated_mesh(animation, path, extras={}, profile=profile)
            print(f"largest error of {profile}: {written.max_error:.1e} of the box")


if __name__ == "__main__":
    main()
