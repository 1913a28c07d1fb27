"""The page of weights: its commands, as they stand there, and what it says against the code."""

import os
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("huggingface_hub", reason="make lint's and the container's packages have it")

from actionmesh_wrapper.weights import REPOSITORIES
from builder import write_hub
from handler import RUNPOD
from tests import pages
from tests.bare import bare_environment, site_packages
from tests.weights.hub import Hub, serving
from tests.weights.laid import TABLE

ROOT = Path(__file__).resolve().parent.parent
PAGE = pages.text("docs/weights.md")

# The page's commands fetch the real table; here it is a tiny one.
TINY = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import actionmesh_wrapper.weights.table as table
from tests.weights.laid import TABLE
table.REPOSITORIES = TABLE
"""


def test_the_commands_fetch_verify_and_list(tmp_path: Path) -> None:
    python = bare_environment(tmp_path / "bare")
    (site_packages(python) / "sitecustomize.py").write_text(TINY)
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "builder").symlink_to(ROOT / "builder")
    with serving(Hub(TABLE)) as address:
        done = subprocess.run(
            ["bash", "-euc", pages.code("docs/weights.md", "fetch")],
            cwd=checkout,
            env={
                "PATH": f"{python.parent}:{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "HF_ENDPOINT": address,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (done.stderr, done.returncode) == ("", 0)
    listed = [line for line in done.stdout.splitlines() if line.endswith(("  there", "(optional)"))]
    assert len(listed) == 3 * len(TABLE)  # each of the commands ends with the list
    assert all("  there" in line for line in listed)


def test_the_page_names_the_workers_own_places_and_the_pins() -> None:
    for folder in (*RUNPOD.weights_dirs, *RUNPOD.hub_caches):
        assert f"`{folder}`" in PAGE
    [folder] = RUNPOD.weights_dirs
    assert f"builder/fetch_weights.py /workspace/{folder.name}" in PAGE
    assert f"s3://VOLUME_ID/{folder.name}" in PAGE
    required = [item for item in REPOSITORIES if item.required]
    assert len(required) == 4  # "the worker needs four"
    assert write_hub.DEFAULTS == {"WEIGHTS": "baked"}
