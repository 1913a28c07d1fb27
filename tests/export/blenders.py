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
from tests.export.matching import places_of
from tests.export.reader import volume

DUMP = Path(__file__).with_name("blender_dump.py")
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
