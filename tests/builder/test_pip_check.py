import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "builder" / "pip_check.sh"
NO_TRITON = "torch 2.14.1 requires triton, which is not installed."
OTHER = "torch 2.14.1 requires sympy, which is not installed."


def check(folder: Path, said: str, code: int) -> subprocess.CompletedProcess[str]:
    """Runs the script with a Python whose pip finds that."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\nexit {code}\n")
    python.chmod(0o755)
    return subprocess.run(
        [SCRIPT],
        env={**os.environ, "PYTHON": str(python)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(("said", "code"), [("No broken requirements found.", 0), (NO_TRITON, 1)])
def test_triton_alone_may_be_missing(tmp_path: Path, said: str, code: int) -> None:
    assert check(tmp_path, said, code).returncode == 0


@pytest.mark.parametrize("said", [OTHER, f"{NO_TRITON}\n{OTHER}"])
def test_anything_else_that_is_wrong_is_said(tmp_path: Path, said: str) -> None:
    ended = check(tmp_path, said, 1)
    assert ended.returncode == 1
    assert ended.stderr == f"{OTHER}\n"
