"""The frontend's scripts, run by Node.js."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_FRONTEND = Path(__file__).parents[2] / "frontend"
_MUST_RUN = ("CI", "ACTIONMESH_REQUIRE_NODE")  # where one of these is set, a missing package is a failure
_TIME_LIMIT_S = 60


def run_script(script: str, needs: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs ``frontend/scripts/{script}``, or skips the test where Node.js or what it needs is missing."""
    node = shutil.which("node")
    if node is None:
        _unavailable("node is not installed")
    if not (_FRONTEND / "node_modules" / needs).is_dir():
        _unavailable(f"frontend/node_modules/{needs} is missing: run npm ci in frontend")
    command = [str(node), str(_FRONTEND / "scripts" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=_TIME_LIMIT_S, check=False)


def _unavailable(reason: str) -> None:
    if any(os.environ.get(name) for name in _MUST_RUN):
        pytest.fail(reason)
    pytest.skip(reason)
