import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "builder" / "image_build.sh"


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the script with the programs of a folder alone."""
    for program in ("bash", "env", "id", "dirname", "cat", "rm", "mktemp", "mkdir"):
        (path / program).symlink_to(shutil.which(program) or program)
    return subprocess.run(
        [path / "bash", SCRIPT, *arguments],
        env={**os.environ, "PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("target", ["worker", "silhouette2", "--all"])
def test_an_unknown_image_is_refused(tmp_path: Path, target: str) -> None:
    ended = run(tmp_path, "silhouette", target)
    assert (ended.returncode, ended.stderr) == (
        2,
        f"image-build: silhouette, page or actionmesh, not '{target}'\n",
    )


def test_without_an_engine_it_says_why_it_is_skipped(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.returncode == 3
    assert ended.stderr.startswith("image-build: skipped: no Docker engine answers, and there is no buildah")


def test_a_docker_whose_engine_does_not_answer_is_none(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
    docker.chmod(0o755)
    assert run(tmp_path).returncode == 3
