"""Makes what the web page shows without a worker: examples to play, and the first screen's moving picture.

    python builder/make_examples.py [NAME …]

Draws the clips of `builder.example_clips`, has the silhouette engine make meshes of them, and writes into
``frontend/public/examples/``: for each a folder (clip, mesh in the compact profile, loop, poster,
``result.json``), ``index.json`` with their titles, and ``first/`` (the first clip beside its mesh, for light
and dark pages). With names it makes these examples alone.
"""

import argparse
import base64
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.preview import NUMPY
from actionmesh_wrapper.preview.camera import View
from actionmesh_wrapper.preview.scene import PreviewScene
from actionmesh_wrapper.system.ffmpeg import Budget, encode_mp4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a script finds only its own folder by itself
from builder.example_clips import EXAMPLES, Example  # noqa: E402 - needs the line above

PUBLIC = ROOT / "frontend" / "public" / "examples"

# The moving picture: the clip on the left, the mesh on the right.
SIZE = (1040, 540)  # pixels
MESH_LEFT = 400
CLIP_LEFT, CLIP_SIZE = 40, (336, 252)
CORNER = 14  # radius of the clip's corners
FPS = 24.0
TURNS = 2  # how often the clip plays while the camera swings once there and back
SWING = math.radians(34)
TOWARDS = math.radians(12)  # the middle of the swing
PITCH = math.radians(11)
BYTES = 300_000  # of each
BACKGROUNDS = {"light": (243, 243, 243), "dark": (44, 46, 52)}  # --stage of frontend/app/tokens.css
POSTER_AT = 18  # which picture stands still until the video is there

KEPT = {"animated_mesh": "animated_mesh.glb", "preview_webp": "preview.webp"}  # as they came
FACES = 10_000  # of the meshes
LARGEST = 7_000_000  # bytes of all


def run_job(example: Example, folder: Path) -> Path:
    """Runs an example's job; the folder of its result."""
    clip = folder / f"clip{example.suffix}"
    example.write(clip)
    video = base64.b64encode(clip.read_bytes()).decode()
    options = {"animated_mesh_profile": "compact", "face_decimation": FACES, **example.options}
    (folder / "job.json").write_text(
        json.dumps({"id": example.name, "input": {"video_base64": video, **options}})
    )
    environ = {**os.environ, "ENGINE": "silhouette", "OUTPUT_DIR": str(folder)}  # noqa: TID251
    command = [sys.executable, str(ROOT / "handler.py"), "--test_input", str(folder / "job.json")]
    subprocess.run(command, env=environ, check=True, timeout=600)  # noqa: S603 – our own worker
    return Path(shutil.move(clip, folder / example.name)).parent


def write_example(result: Path, clip: str, folder: Path) -> None:
    """Copies what an example plays, with a ``result.json`` that names these files alone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told: dict[str, Any] = json.loads((result / "result.json").read_text())
    files = told["files"]
    told["files"] = {name: [] if isinstance(value, list) else None for name, value in files.items()}
    told["files"] |= {name: files[name] for name in KEPT}
    (folder / "result.json").write_text(json.dumps(told, indent=1) + "\n")
    for name in (*KEPT.values(), clip):
        shutil.copyfile(result / name, folder / name)
    Image.open(result / "poster.png").resize((768, 768)).save(folder / "poster.webp", quality=82, method=6)


def animation_of(result: Path, timestamps_s: list[float], frames: int) -> Animation:
    """The mesh at each of so many moments of the clip, between its keys as a player shows it."""
    keys = [read_mesh(path, warn=lambda _notice: None) for path in sorted(result.glob("mesh_*.glb"))]
    rounded = np.concatenate(
        [[key.vertices[0] for key in keys], keys[0].vertices]
    )  # the clip ends as it began
    times = np.array([*timestamps_s, frames / FPS])
    moments = np.arange(frames) / FPS
    after = np.clip(np.searchsorted(times, moments, side="right"), 1, len(keys))
    share = ((moments - times[after - 1]) / (times[after] - times[after - 1]))[:, None, None]
    vertices = (rounded[after - 1] * (1 - share) + rounded[after] * share).astype(np.float32)
    return Animation(vertices, keys[0].faces, FPS, uv=keys[0].uv, texture=keys[0].texture)


def read_clip(path: Path) -> list[NDArray[np.uint8]]:
    """The clip's pictures, (H, W, 3) uint8 each, in the size that they are shown in."""
    pictures = imageio_ffmpeg.read_frames(str(path))
    width, height = next(pictures)["size"]
    found = (np.frombuffer(picture, np.uint8).reshape(height, width, 3) for picture in pictures)
    return [np.asarray(cv2.resize(picture, CLIP_SIZE, interpolation=cv2.INTER_AREA)) for picture in found]


def pictures(
    animation: Animation, clip: list[NDArray[np.uint8]], background: tuple[int, int, int]
) -> Iterator[NDArray[np.uint8]]:
    """The moving picture, (540, 1040, 3) uint8 each; it can be played over and over."""
    count = len(clip) * TURNS
    swing = [View(TOWARDS + SWING * math.sin(2 * math.pi * i / count), PITCH) for i in range(count)]
    panel = np.full((SIZE[1], SIZE[0] - MESH_LEFT, 3), background, np.float32)
    scene = PreviewScene(NUMPY, animation, swing, panel)
    mask = rounded_mask()
    width, height = CLIP_SIZE
    top = (SIZE[1] - height) // 2
    for index, view in enumerate(swing):
        picture = np.full((SIZE[1], SIZE[0], 3), background, np.uint8)
        picture[:, MESH_LEFT:] = scene.picture(index % len(clip), view).pixels
        place = picture[top : top + height, CLIP_LEFT : CLIP_LEFT + width]
        place[:] = np.rint(clip[index % len(clip)] * mask + place * (1 - mask)).astype(np.uint8)
        yield picture


def rounded_mask() -> NDArray[np.float32]:
    """(252, 336, 1) float32: 1 inside the clip's rounded rectangle, 0 outside."""
    width, height = CLIP_SIZE
    across = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - CORNER)
    down = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - CORNER)
    away = np.hypot(np.maximum(across, 0)[None], np.maximum(down, 0)[:, None])
    mask: NDArray[np.float32] = np.clip(CORNER - away + 0.5, 0, 1)[..., None].astype(np.float32)
    return mask


def write_first(result: Path, folder: Path) -> None:
    """Writes the moving picture, and one of it that stands still, for light and for dark pages."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clip = read_clip(result / "clip.mp4")
    told = json.loads((result / "result.json").read_text())
    animation = animation_of(result, told["source"]["timestamps_s"], len(clip))
    for name, background in BACKGROUNDS.items():
        drawn = list(pictures(animation, clip, background))
        budget = Budget(BYTES, len(drawn) / FPS)
        encode_mp4(drawn, folder / f"{name}.mp4", FPS, crf=24, budget=budget)
        Image.fromarray(drawn[POSTER_AT]).save(folder / f"{name}.webp", quality=80, method=6)


def index() -> list[dict[str, str]]:
    """What the page lists, in order."""
    return [
        {"name": each.name, "title": each.title, "about": each.about, "clip": f"clip{each.suffix}"}
        for each in EXAMPLES
    ]


def main() -> None:
    """Makes all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(each.name for each in EXAMPLES))
    names = parser.parse_args().names
    for example in EXAMPLES:
        if names and example.name not in names:
            continue
        with TemporaryDirectory() as folder:
            result = run_job(example, Path(folder))
            write_example(result, f"clip{example.suffix}", PUBLIC / example.name)
            if example is EXAMPLES[0]:
                write_first(result, PUBLIC / "first")
    (PUBLIC / "index.json").write_text(json.dumps(index(), indent=1) + "\n")
    size = sum(path.stat().st_size for path in PUBLIC.rglob("*.*"))
    print(f"{size} bytes in {PUBLIC.relative_to(ROOT)}")
    if size > LARGEST:
        raise SystemExit(f"that is more than {LARGEST}")


if __name__ == "__main__":
    main()
