"""The real handler in the SDK's real loop, before a local RunPod that misbehaves."""

import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from actionmesh_wrapper.job.workspace import folder_name
from local_runpod.faults import Fault
from tests.fakes import write_frames
from tests.local_runpod.scene import Scene, served, until

WORKER = [sys.executable, "-m", "tests.ball_worker"]
QUICK = {"outputs": ["animated_mesh"]}


@dataclass(frozen=True)
class Stage:
    """A scene with the ball's worker.

    Attributes:
        scene: the local RunPod.
        hold: while this file exists, jobs of seed 1 stay in the engine.
        jobs: the working folders.
    """

    scene: Scene
    hold: Path
    jobs: Path

    def folders(self) -> list[str]:
        """The names of the working folders, ``{job}--{run}``."""
        return [path.name for path in self.jobs.iterdir() if path.is_dir()]

    def submit(self, **recipe: Any) -> str:
        return self.scene.run(**QUICK, **recipe)

    def noted(self) -> list[list[str]]:
        """What the engine noted: start or end, the job's seed, the worker's process."""
        marks = self.scene.marks
        return [line.split() for line in marks.read_text().splitlines()] if marks.exists() else []

    def stays(self) -> list[list[tuple[str, str]]]:
        """For each worker's process what it noted, in order: start or end, the job's seed."""
        processes = defaultdict(list)
        for what, seed, process in self.noted():
            processes[process].append((what, seed))
        return list(processes.values())

    def until_noted(self, *what: str) -> None:
        until(self.noted, lambda lines: [" ".join(line[:2]) for line in lines] == list(what))


@contextmanager
def staged(folder: Path, faults: Sequence[Fault] = (), *, workers: int = 1) -> Iterator[Stage]:
    frames, hold, jobs = write_frames(folder / "frames", 16), folder / "hold", folder / "jobs"
    with served(
        folder,
        workers=workers,
        faults=faults,
        command=WORKER,
        FRAMES=str(frames),
        HOLD=str(hold),
        JOBS_DIR=str(jobs),
    ) as scene:
        yield Stage(scene, hold, jobs)


def test_progress_is_the_output_until_the_result_is(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.hold.touch()
        job_id = stage.submit(seed=1)
        running = until(
            lambda: stage.scene.status(job_id),
            lambda status: status.get("output", {}).get("stage") == "roll",
        )
        assert running["status"] == "IN_PROGRESS"
        assert running["output"].keys() == {"stage", "index", "of", "percent", "eta_s"}
        assert 5 < running["output"]["percent"] < 100
        assert running["output"]["eta_s"] >= 0
        stage.hold.unlink()
        done = stage.scene.wait(job_id)
        assert (done["status"], done["output"]["engine"]) == ("COMPLETED", "ball")
        assert done["output"]["storage"] == "inline"
        url = done["output"]["files"]["animated_mesh"]["url"]
        assert url.startswith("data:model/gltf-binary;base64,")
        assert list(stage.jobs.iterdir()) == []


def test_slow_and_reordered_progress_never_covers_the_result(tmp_path: Path) -> None:
    slow = [Fault("progress", delay_s=1.0, every=2), Fault("progress", delay_s=0.3)]
    with staged(tmp_path, slow) as stage:
        job_ids = [stage.submit(seed=seed) for seed in (2, 3, 4)]
        for job_id in job_ids:
            done = stage.scene.wait(job_id)
            assert (done["status"], done["output"]["num_frames"]) == ("COMPLETED", 16)
        # By now all posts are through: a job's are done before its result, and so before the next job.
        assert [stage.scene.status(job_id)["status"] for job_id in job_ids] == ["COMPLETED"] * 3


def test_progress_that_is_held_for_longer_than_the_job_takes_is_waited_for(tmp_path: Path) -> None:
    with staged(tmp_path, [Fault("progress", delay_s=12, times=1)]) as stage:
        job_id = stage.submit(seed=2)
        assert stage.scene.wait(job_id)["output"]["engine"] == "ball"
        stage.scene.wait(stage.submit(seed=3))  # time enough for what is late
        assert stage.scene.status(job_id)["status"] == "COMPLETED"


def test_a_cancel_stops_the_engine_before_the_next_job_starts(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.hold.touch()
        cancelled = stage.submit(seed=1)
        stage.until_noted("start 1")
        following = stage.submit(seed=2)
        assert stage.scene.ask("POST", f"cancel/{cancelled}")[1]["status"] == "CANCELLED"
        assert stage.scene.wait(following)["status"] == "COMPLETED"
        stage.until_noted("start 1", "end 1", "start 2", "end 2")
        assert len({line[2] for line in stage.noted()}) == 1
        assert stage.scene.status(cancelled)["status"] == "CANCELLED"
        assert list(stage.jobs.iterdir()) == []


def test_a_time_out_stops_the_engine_before_the_next_job_starts(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.hold.touch()
        late = stage.scene.run({"policy": {"executionTimeout": 5001}}, **QUICK, seed=1)
        following = stage.submit(seed=2)
        stage.until_noted("start 1")
        assert stage.scene.wait(late)["status"] == "TIMED_OUT"
        assert stage.scene.wait(following)["status"] == "COMPLETED"
        stage.until_noted("start 1", "end 1", "start 2", "end 2")
        assert len({line[2] for line in stage.noted()}) == 1
        assert stage.scene.status(late)["status"] == "TIMED_OUT"
        assert list(stage.jobs.iterdir()) == []


def test_two_workers_share_twenty_jobs_and_each_runs_once(tmp_path: Path) -> None:
    with staged(tmp_path, workers=2) as stage:
        stage.hold.touch()
        ids = [stage.submit(seed=1), stage.submit(seed=1)]
        stage.until_noted("start 1", "start 1")  # each worker has one, for it takes one at a time
        ids += [stage.submit(seed=seed) for seed in range(2, 20)]
        stage.hold.unlink()
        ended = [stage.scene.wait(job_id) for job_id in ids]
        assert [(done["status"], done["output"]["job_id"]) for done in ended] == [
            ("COMPLETED", job_id) for job_id in ids
        ]
        assert [done["output"]["seed"] for done in ended] == [1, *range(1, 20)]
        stays = stage.stays()
        assert len(stays) == 2
        for stay in stays:
            assert [what for what, _ in stay] == ["start", "end"] * (len(stay) // 2)
            assert [seed for _, seed in stay[::2]] == [seed for _, seed in stay[1::2]]
        begun = Counter(seed for stay in stays for what, seed in stay if what == "start")
        assert begun == {"1": 2} | {str(seed): 1 for seed in range(2, 20)}
        assert list(stage.jobs.iterdir()) == []


def test_a_killed_workers_job_runs_again_and_nothing_of_the_first_run_is_left(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.hold.touch()
        job_id = stage.submit(seed=1)
        stage.until_noted("start 1")
        assert len(stage.folders()) == 1
        os.kill(int(stage.noted()[0][2]), signal.SIGKILL)
        stage.until_noted("start 1", "start 1")
        stage.hold.unlink()
        assert stage.scene.wait(job_id)["status"] == "COMPLETED"
        assert list(stage.jobs.iterdir()) == []


def test_sigterm_lets_the_job_finish(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.hold.touch()
        job_id = stage.submit(seed=1)
        stage.until_noted("start 1")
        os.kill(int(stage.noted()[0][2]), signal.SIGTERM)
        stage.hold.unlink()
        assert stage.scene.wait(job_id)["status"] == "COMPLETED"
        stage.until_noted("start 1", "end 1")


def test_a_job_may_have_any_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["../../climbs", "'; rm -rf ~; echo \"", "x" * 300]
    given = iter(ids)
    monkeypatch.setattr("local_runpod.jobs.uuid", SimpleNamespace(uuid4=lambda: next(given)))
    with staged(tmp_path) as stage:
        for count in range(len(ids)):
            stage.hold.touch()
            job_id = stage.submit(seed=1)
            stage.until_noted(*["start 1", "end 1"] * count, "start 1")
            assert [name.rpartition("--")[0] for name in stage.folders()] == [folder_name(job_id)]
            stage.hold.unlink()
            stage.until_noted(*["start 1", "end 1"] * (count + 1))
            if count == 0:
                continue  # the SDK puts an id into addresses as it is: this one's result finds no way back
            done = stage.scene.wait(quote(job_id))
            assert (done["status"], done["output"]["job_id"]) == ("COMPLETED", job_id)
        assert list(stage.jobs.iterdir()) == []
    assert not [path for path in tmp_path.rglob("*") if "climbs" in path.name]


def test_bad_input_fails_with_its_code(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        failed = stage.scene.wait(stage.submit(num_frames=3))
        assert failed["status"] == "FAILED"
        assert failed["error"] == "INVALID_INPUT: num_frames: must be a whole number from 16 to 226, or auto."
