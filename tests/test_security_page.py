"""SECURITY.md: each threat names the tests that hold it, and they are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?!Threat|--)(.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


@cache
def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_there_are_threats() -> None:
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("threat", "held_by"), [(row[0], row[2]) for row in ROWS])
def test_each_threat_has_tests_and_they_exist(threat: str, held_by: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", held_by)
    of_the_page = re.findall(r'`(frontend/[\w/.]+\.test\.ts)` "([^"]+)"', held_by)
    assert named or of_the_page
    for path, name in named:
        assert name in functions(ROOT / path), f"{threat}: {path}::{name}"
    for path, name in of_the_page:
        assert f'("{name}", ' in (ROOT / path).read_text("utf-8"), f"{threat}: {path} {name}"


def test_every_test_that_the_page_names_is_in_a_row() -> None:
    assert len(re.findall(r"\.py::test_", PAGE)) == sum(row[2].count(".py::test_") for row in ROWS)
