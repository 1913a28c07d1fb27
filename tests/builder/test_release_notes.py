import json
import subprocess
import sys
from pathlib import Path

import pytest

from actionmesh_wrapper.version import VERSION
from builder import release_notes

CHANGELOG = """# Changelog

## Unreleased

- not yet

## 0.2.0 – 2026-12-01

### Added

- two

## 0.1.0

- one
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "actionmesh_wrapper").mkdir()
    (tmp_path / "actionmesh_wrapper/version.py").write_text('"""It."""\n\nVERSION = "0.2.0"\n')
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend/package.json").write_text(json.dumps({"version": "0.2.0"}))
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    return tmp_path


def test_a_section_ends_where_the_next_version_begins() -> None:
    assert release_notes.section(CHANGELOG, "0.2.0") == "### Added\n\n- two\n"
    assert release_notes.section(CHANGELOG, "0.1.0") == "- one\n"


@pytest.mark.parametrize("version", ["0.3.0", "0.2", "0x1.0"])
def test_a_version_without_a_section_is_not_released(version: str) -> None:
    with pytest.raises(ValueError, match="says nothing of"):
        release_notes.section(CHANGELOG, version)


def test_an_empty_section_is_none() -> None:
    with pytest.raises(ValueError, match="says nothing of"):
        release_notes.section("## 1.0.0\n\n## 0.9.0\n\n- x\n", "1.0.0")


def test_the_tag_is_the_version_of_worker_and_page(repository: Path) -> None:
    assert release_notes.notes(repository, "v0.2.0") == "### Added\n\n- two\n"
    with pytest.raises(ValueError, match=r"the tag is v0\.1\.0, but actionmesh_wrapper/version\.py says 0"):
        release_notes.notes(repository, "v0.1.0")
    (repository / "frontend/package.json").write_text(json.dumps({"version": "0.1.0"}))
    with pytest.raises(ValueError, match=r"but frontend/package\.json says 0\.1\.0"):
        release_notes.notes(repository, "v0.2.0")


def test_this_version_can_be_released() -> None:
    command = [sys.executable, "builder/release_notes.py", f"v{VERSION}"]
    ran = subprocess.run(command, cwd=release_notes.ROOT, capture_output=True, text=True, check=True)
    assert "\n### Added\n" in ran.stdout


def test_another_tag_cannot() -> None:
    command = [sys.executable, "builder/release_notes.py", "v0.0.0"]
    ran = subprocess.run(command, cwd=release_notes.ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "the tag is v0.0.0, but" in ran.stderr
