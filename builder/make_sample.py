"""Makes the sample: a clip of a walking toy fox, and the test input that holds it.

    python builder/make_sample.py [--out clip.mp4]

Writes ``test_input.json`` at the top of the repository. Two runs make the same pictures.
"""

import argparse
import base64
import json
import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import vertex_normals
from actionmesh_wrapper.preview import NUMPY
from actionmesh_wrapper.preview.camera import Camera, View
from actionmesh_wrapper.preview.picture import DrawnMesh, draw
from actionmesh_wrapper.preview.scene import Ground
from actionmesh_wrapper.preview.shade import Painted
from actionmesh_wrapper.system.ffmpeg import encode_mp4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a script finds only its own folder by itself
from builder.toy import mesh, paint, walking_fox  # noqa: E402 - needs the line above

TEST_INPUT = ROOT / "test_input.json"

FPS = 24
FRAMES = 48  # 2 s, one cycle of the walk, so that the clip loops
WIDTH, HEIGHT = 512, 384
SUPERSAMPLING = 2
CELL = 0.01  # of the toy's mesh, in its unit
CRF = 19
RELIEF = 0.65  # of the toy, see Material

VIEW = View(math.radians(18), math.radians(7))
TARGET = np.array([-0.06, 0.71, 0.0])
DISTANCE = 4.25
GROUND = Ground(np.zeros(3), side=3.6)
WALL = (118, 172, 190)
FLOOR = (160, 202, 208)
HORIZON = 0.62  # of the height from the top, where the wall bends softly into the floor
BEND = 0.25  # of the height, how softly

Pose = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def frame(index: int, width: int = WIDTH, height: int = HEIGHT, cell: float = CELL) -> NDArray[np.uint8]:
    """One frame of the clip: (height, width, 3) uint8 sRGB."""
    return picture_of(index / FRAMES, width, height, cell)


def picture_of(
    phase: float, width: int, height: int, cell: float, *, pose: Pose = lambda vertices: vertices
) -> NDArray[np.uint8]:
    """The fox in its room.

    Args:
        phase: of the walk, 0 to 1.
        width: pixels.
        height: pixels.
        cell: of the toy's mesh, in its unit.
        pose: moves its vertices, (V, 3) float32.

    Returns:
        (height, width, 3) uint8 sRGB.
    """
    pills = walking_fox(phase)
    vertices, faces = mesh(pills, cell)
    painted = Painted(paint(pills, vertices).T, RELIEF)
    posed = pose(vertices)
    fox = DrawnMesh.of(posed, vertex_normals(posed, faces), faces, painted)
    camera = Camera(VIEW, TARGET, DISTANCE, width * SUPERSAMPLING, height * SUPERSAMPLING)
    picture = _studio(camera.width, camera.height)
    GROUND.lay(GROUND.shadow(NUMPY, fox.vertices, fox.faces), camera, picture)
    large = draw(NUMPY, fox, camera, picture).pixels
    return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _studio(width: int, height: int) -> NDArray[np.float32]:
    """An empty room: a plain wall that bends into a plain floor. (height, width, 3) float32."""
    down = (np.arange(height) + 0.5) / height
    floor = 1 / (1 + np.exp((HORIZON - down) / BEND * 4))
    column = np.array(WALL) * (1 - floor[:, None]) + np.array(FLOOR) * floor[:, None]
    return np.repeat(column[:, None], width, axis=1).astype(np.float32)


def write_clip(path: Path) -> None:
    """Writes the clip as an MP4."""
    encode_mp4((frame(index) for index in range(FRAMES)), path, FPS, crf=CRF)


def write_test_input(clip: Path, path: Path) -> None:
    """Writes the job that has a clip for its input, as RunPod's SDK and hub read it."""
    video = base64.b64encode(clip.read_bytes()).decode()
    path.write_text(json.dumps({"id": "sample", "input": {"video_base64": video}}, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="also keep the clip here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = arguments.out or Path(folder) / "sample.mp4"
        write_clip(clip)
        write_test_input(clip, TEST_INPUT)
        print(f"{clip.stat().st_size} bytes of video in {TEST_INPUT.name}")


if __name__ == "__main__":
    main()
