"""The command that proves a card: its parts are kept apart, kept in time, and kept on one page."""

import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import pytest

from bench.first_gpu import LEAST_S, ROOT, Outcome, Part, Report, main, parts, run


def _part(tmp_path: Path, code: str, most_s: float = 60.0) -> Part:
    (tmp_path / "a_part.py").write_text(code)
    return Part("a", "A part", ["a_part", "x y"], most_s)


def _run(part: Part, tmp_path: Path, left_s: float = 600.0) -> Outcome:
    return run(part, tmp_path, left_s, {**os.environ, "PYTHONPATH": str(tmp_path)})


def test_a_part_s_output_is_kept(tmp_path: Path) -> None:
    outcome = _run(
        _part(tmp_path, "import sys; print(sys.argv[1]); print('wrong', file=sys.stderr)"), tmp_path
    )
    assert (outcome.status, outcome.command) == ("ok", "python -m a_part 'x y'")
    assert outcome.output == "x y\n"
    assert sorted((tmp_path / "a.log").read_text().splitlines()) == ["wrong", "x y"]


def test_a_part_that_fails_costs_no_other(tmp_path: Path) -> None:
    failed = _run(_part(tmp_path, "print('so far'); raise SystemExit('no GPU')"), tmp_path)
    assert (failed.status, sorted(failed.output.splitlines())) == ("failed", ["no GPU", "so far"])
    assert _run(_part(tmp_path, "import os; os.kill(os.getpid(), 11)"), tmp_path).status == "failed"
    assert _run(_part(tmp_path, ""), tmp_path).status == "ok"


def test_a_part_that_hangs_is_stopped_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.first_gpu.LEAST_S", 0)
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\ntime.sleep(600)"
    )
    outcome = _run(_part(tmp_path, code, most_s=5), tmp_path)
    assert outcome.status == "stopped"
    child = int(outcome.output)
    while _runs(child):  # killed with it; the system may take a moment
        time.sleep(0.01)


def test_what_a_part_left_running_is_stopped_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.first_gpu.LEAST_S", 0)
    leave = "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']{})\n"
    code = "import subprocess, sys\n" + leave + "print(child.pid)\n"
    holding = _run(_part(tmp_path, code.replace("{}", ""), most_s=5), tmp_path)
    assert holding.status == "stopped"  # the child holds the part's output open
    quiet = _run(_part(tmp_path, code.replace("{}", ", stdout=-3, stderr=-3")), tmp_path)
    assert quiet.status == "ok"
    while any(_runs(int(one.output)) for one in (holding, quiet)):
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_part_without_time_is_not_begun(tmp_path: Path) -> None:
    outcome = _run(_part(tmp_path, "print('begun')"), tmp_path, left_s=LEAST_S - 1)
    assert (outcome.status, outcome.output) == ("not run", "No time was left for it.")
    assert not (tmp_path / "a.log").exists()


def test_the_page_has_all(tmp_path: Path) -> None:
    (tmp_path / "actionmesh-fast.png").touch()
    outcomes = [
        Outcome("a", "First", "python -m a", "ok", 1.4, "one\n"),
        Outcome("b", "Second", "", "failed", 0, ""),
    ]
    page = Report("machine", "card", "weights", "2026-01-01", outcomes).save(tmp_path)
    text = page.read_text()
    for line in ("- card", "| First | ok | 1 |", "| Second | failed | 0 |", "one"):
        assert line in text.splitlines()
    assert "![actionmesh-fast](actionmesh-fast.png)" in text
    assert json.loads((tmp_path / "first-gpu.json").read_text())["outcomes"][0]["output"] == "one\n"


@pytest.mark.parametrize("size", ["weights", "random", "tiny"])
def test_what_is_run_exists(size: str, tmp_path: Path) -> None:
    for part in parts(tmp_path, size=size):
        assert find_spec(part.module[0])
    names = [part.name for part in parts(tmp_path, size=size)]
    assert len(set(names)) == len(names)


def test_a_part_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--only", "speeed"], ["--tiny", "--only", "speed", "sample"]):
        with (
            mock.patch.object(sys, "argv", ["first_gpu", *arguments]),
            pytest.raises(SystemExit, match="2"),
        ):
            main()
        assert f"--only: {arguments[-1]}: not among self-test, " in capsys.readouterr().err


def test_without_a_gpu_it_says_so() -> None:
    pytest.importorskip("torch", reason="it asks PyTorch for a GPU")
    done = subprocess.run(
        [sys.executable, "-m", "bench.first_gpu", "--quick"],
        check=False,
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == "bench.first_gpu was not run: PyTorch finds no GPU here\n"
