import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILDER = ROOT / "builder"
CUDA = ("requirements-cuda13", "requirements-cuda12")
OF_AN_IN = ("requirements", "requirements-build", "requirements-cuda13-nvcc", "requirements-fetch", *CUDA)
LOCKS = (*OF_AN_IN, "requirements-silhouette", *(f"{lock}-compile" for lock in CUDA))


def name(text: str) -> str:
    """A package's name as all spellings of it agree on, without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0]).lower()


def pins(path: Path) -> dict[str, str]:
    """Each package that a file pins with ``==``, and its version."""
    lines = path.read_text("utf-8").splitlines()
    found = (re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!]+)", line) for line in lines)
    return {name(match[1]): match[2] for match in found if match}


def test_these_are_all_locks() -> None:
    assert {path.stem for path in BUILDER.glob("requirements*.txt")} == set(LOCKS)
    assert {path.stem for path in BUILDER.glob("requirements*.in")} == set(OF_AN_IN)


@pytest.mark.parametrize("lock", OF_AN_IN)
def test_a_lock_has_what_its_source_pins(lock: str) -> None:
    wanted, locked = pins(BUILDER / f"{lock}.in"), pins(BUILDER / f"{lock}.txt")
    assert wanted or lock == "requirements-build"
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


@pytest.mark.parametrize("cuda", CUDA)
def test_the_locks_have_what_the_worker_needs(cuda: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {name(text) for text in project["dependencies"]}
    assert needed <= pins(BUILDER / "requirements-silhouette.txt").keys()
    extras = project["optional-dependencies"]
    needed |= {name(text) for extra in ("actionmesh", "alembic", "usdz") for text in extras[extra]}
    assert needed <= pins(BUILDER / "requirements.txt").keys() | pins(BUILDER / f"{cuda}.txt").keys()


@pytest.mark.parametrize("lock", ["requirements-fetch", "requirements-silhouette"])
def test_the_locks_do_not_differ_among_themselves(lock: str) -> None:
    assert pins(BUILDER / f"{lock}.txt").items() <= pins(BUILDER / "requirements.txt").items()


@pytest.mark.parametrize("cuda", CUDA)
def test_torch_its_cuda_libraries_and_triton_lie_apart(cuda: str) -> None:
    def is_torchs(package: str) -> bool:
        return package in {"torch", "torchvision"} or package.startswith(("nvidia-", "cuda-"))

    assert {"torch", "torchvision"} <= pins(BUILDER / f"{cuda}.txt").keys()
    assert all(is_torchs(package) for package in pins(BUILDER / f"{cuda}.txt"))
    assert pins(BUILDER / f"{cuda}-compile.txt").keys() == {"triton"}
    others = pins(BUILDER / "requirements.txt")
    assert not any(is_torchs(package) or package == "triton" for package in others)


def test_each_torch_is_of_the_cuda_of_its_name() -> None:
    of_13, of_12 = (pins(BUILDER / f"{cuda}.txt") for cuda in CUDA)
    assert of_13["nvidia-cuda-runtime"].startswith("13.0.")
    assert of_12["nvidia-cuda-runtime-cu12"].startswith("12.8.")


def test_the_compiler_is_of_torchs_cuda() -> None:
    nvcc = pins(BUILDER / "requirements-cuda13-nvcc.txt")
    assert nvcc["cuda-toolkit"] == pins(BUILDER / "requirements-cuda13.txt")["cuda-toolkit"]
    image = (ROOT / "Dockerfile").read_text("utf-8")
    assert "nvidia/cuda:12.8.1-devel-ubuntu22.04 /usr/local/cuda-12.8 " in image


def test_no_lock_names_where_packages_come_from() -> None:
    for lock in LOCKS:
        assert not re.search(
            r"://|--(extra-)?index-url|--find-links", (BUILDER / f"{lock}.txt").read_text("utf-8")
        )
