"""Every command of the pages is run by something, or says why it is not."""

import ast
import json
import re
import shlex
from functools import cache

import pytest

from actionmesh_wrapper.contract.result import Result
from tests import pages

RUNNABLE = {"sh", "bash", "shell", "console", "python", "js", "javascript", "ts"}
MARKED = [(page, block) for page in pages.PAGES for block in pages.blocks(page) if block.mark == "run"]


@pytest.mark.parametrize("page", pages.PAGES)
def test_every_command_is_run_or_says_why_not(page: str) -> None:
    found = pages.blocks(page)
    assert pages.text(page).count("```") == 2 * len(found)  # none is missed
    for block in found:
        if block.language in RUNNABLE:
            assert block.mark in {"run", "not run"}, block.code
        if block.mark == "not run":
            assert len(block.name.split()) >= 3, f"{block.name!r} is no reason"


@cache
def used_by_tests() -> set[tuple[str, str]]:
    """Each (page, name) whose code a test asks for."""
    found = set()
    for path in (pages.ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pages.code":
                page, name = (ast.literal_eval(argument) for argument in node.args)
                found.add((str(page), str(name)))
    return found


def test_what_is_marked_as_run_or_checked_is_what_tests_ask_for() -> None:
    marked = {
        (page, block.name)
        for page in pages.PAGES
        for block in pages.blocks(page)
        if block.mark in {"run", "checked"} and block.name != pages.BY_CI
    }
    assert marked == used_by_tests()


def commands(script: str) -> list[str]:
    """A shell script's commands, without comments."""
    lines = script.replace("\\\n", " ").splitlines()
    return [shlex.join(words) for line in lines if (words := shlex.split(line, comments=True))]


@cache
def of_ci() -> set[str]:
    """The commands of ``.ci/run``, and the targets that those of them which are make's need."""
    makefile = pages.text("Makefile")
    needs = dict(re.findall(r"^([\w-]+):([^#=\n]*)", makefile, re.MULTILINE))
    found = set(commands(pages.text(".ci/run")))
    for command in sorted(found):
        waiting = [target.removeprefix("make ") for target in [command] if target.startswith("make ")]
        while waiting:
            target = waiting.pop()
            found.add(f"make {target}")
            waiting += [name for name in needs.get(target, "").split() if name in needs]
    return found


@pytest.mark.parametrize(
    ("page", "block"), [(page, block) for page, block in MARKED if block.name == pages.BY_CI]
)
def test_what_is_marked_as_run_by_ci_is(page: str, block: pages.Block) -> None:
    assert set(commands(block.code)) <= of_ci()


@pytest.mark.parametrize("page", pages.PAGES)
def test_targets_that_are_named_exist(page: str) -> None:
    targets = set(re.findall(r"^([\w./-]+):", pages.text("Makefile"), re.MULTILINE))
    for named in re.findall(r"`make ([^`]+)`", pages.text(page)):
        assert {word for word in named.split() if "=" not in word} <= targets, named


def test_readme_is_short() -> None:
    assert len(pages.text("README.md").split()) <= 1_500


def test_readmes_result_has_the_results_fields() -> None:
    [example] = [block.code for block in pages.blocks("README.md") if block.language == "json"]
    assert json.loads(example).keys() <= set(Result.model_fields)


@pytest.mark.parametrize("page", pages.PAGES)
def test_lines_are_no_longer_than_an_editor_shows(page: str) -> None:
    # A row of a table cannot be broken, and a comment is not shown.
    long = [
        line
        for line in pages.text(page).splitlines()
        if len(line) > 140 and not line.startswith(("|", "<!--"))
    ]
    assert long == []
