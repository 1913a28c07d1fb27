"""Khronos's glTF validator, by way of the frontend's script."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_FRONTEND = Path(__file__).parents[2] / "frontend"
_MUST_RUN = ("CI", "ACTIONMESH_REQUIRE_NODE")  # where one of these is set, a missing validator is a failure
_TIME_LIMIT_S = 60


def validate(*files: Path) -> list[dict[str, Any]]:
    """Returns one report per file: its ``errors``, ``warnings``, ``messages`` and ``info``."""
    node = shutil.which("node")
    if node is None:
        _unavailable("node is not installed")
    if not (_FRONTEND / "node_modules" / "gltf-validator").is_dir():
        _unavailable("frontend/node_modules is missing: run npm ci in frontend")
    command = [str(node), str(_FRONTEND / "scripts" / "validate-gltf.mjs"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIME_LIMIT_S, check=False)
    assert done.returncode in {0, 1}, done.stderr
    reports: list[dict[str, Any]] = json.loads(done.stdout)
    return reports


def assert_valid(*files: Path) -> None:
    """Fails if the validator finds an error or a warning in any of the files."""
    reports = validate(*files)
    assert [Path(report["file"]) for report in reports] == list(files)
    assert {Path(r["file"]).name: r["messages"] for r in reports if r["errors"] or r["warnings"]} == {}


def _unavailable(reason: str) -> None:
    if any(os.environ.get(name) for name in _MUST_RUN):
        pytest.fail(reason)
    pytest.skip(reason)
