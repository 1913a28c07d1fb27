import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILDER = ROOT / "builder"
LOCKS = ("requirements", "requirements-build", "requirements-fetch")


def name(text: str) -> str:
    """A package's name as all spellings of it agree on, without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0]).lower()


def pins(path: Path) -> dict[str, str]:
    """Each package that a file pins with ``==``, and its version."""
    lines = path.read_text("utf-8").splitlines()
    found = (re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!]+)", line) for line in lines)
    return {name(match[1]): match[2] for match in found if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_what_its_source_pins(lock: str) -> None:
    wanted, locked = pins(BUILDER / f"{lock}.in"), pins(BUILDER / f"{lock}.txt")
    assert wanted
    assert {package: re.sub(r"(\.0)+$", "", locked[package]) for package in wanted} == {
        package: re.sub(r"(\.0)+$", "", version) for package, version in wanted.items()
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_hashes(lock: str) -> None:
    text = (BUILDER / f"{lock}.txt").read_text("utf-8")
    blocks = re.split(r"^(?=[a-zA-Z])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks if block.strip())


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_agrees_with_the_container_that_the_tests_run_in(lock: str) -> None:
    tested, locked = pins(BUILDER / "constraints-image.txt"), pins(BUILDER / f"{lock}.txt")
    shared = (tested.keys() & locked.keys()) - {"torch"}  # the tests' is one for processors
    assert {package: locked[package] for package in shared} == {
        package: tested[package] for package in shared
    }


def test_the_lock_has_what_the_worker_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {
        name(text) for text in [*project["dependencies"], *project["optional-dependencies"]["actionmesh"]]
    }
    assert needed - pins(BUILDER / "requirements.txt").keys() == set()


def test_the_locks_do_not_differ_among_themselves() -> None:
    image, fetch = (pins(BUILDER / f"{lock}.txt") for lock in ("requirements", "requirements-fetch"))
    assert fetch.items() <= image.items()


def test_the_compiler_is_of_torchs_cuda() -> None:
    image, build = (pins(BUILDER / f"{lock}.txt") for lock in ("requirements", "requirements-build"))
    assert build["cuda-toolkit"] == image["cuda-toolkit"]


def test_no_lock_names_where_packages_come_from() -> None:
    for lock in LOCKS:
        assert not re.search(
            r"://|--(extra-)?index-url|--find-links", (BUILDER / f"{lock}.txt").read_text("utf-8")
        )
