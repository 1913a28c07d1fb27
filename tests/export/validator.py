"""Khronos's glTF validator, by way of the frontend's script."""

import json
from pathlib import Path
from typing import Any

from tests.export.node import run_script


def validate(*files: Path) -> list[dict[str, Any]]:
    """Returns one report per file: its ``errors``, ``warnings``, ``messages`` and ``info``."""
    done = run_script("validate-gltf.mjs", "gltf-validator", *map(str, files))
    assert done.returncode in {0, 1}, done.stderr
    reports: list[dict[str, Any]] = json.loads(done.stdout)
    return reports


def assert_valid(*files: Path) -> None:
    """Fails if the validator finds an error or a warning in any of the files."""
    reports = validate(*files)
    assert [Path(report["file"]) for report in reports] == list(files)
    assert {Path(r["file"]).name: r["messages"] for r in reports if r["errors"] or r["warnings"]} == {}
