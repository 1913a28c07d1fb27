"""Jobs that ask for a cycle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Task
from tests.export import reader
from tests.fakes import BallEngine
from tests.job.jobs import QUICK, Job, source_of


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


class SwingingEngine(BallEngine):
    """An engine whose ball swings to and fro along X, once in 12 frames."""

    def animate(self, task: Task, listener: Listener) -> Animation:
        made = super().animate(task, listener)
        vertices = np.repeat(made.vertices[:1], made.num_frames, axis=0)
        vertices[..., 0] += np.sin(2 * np.pi * np.arange(made.num_frames) / 12)[:, None]
        return replace(made, vertices=vertices)


def test_a_loop_is_cut_at_its_period_in_every_file(tmp_path: Path) -> None:
    job = Job(tmp_path)
    job.engine = SwingingEngine()
    result = job.run({"outputs": ["meshes", "animated_mesh", "masks"], "loop": True})
    assert result.loop_info is not None
    assert (result.loop_info.keys, result.num_frames, len(source_of(result).timestamps_s)) == (12, 13, 13)
    assert len(result.files.meshes) == len(result.files.masks) == 13
    document = reader.read(tmp_path / "outputs/job-1/animated_mesh.glb")
    sampler = document.json["animations"][0]["samplers"][0]
    assert document.values(sampler["input"])[-1] == pytest.approx(12 / result.fps, rel=1e-5)
    np.testing.assert_array_equal(document.at_key("POSITION", 0), document.at_key("POSITION", 12))
    extras = document.json["scenes"][0]["extras"]
    assert (extras["loops"], len(extras["source_timestamps_s"])) == (True, 13)
    assert [warning.code for warning in result.warnings] == ["ROUND"]


def test_a_motion_that_does_not_come_back_is_warned_of(tmp_path: Path) -> None:
    result = Job(tmp_path).run(QUICK | {"loop": True})
    assert [warning.code for warning in result.warnings] == ["ROUND", "LOOP_UNLIKE"]


def test_without_a_loop_the_result_says_nothing_of_one(tmp_path: Path) -> None:
    assert Job(tmp_path).run().loop_info is None
