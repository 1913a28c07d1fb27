import json
import re
import shutil
from pathlib import Path

import pytest

from builder import write_hub

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def without_head(text: str) -> list[str]:
    """The lines after the comments at the top."""
    return text[text.index("\nARG ") :].splitlines()


def test_the_hubs_dockerfile_is_ours_but_for_the_defaults() -> None:
    """Apart from what the script does: lines that differ are those with a default of its table."""
    hubs = (ROOT / ".runpod/Dockerfile").read_text("utf-8")
    assert hubs == write_hub.dockerfile(DOCKERFILE), "run: make contract"
    ours, theirs = without_head(DOCKERFILE), without_head(hubs)
    assert len(ours) == len(theirs)
    differ = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    assert ("ARG WEIGHTS=none", "ARG WEIGHTS=baked") in differ
    for one, other in differ:
        assert other == re.sub(r"(WEIGHTS:?[=-]+)none", r"\1baked", one)


def test_a_default_is_changed_wherever_it_is_said() -> None:
    text = "# syntax=a/b:1\n# Words.\nARG WEIGHTS=none\nARG CUDA=13\nFROM weights-${WEIGHTS:-none} AS a\n"
    syntax, *head, weights, cuda, stage = write_hub.dockerfile(text).splitlines()
    assert syntax == "# syntax=a/b:1"
    assert all(line.startswith("# ") for line in head)
    assert "Words" not in "".join(head)
    assert (weights, cuda, stage) == (
        "ARG WEIGHTS=baked",
        "ARG CUDA=13",
        "FROM weights-${WEIGHTS:-baked} AS a",
    )


@pytest.mark.parametrize("text", ["FROM a\n", "ARG WEIGHTS\n", "ARG WEIGHTS=none\nARG WEIGHTS=none\n"])
def test_a_dockerfile_without_the_default_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ARG WEIGHTS with a default stands there"):
        write_hub.dockerfile(text)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".runpod").mkdir()
    for name in ("Dockerfile", ".runpod/hub.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_icons_address_is_the_repositorys_and_nothing_else_changes(checkout: Path) -> None:
    hub = checkout / ".runpod/hub.json"
    before = json.loads(hub.read_text("utf-8"))
    for repository in ("acme/worker", "acme/worker-2"):
        write_hub.main([repository], checkout)
        after = json.loads(hub.read_text("utf-8"))
        url = f"https://raw.githubusercontent.com/{repository}/HEAD/.runpod/icon.png"
        assert after == before | {"iconUrl": url}
    write_hub.main([], checkout)
    assert json.loads(hub.read_text("utf-8")) == after
    assert (checkout / ".runpod/Dockerfile").is_file()


@pytest.mark.parametrize("repository", ["worker", "https://github.com/acme/worker", "acme/worker/x", "a b/c"])
def test_what_is_no_repository_is_refused(
    checkout: Path, capsys: pytest.CaptureFixture[str], repository: str
) -> None:
    before = (checkout / ".runpod/hub.json").read_bytes()
    with pytest.raises(SystemExit, match="2"):
        write_hub.main([repository], checkout)
    assert f"{repository!r} is not OWNER/NAME" in capsys.readouterr().err
    assert (checkout / ".runpod/hub.json").read_bytes() == before
