"""What a job tells on its way, and its time."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.recipe import Options, Recipe
from actionmesh_wrapper.errors import (
    TimeoutTooShort,
)
from actionmesh_wrapper.job.pace import Pace, TimeLimit
from actionmesh_wrapper.job.run import work_of
from tests.fakes import BALL, SharingStorage
from tests.job.jobs import Job


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_the_anchors_mesh_rides_in_progress_before_the_others_are_made(a_job: Job) -> None:
    a_job.storage = SharingStorage(a_job.root / "outputs")
    a_job.run()
    early = {"anchor_mesh": "https://bucket.example/job-1/anchor_mesh.glb"}
    with_link = [progress.stage for progress in a_job.progress if progress.early == early]
    assert with_link[0] == "inflate"
    assert with_link[-1] == "upload"
    assert a_job.progress[0].early == {}


def test_the_meshes_are_on_their_way_while_the_preview_is_drawn(a_job: Job) -> None:
    sent_in: dict[str, str] = {}

    def note(files: Sequence[Path]) -> None:
        for file in files:
            sent_in.setdefault(file.name, a_job.progress[-1].stage)

    a_job.storage = SharingStorage(a_job.root / "outputs", sent=note)
    a_job.run({"outputs": ["meshes", "animated_mesh", "preview", "archive"]})
    meshes = ["animated_mesh.glb", *(f"mesh_{index:03d}.glb" for index in range(16))]
    previews = ["preview.mp4", "preview.webp", "poster.png", "archive.zip"]
    assert sent_in == dict.fromkeys(meshes, "export") | dict.fromkeys(previews, "preview")


def test_what_is_only_in_the_archive_is_not_sent(a_job: Job) -> None:
    sent: list[Path] = []
    a_job.storage = SharingStorage(a_job.root / "outputs", sent=sent.extend)
    a_job.run({"outputs": ["archive"]})
    assert [path.name for path in sent] == ["archive.zip"]


def test_progress_rises_through_the_stages_in_order(a_job: Job) -> None:
    a_job.run()
    stages = list(dict.fromkeys(progress.stage for progress in a_job.progress))
    assert stages == ["fetch", "sample", "inflate", "roll", "export", "preview", "upload"]
    percents = [progress.percent for progress in a_job.progress]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert percents[-1] == 100


def test_stages_get_their_shares_for_the_frames_that_were_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's share grows with its work, and the time left follows."""
    a_job = Job(tmp_path, 20)

    def stages(_options: Options, count: int) -> dict[str, float]:
        return {"inflate": 1.0, "roll": 3.0 if count == 16 else 99.0}

    def entered(stage: str) -> float:
        return next(progress.percent for progress in a_job.progress if progress.stage == stage)

    monkeypatch.setattr(a_job.engine, "stages", stages)
    with_preview = {"outputs": ["meshes", "preview"]}
    a_job.run(with_preview)
    assert (entered("inflate"), entered("export")) == (6.0, 66.0)
    a_job.progress.clear()
    a_job.run(with_preview | {"num_frames": 20})
    assert (entered("inflate"), entered("export")) == (0.4, 97.8)


@pytest.mark.parametrize(
    ("outputs", "shares"),
    [
        (["preview", "meshes"], {"inflate": 15, "roll": 45, "export": 2, "preview": 30, "upload": 2}),
        (["meshes"], {"inflate": 15, "roll": 45, "export": 2, "preview": 1, "upload": 2}),
        (["rig"], {"inflate": 15, "roll": 45, "export": 22, "preview": 1, "upload": 2}),
        (["masks"], {"inflate": 15, "export": 2, "preview": 1, "upload": 2}),
    ],
)
def test_stages_get_their_shares_for_what_is_made(
    tmp_path: Path, outputs: list[str], shares: dict[str, float]
) -> None:
    a_job = Job(tmp_path)
    a_job.run({"outputs": outputs})
    percents: dict[str, float] = {}
    for progress in a_job.progress:
        percents.setdefault(progress.stage, progress.percent)
    whole, before = 6 + sum(shares.values()), 6.0
    for stage, share in shares.items():
        if stage != "inflate":
            assert percents[stage] == pytest.approx(100 * before / whole, abs=0.1)
        before += share


def test_a_job_that_its_time_out_is_too_short_for_is_refused_before_the_engine_starts(tmp_path: Path) -> None:
    job = Job(tmp_path)
    pace = Pace()
    for _ in range(2):
        job.limit = TimeLimit(pace, seconds=600)
        result = job.run()
    assert result.seconds_per_frame is not None
    assert result.seconds_per_frame == pytest.approx(
        sum(result.timings_s[stage] for stage in BALL.stages) / 16, abs=1e-3
    )
    job.limit = TimeLimit(pace, seconds=1e-6)
    with pytest.raises(TimeoutTooShort):
        job.run()
    assert len(job.engine.seen) == 2


def test_the_time_of_jobs_of_masks_alone_says_nothing_of_others(tmp_path: Path) -> None:
    job = Job(tmp_path)
    job.limit = TimeLimit()
    job.run({"outputs": ["masks"]})
    work = work_of(Recipe(), job.engine, 16, has_mesh=False)
    assert len(job.limit.pace.seconds(work)) == 0
    job.run()
    assert len(job.limit.pace.seconds(work)) == 1
