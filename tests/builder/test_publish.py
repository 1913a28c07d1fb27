"""A release's scripts, with programs in the place of docker and gh that note how they were called."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from actionmesh_wrapper.version import VERSION

ROOT = Path(__file__).parents[2]
TAG = f"v{VERSION}"
# Notes its arguments and what it is given to read; fails where they hold the text of FAIL_ON.
NOTING = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in *password-stdin*) echo "read $(cat)" >> "$CALLS" ;; esac
case "$*" in *"$FAIL_ON"*) exit 1 ;; esac
"""


class Shell:
    """Runs a script of builder/ where docker and gh are the noting program."""

    def __init__(self, folder: Path) -> None:
        self.calls = folder / "calls"
        self.calls.touch()
        self.folder = folder / "bin"
        self.folder.mkdir()
        for name in ("docker", "gh"):
            program = self.folder / name
            program.write_text(NOTING)
            program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def run(self, script: str, tag: str, **environ: str) -> int:
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        given = {"PATH": path, "CALLS": str(self.calls), "FAIL_ON": "no call has this", **environ}
        return subprocess.run(["bash", ROOT / "builder" / script, tag], env=given, check=False).returncode

    def told(self) -> list[str]:
        return self.calls.read_text("utf-8").splitlines()


IMAGES = {
    "IMAGE": "ghcr.io/Owner/Worker",
    "IMAGE_TARGETS": "silhouette page",
    "REGISTRY_USER": "user",
    "REGISTRY_TOKEN": "the token",
}
NAMES = [f"ghcr.io/owner/worker:{VERSION}-{target}" for target in ("silhouette", "page")]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_images_are_built_and_scanned_before_any_is_pushed(shell: Shell) -> None:
    assert shell.run("image_publish.sh", TAG, **IMAGES) == 0
    _, *calls = shell.told()
    marks = ("--load", "trivy", "login", "read", "--push")
    kinds = [next(mark for mark in marks if mark in call) for call in calls]
    assert kinds == ["--load", "trivy", "--load", "trivy", "login", "read", "--push", "--push"]
    for name, built, scanned, pushed in zip(NAMES, calls[0:4:2], calls[1:4:2], calls[6:], strict=True):
        assert f"--tag {name} " in built
        assert scanned.endswith(f" {name}")
        assert "--exit-code 1" in scanned
        assert f"--tag {name} " in pushed
        assert "--sbom=true --provenance=mode=max" in pushed
        assert f"--build-arg VERSION={VERSION} --build-arg REVISION=" in pushed
    assert "docker login ghcr.io --username user --password-stdin" in calls
    assert "read the token" in calls
    assert not any("the token" in call for call in calls if not call.startswith("read"))


def test_where_a_scan_fails_nothing_is_pushed(shell: Shell) -> None:
    assert shell.run("image_publish.sh", TAG, FAIL_ON=f"vuln {NAMES[1]}", **IMAGES) != 0
    assert not any("--push" in call or "login" in call for call in shell.told())


def test_the_worker_for_a_gpu_has_the_bare_version(shell: Shell) -> None:
    assert shell.run("image_publish.sh", TAG, **IMAGES | {"IMAGE_TARGETS": "actionmesh"}) == 0
    assert f"--tag ghcr.io/owner/worker:{VERSION} --push" in shell.told()[-1]
    assert "--target actionmesh ." in shell.told()[-1]


@pytest.mark.parametrize("missing", IMAGES)
def test_what_it_needs_is_asked_for_first(shell: Shell, missing: str) -> None:
    assert shell.run("image_publish.sh", TAG, **{key: IMAGES[key] for key in IMAGES if key != missing}) != 0
    assert shell.told() == []


@pytest.mark.parametrize("script", ["image_publish.sh", "release.sh"])
def test_another_tag_than_the_version_publishes_nothing(shell: Shell, script: str) -> None:
    assert shell.run(script, "v0.0.0", **IMAGES) != 0
    assert shell.told() == []


def test_a_release_has_the_changelogs_section(shell: Shell) -> None:
    assert shell.run("release.sh", TAG) == 0
    first, *rest = shell.told()
    assert first.startswith(f"gh release create {TAG} --verify-tag --title {TAG} --notes ")
    assert "### Added" in rest
