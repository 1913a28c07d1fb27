"""What make hands to the programs that it starts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.programs import ROOT

NETWORK = ".venv/share/actionmesh-worker/U2NETP/u2netp.onnx"
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def made(tmp_path: Path, *arguments: str, **environ: str) -> str:
    """What ``make run`` would start: the arguments of Python, one a line."""
    echo = tmp_path / "python"
    echo.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    echo.chmod(0o755)
    command = [
        "make",
        "--silent",
        "--old-file=.venv/run",
        f"--old-file={NETWORK}",
        f"PY={echo}",
        "run",
        *arguments,
    ]
    inherited = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        command, cwd=ROOT, env=inherited | environ, capture_output=True, text=True, timeout=60, check=True
    ).stdout


@needs_make
@pytest.mark.parametrize(
    "name",
    [
        "clip.mp4",
        "my clip.mp4",
        'it\'s "mine".mp4',
        "$HOME $(x) `y` a$b.mp4",
        "-o.mp4",
        "a#b;c&d.mp4",
        "ünï.mp4",
    ],
)
def test_a_clip_of_any_name_arrives_as_it_is(name: str, tmp_path: Path) -> None:
    expected = f"-m\nactionmesh_cli\n--\n{name}\n"
    assert made(tmp_path, f"VIDEO={name}") == expected
    assert made(tmp_path, VIDEO=name) == expected


@needs_make
def test_without_a_clip_it_is_the_sample(tmp_path: Path) -> None:
    assert made(tmp_path) == "handler.py\n"


@needs_make
def test_the_first_run_says_that_it_installs() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "--what-if=pyproject.toml", "run"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    first, *_, last = shown.splitlines()
    assert "Installing the packages into .venv" in first
    assert last.endswith("handler.py")
    assert "-m pip install --quiet " in shown  # of pip its warnings and errors alone are seen
