"""The kind ``rig`` of a job: its file, what the result says of it, and what it is left out for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.contract.result import RiggedMeshInfo
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import Tools, WriteJob
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import rig
from tests.engines.silhouette.drawn import frames_of
from tests.export.rig.solved import NEEDS_DEM_BONES, egg
from tests.export.samples import EXTRAS, ball


def job_of(animation: Animation, folder: Path, notices: list[Notice]) -> WriteJob:
    frames = frames_of(np.zeros((1, 8, 8, 4), np.uint8))
    return WriteJob(animation, frames, None, folder, EXTRAS, "standard", Tools(), notices.append)


@NEEDS_DEM_BONES
def test_the_file_and_its_error(tmp_path: Path) -> None:
    notices: list[Notice] = []
    written = rig.write(job_of(ball(4), tmp_path, notices))
    assert [path.name for path in written.files] == ["rigged_mesh.glb"]
    info = written.result_fields["rigged_mesh_info"]
    assert isinstance(info, RiggedMeshInfo)
    assert info.bones > 1
    assert info.rms <= info.p99 <= info.max < 0.01
    assert notices == []
    assert list(tmp_path.iterdir()) == list(written.files)


def left_out(tmp_path: Path, code: str = "OUTPUT_LEFT_OUT") -> str:
    """Why a job has no rig."""
    notices: list[Notice] = []
    assert rig.write(job_of(ball(4), tmp_path, notices)).files == ()
    (notice,) = notices
    assert notice.code == code
    assert list(tmp_path.iterdir()) == []
    return notice.message


def test_without_dem_bones_it_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rig, "dem_bones_is_installed", lambda: False)
    assert left_out(tmp_path, "PROGRAM_MISSING") == "rig was not made: this worker lacks py-dem-bones."


@NEEDS_DEM_BONES
def test_a_solver_that_fails_costs_the_rig_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ExportFailed("No rig was found: the solver failed.", detail="segmentation fault")

    monkeypatch.setattr(rig, "solve_rig", fail)
    assert left_out(tmp_path) == "No rig was found: the solver failed. rig is left out."
    assert "segmentation fault" in caplog.text


@NEEDS_DEM_BONES
def test_a_motion_that_bones_cannot_carry_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rig, "solve_rig", lambda *_, **__: replace(egg(), p99=0.0312))
    assert left_out(tmp_path) == (
        "rig was not made: bones cannot carry this motion, "
        "1 % of the surface would be more than 3.1 % of the mesh's size out of place."
    )
