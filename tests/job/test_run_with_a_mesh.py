"""Jobs that bring a mesh of the caller's own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.contract.engines import ACTIONMESH
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import Cancelled, InvalidInput, NotAMesh
from actionmesh_wrapper.export import write_mesh
from actionmesh_wrapper.mesh_file import read_mesh
from tests.export.samples import ball
from tests.job.jobs import QUICK, Job
from tests.job.test_run_again import Remembering


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_a_mesh_of_the_callers_own_is_what_moves(a_job: Job) -> None:
    own = ball(1, textured=True, scale=1000.0)
    a_job.mesh = write_mesh(own, a_job.root / "own.glb", extras={})
    result = a_job.run({"outputs": ["meshes", "preview"]})
    assert (result.vertices, result.faces, result.warnings[0].code) == (162, 320, "ROUND")
    assert a_job.engine.meshes == [True]
    last = read_mesh(a_job.root / "outputs/job-1/mesh_015.glb", warn=lambda _: None)
    np.testing.assert_allclose(last.vertices, own.vertices + np.array([0.5, 0, 0]), rtol=1e-5)
    np.testing.assert_array_equal(last.uv, own.uv)
    assert last.texture is not None
    assert last.texture.shape == (48, 64, 3)


def test_an_engine_is_asked_whether_it_takes_a_mesh_before_anything_is_fetched(a_job: Job) -> None:
    a_job.run()
    assert a_job.engine.meshes == [False]
    a_job.mesh = a_job.root / "own.glb"
    a_job.engine.refuses = InvalidInput("no mesh, please.")
    with pytest.raises(InvalidInput, match="no mesh, please"):
        a_job.run()


def test_a_mesh_that_is_none_stops_the_job_before_its_video_is_looked_at(a_job: Job) -> None:
    a_job.mesh = a_job.root / "own.glb"
    a_job.mesh.write_bytes(b"{}")
    with pytest.raises(NotAMesh):
        a_job.run()
    assert {progress.stage for progress in a_job.progress} == {"fetch"}
    assert a_job.files() == []


class Cancelling(list[Progress]):
    """Takes so many reports, and cancels at the next."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def append(self, progress: Progress) -> None:
        if len(self) == self.after:
            raise Cancelled
        super().append(progress)


def test_a_cancel_is_heeded_while_the_mesh_is_read(a_job: Job) -> None:
    a_job.mesh = write_mesh(ball(1), a_job.root / "own.glb", extras={})
    a_job.progress = Cancelling(after=4)  # two of the files' coming, two of the mesh
    with pytest.raises(Cancelled):
        a_job.run()
    assert [(report.stage, report.index) for report in a_job.progress] == [
        *[("fetch", 0), ("fetch", 1)],
        *[("fetch", 0), ("fetch", 0)],
    ]


def test_jobs_differ_with_their_mesh(a_job: Job) -> None:
    a_job.storage = Remembering(a_job.root / "outputs")
    a_job.run()
    a_job.mesh = write_mesh(ball(1), a_job.root / "own.glb", extras={})
    assert [a_job.run().cached, a_job.run().cached] == [False, True]
    write_mesh(ball(1, scale=2.0), a_job.mesh, extras={})
    assert not a_job.run().cached


def test_options_of_a_mesh_of_ours_have_no_effect_on_the_callers(a_job: Job) -> None:
    a_job.engine.facts = replace(ACTIONMESH, name="ball", licence=None)
    wishes = {"stage_0_steps": 10, "face_decimation": 2000, "floaters_threshold": 0.5, "seed": 7}
    assert [warning.code for warning in a_job.run(QUICK | wishes).warnings] == ["ROUND"]
    a_job.mesh = write_mesh(ball(1), a_job.root / "own.glb", extras={})
    assert [warning.message for warning in a_job.run(QUICK | wishes).warnings] == [
        "stage_0_steps has no effect on a mesh of your own.",
        "face_decimation has no effect on a mesh of your own.",
        "floaters_threshold has no effect on a mesh of your own.",
        "It is a ball.",
    ]
