"""Named stand-ins for the heavy parts, and small inputs that the tests make themselves."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image, ImageDraw

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.notice import Notice, Warn
from actionmesh_wrapper.progress import Step
from actionmesh_wrapper.request import Options


class BallEngine:
    """An engine whose answer is known: a ball that moves along X, one unit in all.

    Attributes:
        seen: what `animate` was given, for the test to look at.
        fails: is raised by `animate`, if set.
    """

    name = "ball"
    stages: Mapping[str, float] = {"inflate": 1.0, "roll": 3.0}
    honours = frozenset({"seed"})

    def __init__(self, fails: BaseException | None = None) -> None:
        self.seen: list[tuple[Frames, Options]] = []
        self.fails = fails

    def animate(self, frames: Frames, options: Options, step: Step, warn: Warn) -> Animation:
        """Rolls the ball."""
        self.seen.append((frames, options))
        step("inflate", 0, 1)
        if self.fails is not None:
            raise self.fails
        for index in range(len(frames)):
            step("roll", index, len(frames))
        warn(Notice("ROUND", "It is a ball."))
        ball = trimesh.creation.icosphere(subdivisions=1, radius=0.5)
        path = np.zeros((len(frames), 1, 3), np.float32)
        path[:, 0, 0] = np.linspace(-0.5, 0.5, len(frames))
        return Animation(ball.vertices.astype(np.float32) + path, ball.faces.astype(np.int32), frames.fps)


def write_frames(folder: Path, count: int, *, size: int = 64) -> Path:
    """Makes a folder of RGBA frames of a disc that moves to the right."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        image = Image.new("RGBA", (size, size))
        left = size // 8 + index * size // 4 // count
        ImageDraw.Draw(image).ellipse([left, size // 4, left + size // 2, size * 3 // 4], (200, 90, 40, 255))
        image.save(folder / f"{index:02d}.png")
    return folder
