import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "builder/fetch_source.sh"


def git(folder: Path, *arguments: str) -> str:
    """Runs git with an identity of the test's own; what it says."""
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", "-C", folder, *who, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository of two commits."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    for text in ("old", "new"):
        (folder / "code.py").write_text(text)
        git(folder, "add", "code.py")
        git(folder, "commit", "--quiet", "--message", text)
    return folder


def fetch(origin: Path, commit: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", SCRIPT, origin.as_uri(), commit, folder],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_commit_is_fetched_without_its_history(origin: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "left_over.py").write_text("")
    done = fetch(origin, git(origin, "rev-parse", "HEAD^"), tmp_path / "to")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path.name: path.read_text() for path in (tmp_path / "to").iterdir()} == {"code.py": "old"}


@pytest.mark.parametrize("commit", ["main", "abc1234", "", "A" * 40])
def test_what_is_no_commit_is_refused(origin: Path, tmp_path: Path, commit: str) -> None:
    done = fetch(origin, commit, tmp_path / "to")
    assert done.returncode == 2
    assert done.stderr == f"fetch_source: COMMIT is 40 hexadecimal digits, not '{commit}'\n"
    assert not (tmp_path / "to").exists()


def test_a_commit_that_is_not_there_fails(origin: Path, tmp_path: Path) -> None:
    assert fetch(origin, "0" * 40, tmp_path / "to").returncode != 0
    assert not (tmp_path / "to" / "code.py").exists()
