"""Blender, where it is installed: what it shows of a file. And programs that stand for it."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from tests.export.matching import places_of
from tests.export.reader import volume

DUMP = Path(__file__).with_name("blender_dump.py")
WITH_USD = "import bpy, numpy; assert bpy.app.build_options.usd"
WITH_ALEMBIC = "import bpy, numpy; assert bpy.app.build_options.alembic"


@cache
def installed(expression: str) -> Path | None:
    """Blender, if it is installed and an expression of Python's raises nothing in it."""
    program = shutil.which("blender")
    if program is None:
        return None
    command = [program, "--background", "--python-exit-code", "1", "--python-expr", expression]
    done = subprocess.run(command, capture_output=True, check=False)
    return Path(program) if done.returncode == 0 else None


def opened(blender: Path, file: Path, animation: Animation) -> Any:
    """What Blender shows of a file, in glTF's axes."""
    target = file.with_suffix(".npz")
    arguments = [str(file), str(animation.num_frames), str(animation.fps), str(target)]
    command = [str(blender), "--background", "--factory-startup", "--python-exit-code", "1"]
    done = subprocess.run(
        [*command, "--python", str(DUMP), "--", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    scene = dict(np.load(target))
    x, y, z = np.moveaxis(scene["frames"], 2, 0)
    return scene | {"frames": np.stack([x, z, -y], axis=2)}


def through_blenders_camera(scene: Any, points: NDArray[np.float64], film: FilmView) -> NDArray[np.float64]:
    """Pixels of (N, 3) points in a picture of the film's size, by Blender's camera.

    Its field of view is along the picture's longer side or the one that it fits; its shift, a share of that.
    """
    upright = np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)
    place = np.linalg.inv(scene["camera"])
    seen = upright @ place[:3, :3].T + place[:3, 3]
    assert (-seen[:, 2] > scene["planes"][0]).all()
    assert (-seen[:, 2] < scene["planes"][1]).all()
    sides = {"AUTO": max(film.width, film.height), "HORIZONTAL": film.width, "VERTICAL": film.height}
    side = sides[str(scene["fit"])]
    at_one = seen[:, :2] / -seen[:, 2:] / (2 * np.tan(scene["angle"] / 2)) - scene["shift"]
    pixels: NDArray[np.float64] = at_one * [side, -side] + np.array([film.width, film.height]) / 2 - 0.5
    return pixels


def assert_same(frames: NDArray[Any], faces: NDArray[Any], animation: Animation, bound: float) -> None:
    place = places_of(animation.vertices[0], frames[0])
    assert np.abs(frames[:, place] - animation.vertices).max() <= bound
    for actual, expected in zip(frames, animation.vertices, strict=True):
        assert volume(actual, faces) == pytest.approx(volume(expected, animation.faces), rel=1e-3)


def fake(folder: Path, script: str) -> Path:
    """A program that stands for Blender."""
    path = folder / "blender"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path
