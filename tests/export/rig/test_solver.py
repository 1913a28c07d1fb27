"""The process that finds a rig: the same bytes, its end, its failures."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.export.rig import solve_rig, solver, write_rig
from tests.export.rig.solved import EGG, NEEDS_DEM_BONES, egg, solved
from tests.export.samples import ball

pytestmark = NEEDS_DEM_BONES


def test_equal_animations_give_equal_bytes(tmp_path: Path) -> None:
    one = write_rig(egg(), EGG, tmp_path / "one.glb", extras={})
    other = write_rig(solved(EGG), EGG, tmp_path / "other.glb", extras={})
    assert one.read_bytes() == other.read_bytes()


def test_a_cancel_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    animation = ball(60, detail=5)  # takes many seconds
    calls = []

    def cancel() -> None:
        calls.append(time.monotonic())
        if len(calls) > 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        solve_rig(animation, tmp_path, tick=cancel)
    assert len(calls) == 5
    assert list(tmp_path.iterdir()) == []


def test_what_a_failed_solver_says_is_for_the_log_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "_LIMITS", replace(solver._LIMITS, cpu_seconds=1))
    with pytest.raises(ExportFailed) as caught:
        solve_rig(ball(60, detail=5), tmp_path)
    assert str(caught.value) == "EXPORT_FAILED: No rig was found: the solver failed."
    assert list(tmp_path.iterdir()) == []


def test_one_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "_LIMITS", replace(solver._LIMITS, seconds=0.2))
    with pytest.raises(ExportFailed, match="The rig took too long"):
        solve_rig(ball(60, detail=5), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_module_of_the_folder_where_the_worker_was_started_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, folder = tmp_path / "started", tmp_path / "folder"
    started.mkdir()
    folder.mkdir()
    (started / "numpy.py").write_text("raise SystemExit('not NumPy')")
    monkeypatch.chdir(started)
    assert solve_rig(ball(1), folder).skeleton.names == ("root",)


def test_without_a_folder_to_write_it_fails(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="Working files could not be written to the worker's disk"):
        solve_rig(ball(1), tmp_path / "missing")


def test_the_rig_comes_back_as_it_was_found() -> None:
    assert egg().skeleton.names[0] == "root"
    assert type(egg().rest) is int
    assert type(egg().p99) is float
    assert egg().skeleton.rotations.dtype == egg().targets.dtype == np.float32
    assert egg().skin.joints.dtype == np.uint8
    assert egg().skin.weights.dtype == np.uint16
