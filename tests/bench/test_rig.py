"""What the benchmark and the GPU check say where they cannot run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the rig runs torch")

import torch

from bench.rig import machine_of, why_not

ROOT = Path(__file__).parents[2]
NO_SOURCES = "ActionMesh's own code is not at hand: ACTIONMESH_SRC and TRIPOSG_SRC name no checkout"


@pytest.fixture
def no_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACTIONMESH_SRC", "TRIPOSG_SRC"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("module", ["bench.engine", "bench.gpu"])
def test_without_upstream_s_code_they_say_so_and_end_well(no_sources: None, module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module],
        check=False,
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, f"{module} was not run: {NO_SOURCES}\n")


def test_the_source_that_is_missing_is_named(no_sources: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONMESH_SRC", "somewhere")
    assert why_not("cpu") == "ActionMesh's own code is not at hand: TRIPOSG_SRC names no checkout"


@pytest.mark.parametrize(("device", "why"), [("cpu", None), ("cuda", "PyTorch finds no GPU here")])
def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch, device: str, why: str | None) -> None:
    for name in ("ACTIONMESH_SRC", "TRIPOSG_SRC"):
        monkeypatch.setenv(name, "somewhere")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert why_not(device) == why


def test_the_processor_is_named() -> None:
    threads = torch.get_num_threads()
    assert machine_of(torch.device("cpu")) == (
        f"PyTorch {torch.__version__} on the processor, threads: {threads}; seconds are the processor's"
    )
