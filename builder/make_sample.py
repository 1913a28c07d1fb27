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
from collections.abc import Callable, Sequence
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
from builder.toy import Colour, Pill, mesh, paint, walking_fox  # noqa: E402 - needs the line above

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
    room = studio(width * SUPERSAMPLING, height * SUPERSAMPLING)
    return picture_of(walking_fox(index / FRAMES), room, cell)


def picture_of(
    pills: Sequence[Pill],
    room: NDArray[np.float32],
    cell: float,
    *,
    view: View = VIEW,
    distance: float = DISTANCE,
    shadow: bool = True,
    pose: Pose = lambda vertices: vertices,
) -> NDArray[np.uint8]:
    """A toy in a room.

    Args:
        pills: the toy.
        room: (2 H, 2 W, 3) float32 sRGB, which is drawn on.
        cell: of the toy's mesh, in its unit.
        view: where it is seen from.
        distance: of the camera.
        shadow: whether it throws one on the ground.
        pose: moves its vertices, (V, 3) float32.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    vertices, faces = mesh(pills, cell)
    painted = Painted(paint(pills, vertices).T, RELIEF)
    posed = pose(vertices)
    toy = DrawnMesh.of(posed, vertex_normals(posed, faces), faces, painted)
    height, width = room.shape[:2]
    camera = Camera(view, TARGET, distance, width, height)
    if shadow:
        GROUND.lay(GROUND.shadow(NUMPY, toy.vertices, toy.faces), camera, room)
    large = draw(NUMPY, toy, camera, room).pixels
    size = width // SUPERSAMPLING, height // SUPERSAMPLING
    return np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA), np.uint8)


def studio(width: int, height: int, wall: Colour = WALL, floor: Colour = FLOOR) -> NDArray[np.float32]:
    """An empty room: a plain wall that bends into a plain floor. (height, width, 3) float32."""
    down = (np.arange(height) + 0.5) / height
    share = 1 / (1 + np.exp((HORIZON - down) / BEND * 4))
    column = np.array(wall) * (1 - share[:, None]) + np.array(floor) * share[:, None]
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
