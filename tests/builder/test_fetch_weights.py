"""The script as a user runs it: in an environment with huggingface_hub and nothing else."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

pytest.importorskip("huggingface_hub", reason="make lint's and the container's packages have it")

from actionmesh_wrapper.weights import SearchPath, find, verify
from actionmesh_wrapper.weights.marker import Marker
from actionmesh_wrapper.weights.table import REPOSITORIES, Repository
from tests.bare import bare_environment
from tests.weights.hub import Handler, Hub, serving
from tests.weights.laid import safetensors

ROOT = Path(__file__).parents[2]
USUAL = [item for item in REPOSITORIES if not item.by_name_only]
[ACTIONMESH] = [item for item in REPOSITORIES if item.folder == "ActionMesh"]  # no hash of it is pinned
CONTENTS = {
    ACTIONMESH.name: {
        name: b"{}" if name.endswith(".json") else safetensors(("w",), 64) for name in ACTIONMESH.files
    }
}
OF_THE_WORKER = {"numpy", "pydantic", "PIL", "boto3", "runpod", "torch"}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that sees huggingface_hub and what that needs, and no more."""
    return bare_environment(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub((ACTIONMESH,), files=CONTENTS)
    with serving(hub) as hub.address:
        yield hub


def run(python: Path, folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, ROOT / "builder/fetch_weights.py", folder, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent / "home"), **environ},
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_environment_is_bare(bare: Path) -> None:
    tried = f"import importlib.util as u; print({{n for n in {OF_THE_WORKER!r} if u.find_spec(n)}})"
    done = subprocess.run([bare, "-c", tried], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"


def test_fetch_verify_and_list_run_in_a_bare_environment(bare: Path, tmp_path: Path, hub: Hub) -> None:
    folder = tmp_path / "weights"
    fetched = run(bare, folder, "--only", "ActionMesh", HF_ENDPOINT=hub.address)
    assert (fetched.stderr, fetched.returncode) == ("", 0)
    assert re.search(r"^ActionMesh \(facebook/ActionMesh@\w{8}\): fetched, ", fetched.stdout)
    assert fetched.stdout.endswith("MB  there\n")
    verify(find(SearchPath((folder,), ()), (ACTIONMESH,)))  # the worker takes it

    verified = run(bare, folder, "--only", "ActionMesh", "--verify")
    assert (verified.stderr, verified.returncode) == ("", 0)

    listed = run(bare, folder, "--list")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [item.folder for item in USUAL]
    assert "TripoSG" in listed.stdout
    assert listed.stdout.count("not found in") == len(USUAL) - 1


@pytest.mark.parametrize("dockerfile", ["Dockerfile", ".runpod/Dockerfile"])
def test_what_the_image_copies_for_the_fetch_is_enough(bare: Path, tmp_path: Path, dockerfile: str) -> None:
    text = re.sub(r"\\\n\s*", "", (ROOT / dockerfile).read_text("utf-8"))
    stages = [re.findall(r"^COPY (?!--)(.+)$", stage, re.MULTILINE) for stage in text.split("\nFROM ")]
    [copies] = [lines for lines in stages if any("actionmesh_wrapper/weights " in line for line in lines)]
    for line in copies:
        *sources, target = line.split()
        for source in sources:
            given, into = ROOT / source, tmp_path / target.lstrip("/")
            if given.is_dir():
                shutil.copytree(given, into)
            else:
                into.mkdir(parents=True, exist_ok=True)
                shutil.copy(given, into)
    [script] = tmp_path.rglob("fetch_weights.py")
    done = subprocess.run(
        [bare, script, tmp_path / "weights", "--list"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stderr, done.stdout.count(" MB ")) == ("", len(USUAL))


def test_settings_that_come_empty_are_unset(bare: Path, tmp_path: Path, hub: Hub) -> None:
    """As a console and a build pass on what is not set; the mirror is given by the argument."""
    empty = dict.fromkeys(
        ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE"], ""
    )
    done = run(bare, tmp_path / "weights", "--only", "ActionMesh", "--endpoint", hub.address, **empty)
    assert (done.stderr, done.returncode) == ("", 0)
    assert hub.bearers == {None}
    assert {path.name for path in tmp_path.iterdir()} <= {"weights", "home"}  # nothing beside the folder


def test_an_interrupt_ends_a_fetch_at_once_and_leaves_no_marker(
    bare: Path, tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ended = Event(), Event()

    def hanging(self: Handler, _repository: Repository, _name: str, *, body: bool) -> None:
        asked.set()
        ended.wait(60)
        self.close_connection = True

    monkeypatch.setattr(Handler, "file", hanging)
    command = [
        str(bare),
        str(ROOT / "builder/fetch_weights.py"),
        str(tmp_path / "weights"),
        "--only",
        "ActionMesh",
    ]
    environ = {"PATH": os.environ["PATH"], "HF_ENDPOINT": hub.address}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert asked.wait(60)
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=60)
        finally:
            process.kill()
            ended.set()
    assert process.returncode == 130
    assert error == "\nstopped; start the fetch again, it goes on where it stopped\n"
    assert Marker.read(tmp_path / "weights/ActionMesh") is None


def test_verify_says_what_is_wrong(bare: Path, tmp_path: Path) -> None:
    done = run(bare, tmp_path / "weights", "--verify")
    assert done.returncode == 1
    for repository in USUAL:
        assert f"{repository}: not found in " in done.stderr


@pytest.mark.parametrize(
    ("offline", "reason"),
    [("0", "the hub has no such repository"), ("1", "HF_HUB_OFFLINE is set; a fetch needs HF_HUB_OFFLINE=0")],
)
def test_each_repository_says_why_it_is_not_fetched(tmp_path: Path, offline: str, reason: str) -> None:
    with serving(Hub(())) as address:
        done = run(
            Path(sys.executable),
            tmp_path / "weights",
            "--only",
            "SAM2",
            "RMBG",
            HF_ENDPOINT=address,
            HF_HUB_OFFLINE=offline,
        )
    assert done.returncode == 1
    rmbg, sam2 = done.stderr.splitlines()
    assert rmbg.startswith(f"RMBG (briaai/RMBG-1.4@2ceba5a5): {reason}")
    assert sam2.startswith(f"SAM2 (facebook/sam2.1-hiera-small@ee5bba1d): {reason}")
