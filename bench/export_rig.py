"""The rig: size, error and processor time beside the morph targets that a user would have instead.

    OMP_NUM_THREADS=1 python -m bench.export_rig [CLIP…]

Without a clip, a walking fox of about 8,000, 20,000 and 40,000 vertices at 16, 31 and 120 keys: its vertices
keep to the limbs, and then to each key's own surface, so that no skin is its model. A clip is a video, made a
mesh by the silhouette engine; it is measured at its own keys, and retimed to 31 and 120.
"""

import argparse
import json
import resource
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper import run_actionmesh
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export import write_animated_mesh
from actionmesh_wrapper.export.rig import Rig, solve_rig, write_rig
from bench.machine import about
from builder.toy import BLEND, Pill, mesh, walking_fox
from tests.export.reader import read

FPS = 8.0
CELLS = {8_000: 0.0286, 20_000: 0.01805, 40_000: 0.01277}  # of marching cubes, for about so many vertices
SOFTNESS = 0.03  # over which a vertex passes from one limb to the next
STEPS = 2  # of Newton's towards the surface


def frame_of(pill: Pill) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A pill's axes (3, 3), and where it starts."""
    start = np.array(pill.start)
    along = np.subtract(pill.end, pill.start)
    length = np.linalg.norm(along)
    first = along / length if length > 1e-9 else np.array([1.0, 0, 0])
    third = np.cross(first, [0, 0, 1.0] if abs(first[2]) < 0.9 else [0, 1.0, 0])
    third /= np.linalg.norm(third)
    return np.stack([first, np.cross(third, first), third], axis=1), start


def distances(pills: list[Pill], places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([pill.distance(places) for pill in pills])


def onto_surface(pills: list[Pill], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places (V, 3) moved along the gradient onto the surface around the pills."""
    for _ in range(STEPS):
        value = -BLEND * np.log(np.exp(-distances(pills, places) / BLEND).sum(axis=0))
        gradient = np.empty_like(places)
        for axis in range(3):
            beside = places + 1e-4 * np.eye(3)[axis]
            moved = -BLEND * np.log(np.exp(-distances(pills, beside) / BLEND).sum(axis=0))
            gradient[:, axis] = (moved - value) / 1e-4
        squared = np.maximum((gradient**2).sum(axis=1), 0.1)
        places = places - (value / squared)[:, None] * gradient
    return places


def fox(num_vertices: int, num_frames: int) -> Animation:
    """A fox that walks, three paces in 120 keys."""
    cycles = np.arange(num_frames) / num_frames * max(1, num_frames // 40)
    pills = walking_fox(float(cycles[0]))
    vertices, faces = mesh(pills, CELLS[num_vertices])
    rest = vertices.astype(np.float64)
    near = distances(pills, rest)
    weights = np.exp((near.min(axis=0) - near) / SOFTNESS)
    weights /= weights.sum(axis=0)
    frames = [rest]
    for cycle in cycles[1:]:
        now = walking_fox(float(cycle))
        moved = np.zeros_like(rest)
        for before, after, share in zip(pills, now, weights, strict=True):
            (axes, start), (turned, place) = frame_of(before), frame_of(after)
            moved += share[:, None] * ((rest - start) @ axes @ turned.T + place)
        frames.append(onto_surface(now, moved))
    return Animation(np.stack(frames).astype(np.float32), faces, FPS)


def of_clip(clip: Path, folder: Path) -> Animation:
    """What the silhouette engine makes of a clip, as its meshes have it."""
    run_actionmesh(clip, folder, outputs=["meshes"])
    documents = [read(path) for path in sorted(folder.glob("mesh_*.glb"))]
    vertices = [document.values(document.primitive["attributes"]["POSITION"]) for document in documents]
    faces = documents[0].raw(documents[0].primitive["indices"]).reshape(-1, 3).astype(np.int32)
    uv = documents[0].values(documents[0].primitive["attributes"]["TEXCOORD_0"]).astype(np.float32)
    picture = documents[0].view(documents[0].json["images"][0]["bufferView"])
    texture = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
    return Animation(np.stack(vertices).astype(np.float32), faces, FPS, uv, texture)


def retimed(animation: Animation, num_frames: int) -> Animation:
    """The same motion at other keys."""
    at = np.linspace(0, animation.num_frames - 1, num_frames)
    first = np.minimum(at.astype(int), animation.num_frames - 2)
    share = (at - first)[:, None, None]
    frames = (1 - share) * animation.vertices[first] + share * animation.vertices[first + 1]
    return replace(animation, vertices=frames.astype(np.float32))


def children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(name: str, animation: Animation) -> dict[str, object]:
    """A row of the table."""
    with TemporaryDirectory() as folder:
        before = children()
        rig = solve_rig(animation, Path(folder))
        seconds = children() - before
        rigged = write_rig(rig, animation, Path(folder, "rig.glb"), extras={}).stat().st_size
        bare = (
            write_rig(without_correctives(rig), animation, Path(folder, "bare.glb"), extras={}).stat().st_size
        )
        morph = write_animated_mesh(animation, Path(folder, "morph.glb"), extras={}, profile="quantized")
        morph_bytes = morph.path.stat().st_size
    return {
        "name": name,
        "vertices": animation.vertices.shape[1],
        "keys": animation.num_frames,
        "joints": len(rig.skeleton.names),
        "correctives": len(rig.targets),
        "rms_percent": round(100 * rig.rms, 4),
        "p99_percent": round(100 * rig.p99, 4),
        "max_percent": round(100 * rig.max, 4),
        "cpu_s": round(seconds, 1),
        "rig_mb": round(rigged / 1e6, 2),
        "skin_alone_mb": round(bare / 1e6, 2),
        "morph_mb": round(morph_bytes / 1e6, 2),
    }


def without_correctives(rig: Rig) -> Rig:
    """The same joints and skin."""
    return replace(rig, targets=rig.targets[:0], amounts=rig.amounts[:, :0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--keys", nargs="*", type=int, default=[16, 31, 120])
    parser.add_argument("--vertices", nargs="*", type=int, default=list(CELLS))
    parser.add_argument("--save", type=Path, help="a file for the rows, as JSON")
    options = parser.parse_args()
    print(about())
    rows = []
    for keys in options.keys:
        for clip in options.clips:
            with TemporaryDirectory() as folder:
                made = of_clip(clip, Path(folder))
            rows.append(measure(clip.stem, retimed(made, keys) if keys != made.num_frames else made))
            print(json.dumps(rows[-1]), flush=True)
        for vertices in options.vertices:
            rows.append(measure("fox", fox(vertices, keys)))
            print(json.dumps(rows[-1]), flush=True)
    if options.save:
        options.save.write_text(json.dumps({"machine": about(), "rows": rows}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
