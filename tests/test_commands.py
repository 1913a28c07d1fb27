"""The pages' commands for one's own machine, as they stand there, in a folder like a fresh checkout."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests import pages
from tests.local_runpod.scene import PATIENCE_S
from tests.video.clips import H264, encode

# make finds what it would install; the installed program is the module of that name.
SHELL = """
make() { command make --assume-old=.venv/run "$@"; }
actionmesh-worker() { python -m actionmesh_cli "$@"; }
"""


@pytest.fixture(scope="module")
def frames() -> NDArray[np.uint8]:
    """(24, 96, 128, 4): a dark ball that rolls over a light ground."""
    pictures = np.full((24, 96, 128, 4), 230, np.uint8)
    for step, picture in enumerate(pictures):
        cv2.circle(picture, (44 + step * 2, 48), 22, (40, 60, 90, 255), cv2.FILLED, cv2.LINE_AA)
    pictures[..., 3] = 255
    return pictures


@pytest.fixture
def checkout(tmp_path: Path, frames: NDArray[np.uint8]) -> Path:
    """The repository, with clips and frames beside it, and no results."""
    for path in pages.ROOT.iterdir():
        if path.name not in {"outputs", "out", ".git", "meshes"}:
            (tmp_path / path.name).symlink_to(path)
    clip = encode(tmp_path / "clip.mp4", frames, *H264)
    (tmp_path / "my clip.mp4").write_bytes(clip.read_bytes())
    (tmp_path / "frames").mkdir()
    for index, picture in enumerate(frames[:16]):
        cv2.imwrite(str(tmp_path / f"frames/{index}.png"), picture)
    job = json.loads(pages.text(".runpod/tests.json"))["tests"][0]["input"]
    (tmp_path / "job.json").write_text(json.dumps({"input": job}), "utf-8")
    return tmp_path


@pytest.fixture
def environ() -> dict[str, str]:
    """The environment of somebody who has set nothing."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "PYTHONPATH": str(pages.ROOT),
        "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
    }


def run(script: str, folder: Path, environ: dict[str, str]) -> str:
    """What a script prints, in a folder; it must succeed."""
    command = ["bash", "-euo", "pipefail", "-c", SHELL + script]
    ran = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_the_sample_and_a_clip_by_make(checkout: Path, environ: dict[str, str]) -> None:
    run(pages.code("README.md", "make run"), checkout, environ)
    for name in ("sample", "my clip"):
        [folder] = [path for path in (checkout / "outputs").iterdir() if path.name.replace("_", " ") == name]
        for file in ("animated_mesh.glb", "mesh_000.glb", "preview.mp4", "poster.png", "result.json"):
            assert (folder / file).is_file(), file


def test_the_program(checkout: Path, environ: dict[str, str]) -> None:
    told = run(pages.code("README.md", "program"), checkout, environ)
    assert (checkout / "out/animated_mesh.glb").is_file()
    assert "A job can run here" in told


def test_python(checkout: Path, environ: dict[str, str]) -> None:
    code = pages.code("README.md", "from Python")
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=checkout, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert re.fullmatch(r"\d+ \d+\.\d+ animated_mesh\.glb\n", ran.stdout)
    assert (checkout / "meshes/animated_mesh.glb").is_file()


def test_the_handlers_own_way(checkout: Path, environ: dict[str, str]) -> None:
    run(pages.code("docs/api.md", "test input"), checkout, environ)
    assert {path.name for path in (checkout / "outputs").iterdir()} == {"job", "clip"}


def test_a_local_runpod_until_ctrl_c(checkout: Path, environ: dict[str, str]) -> None:
    log = checkout / "log"
    script = SHELL + pages.code("docs/api.md", "serve")
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", "-euc", script],
            cwd=checkout,
            env=environ,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + PATIENCE_S
        while not re.search(r"endpoint: http://127\.0\.0\.1:\d+/v2/local", log.read_text("utf-8")):
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.1)
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        process.wait(PATIENCE_S)
