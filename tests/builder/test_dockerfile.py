import fnmatch
import re
from pathlib import Path

import pytest

from actionmesh_wrapper.weights import REPOSITORIES

ROOT = Path(__file__).parents[2]
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
COPIED = [
    source
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, flags=re.MULTILINE)
    for source in line.split()[:-1]
]
STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("source", sorted(set(COPIED)))
def test_what_is_copied_is_there_and_sent_to_the_build(source: str) -> None:
    assert (ROOT / source).exists()
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert any(fnmatch.fnmatch(source, pattern) or source.startswith(f"{pattern}/") for pattern in sent)


def test_all_weights_are_baked() -> None:
    baked = re.findall(r"^COPY --from=fetched /weights/(\S+) /weights/\1$", DOCKERFILE, flags=re.MULTILINE)
    assert sorted(baked) == sorted(repository.folder for repository in REPOSITORIES)


def test_every_source_is_a_commit() -> None:
    fetched = re.findall(r"fetch_source\.sh (\S+) (\S+) ", DOCKERFILE)
    assert len(fetched) == 3
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit in fetched)


def test_base_images_are_of_a_named_version() -> None:
    stages = {stage.split()[2] for stage in STAGES}
    bases = {stage.split()[0] for stage in STAGES} - stages
    assert {base for base in bases if "$" not in base} == {"python:3.11.14-slim-bookworm"}
    assert {base for base in bases if "$" in base} == {
        "wheels-${PYTORCH3D}",
        "weights-${WEIGHTS}",
        "runtime-${COMPILER}",
    }
    assert {"wheels-0", "wheels-1", "weights-none", "weights-baked", "runtime-0", "runtime-1"} <= stages


def test_no_token_and_unless_asked_for_no_compiler_reach_the_image() -> None:
    assert "ARG COMPILER=0" in DOCKERFILE
    shipped = {"python", "runtime-0", "weights-none", "weights-baked", "actionmesh", "silhouette"}
    for stage in STAGES:
        if stage.split()[2] in shipped:
            assert not re.search(r"apt-get|build-essential|secret|HF_TOKEN", stage)


def test_the_worker_is_not_root_and_starts_offline() -> None:
    last = STAGES[-1]
    assert last.split()[2] == "actionmesh"
    assert re.search(r"^USER 1000$", last, flags=re.MULTILINE)
    for setting in ("ENGINE=auto", "HF_HUB_OFFLINE=1", "TRANSFORMERS_OFFLINE=1", "HF_MODULES_CACHE=/tmp/"):
        assert setting in DOCKERFILE
