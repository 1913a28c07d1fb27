"""GitHub's workflows and other settings of the repository: what they call is what the checks run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def read(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(path))


def steps() -> Iterator[dict[str, Any]]:
    for path in WORKFLOWS:
        for job in read(path)["jobs"].values():
            yield from job.get("steps", [])


RUN = [str(step["run"]) for step in steps() if "run" in step]
USED = re.findall(r"uses: (\S+)(.*)", "".join(path.read_text("utf-8") for path in WORKFLOWS))


@pytest.mark.parametrize("command", sorted(set(RUN)))
def test_a_step_is_a_target_that_exists_or_a_script_that_a_test_runs(command: str) -> None:
    if target := re.fullmatch(r"make ([\w-]+)", command):
        assert re.search(rf"^{target[1]}:", MAKEFILE, re.MULTILINE)
        return
    script = re.fullmatch(r'builder/(\w+\.sh) "\$GITHUB_REF_NAME"', command)
    assert script
    assert (ROOT / "builder" / script[1]).is_file()
    assert f'"{script[1]}"' in (ROOT / "tests/builder/test_publish.py").read_text("utf-8")


def test_every_push_runs_all_tests() -> None:
    checks = read(ROOT / ".github/workflows/checks.yml")
    assert checks["on"]["push"] == {"branches": ["**"]}
    assert "make test" in [step.get("run") for step in checks["jobs"]["test"]["steps"]]


@pytest.mark.parametrize(("action", "comment"), USED)
def test_an_action_is_pinned_by_its_commit_and_names_its_version(action: str, comment: str) -> None:
    if not action.startswith("./"):
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_jobs_may_do_no_more_than_they_need() -> None:
    for path in WORKFLOWS:
        workflow = read(path)
        assert workflow["permissions"] == {"contents": "read"}
        for job in workflow["jobs"].values():
            assert "uses" in job or 0 < job["timeout-minutes"] <= 180


def test_a_hook_runs_the_checks_own_tool_and_fetches_none() -> None:
    [local] = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    for hook in local["hooks"]:
        assert hook["language"] == "system"
        assert str(hook["entry"]).startswith((".venv/bin/", 'bash -c "cd frontend && node_modules/.bin/'))


def test_dependabot_looks_where_there_is_something() -> None:
    wanted = {"npm": "package.json", "docker": "Dockerfile", "github-actions": ".github/workflows"}
    updates = read(ROOT / ".github/dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == set(wanted)
    for update in updates:
        for folder in update.get("directories", [update.get("directory")]):
            assert (ROOT / folder.strip("/") / wanted[update["package-ecosystem"]]).exists()


def test_the_licence_is_named_alike_everywhere() -> None:
    assert 'license = "Apache-2.0"\n' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert '"license": "Apache-2.0",\n' in (ROOT / "frontend/package.json").read_text("utf-8")
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text("utf-8")
