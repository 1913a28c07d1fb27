"""The clips of the page's examples: toys before plain and busy walls, transparent, upright, long.

All is drawn, so that no person and no animal of anybody's is shown. Two runs draw the same pictures.
"""

import math
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.preview.camera import View
from actionmesh_wrapper.system.ffmpeg import encode_mp4
from builder import make_long_clip, make_sample
from builder.make_sample import picture_of, studio
from builder.toy import Colour
from builder.toys import flapping_bird, nodding_dinosaur, swimming_dolphin, waving_child

Pictures = Iterator[NDArray[np.uint8]]

FPS = 24
CYCLE = 36  # frames of a motion that comes back, 1.5 s
CELL = 0.014  # of the toys' meshes, in their unit
PITCH = math.radians(7)

SKY: tuple[Colour, Colour] = ((168, 204, 226), (214, 230, 238))
GREY: tuple[Colour, Colour] = ((176, 170, 182), (206, 200, 204))
SHELVES = 3
PAN = 1.0  # pixels that the camera moves in a frame


@dataclass(frozen=True)
class Example:
    """A clip, and the job that is made of it.

    Attributes:
        name: of its folder.
        title: a heading.
        about: what it shows, a sentence or two.
        write: writes the clip.
        suffix: of the clip's file.
        options: of the job.
    """

    name: str
    title: str
    about: str
    write: Callable[[Path], None]
    suffix: str = ".mp4"
    options: Mapping[str, object] = field(default_factory=dict)


def _room(width: int, height: int, colours: tuple[Colour, Colour]) -> NDArray[np.float32]:
    scale = make_sample.SUPERSAMPLING
    return studio(width * scale, height * scale, *colours)


def bird(cell: float = CELL) -> Pictures:
    """Nearly three beats of its wings, (384, 512, 3) uint8 each."""
    for index in range(CYCLE * 8 // 3):
        toy = flapping_bird(index / CYCLE)
        view = View(math.radians(-12), PITCH)
        yield picture_of(toy, _room(512, 384, SKY), cell, view=view, shadow=False)


def dolphin(cell: float = CELL) -> Pictures:
    """One stroke of its tail, before nothing: (384, 512, 4) uint8 each, straight alpha.

    Drawn before black and before white, which differ by what is seen through.
    """
    for index in range(CYCLE):
        toy = swimming_dolphin(index / CYCLE)
        black, white = (
            picture_of(toy, np.full((768, 1024, 3), level, np.float32), cell, distance=3.9, shadow=False)
            for level in (0, 255)
        )
        alpha = 255.0 - (white.astype(np.float64) - black).mean(axis=2, keepdims=True)
        colour = np.clip(black * 255.0 / np.maximum(alpha, 1), 0, 255)
        yield np.rint(np.concatenate([colour, alpha], axis=2)).astype(np.uint8)


def child(cell: float = CELL) -> Pictures:
    """It waves before shelves of books, past which the camera moves: (384, 512, 3) uint8 each."""
    shelves = _bookshelves(1024 + math.ceil(2 * PAN * CYCLE), 768)
    for index in range(CYCLE):
        left = round(2 * PAN * index)
        room = shelves[:, left : left + 1024].astype(np.float32)
        yield picture_of(waving_child(index / CYCLE), room, cell, view=View(math.radians(10), PITCH))


def dinosaur(cell: float = CELL) -> Pictures:
    """It nods twice, filmed upright: (640, 360, 3) uint8 each."""
    for index in range(CYCLE * 2):
        toy = nodding_dinosaur(index / CYCLE)
        view = View(math.radians(24), PITCH)
        yield picture_of(toy, _room(360, 640, GREY), cell, view=view, distance=5.4)


def _bookshelves(width: int, height: int) -> NDArray[np.uint8]:
    """Books of many colours, a little out of focus, and a floor. (height, width, 3) uint8."""
    rng = np.random.default_rng(7)
    picture = np.full((height, width, 3), (196, 178, 152), np.uint8)
    wall = height * 3 // 4
    row = wall // SHELVES
    for shelf in range(SHELVES):
        top, column = shelf * row, 0
        picture[top : top + row] = (92, 74, 58)
        while column < width:
            thick, tall = int(rng.integers(14, 40)), int(rng.integers(row * 5 // 10, row * 8 // 10))
            colour = rng.integers(40, 215, 3)
            bottom = top + row - 12
            picture[bottom - tall : bottom, column : column + thick - 2] = colour
            column += thick
        picture[top + row - 12 : top + row] = (150, 116, 82)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.0), np.uint8)


def _mp4(pictures: Callable[[], Iterable[NDArray[np.uint8]]], fps: float = FPS) -> Callable[[Path], None]:
    return lambda path: encode_mp4(pictures(), path, fps, crf=make_sample.CRF)


def write_transparent(path: Path) -> None:
    """Writes the dolphin as WebM, VP9 with an alpha plane."""
    pictures = list(dolphin())
    height, width = pictures[0].shape[:2]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "rawvideo", "-r", str(FPS)]
    command += ["-pix_fmt", "rgba", "-s", f"{width}x{height}", "-i", "-", "-c:v", "libvpx-vp9", "-crf", "28"]
    command += ["-b:v", "0", "-pix_fmt", "yuva420p", "-threads", "1", str(path)]
    subprocess.run(command, input=b"".join(map(bytes, pictures)), check=True)  # noqa: S603 – the bundled ffmpeg


EXAMPLES = (
    Example(
        "fox",
        "A walk",
        "Two seconds before a plain wall: what a clip should look like.",
        make_sample.write_clip,
    ),
    Example(
        "dolphin",
        "No background",
        "A WebM with transparency. Its alpha is the outline, so nothing has to be searched for.",
        write_transparent,
        suffix=".webm",
    ),
    Example(
        "bird",
        "A cycle",
        "Of four seconds, loop takes two beats whose last key is the first: it flaps on and on.",
        _mp4(bird),
        options={"loop": True, "num_frames": 31, "fps": 8},
    ),
    Example(
        "child",
        "A busy room",
        "The camera moves past books. A box around the child in the first frame says who is meant.",
        _mp4(child),
        options={"subject_box": [0.34, 0.03, 0.75, 0.88]},
    ),
    Example(
        "dinosaur",
        "Filmed upright",
        "Three seconds as a phone films them, with 31 frames in place of 16.",
        _mp4(dinosaur),
        options={"num_frames": 31},
    ),
    Example(
        "turning",
        "Ten seconds",
        "It walks, turns around and lies down. This engine knows one side only, so the turn goes wrong: "
        "a full 3D engine is needed for that.",
        _mp4(make_long_clip.frames, make_long_clip.FPS),
        options={"num_frames": "auto", "fps": 4, "face_decimation": 6000},
    ),
)
"""In the order in which the page shows them."""
