import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench import machine
from bench.machine import peak_mb

ROOT = Path(__file__).parents[2]
CHILD = "from bench.machine import peak_mb; print(peak_mb())"


@pytest.mark.skipif(not machine.STATUS.is_file(), reason="only Linux accounts for it")
def test_peak_is_the_process_s_own_and_not_that_of_the_one_that_started_it() -> None:
    held = np.ones(300 * 10**6, np.uint8)
    child = subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, check=True, capture_output=True)
    assert 5 < float(child.stdout) < 200
    assert peak_mb() > held.nbytes / 1e6


def test_peak_is_told_without_linux_s_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "STATUS", tmp_path / "none")
    assert peak_mb() > 5
