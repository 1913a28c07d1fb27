"""The benchmark of all but the model, at a small size."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.storage.s3 import S3
from bench import overhead
from bench.grainy_clip import write_clip
from bench.overhead import JOBS, PARTS, SEALED, STEPS, Round, in_line, measure, opened, table
from tests.storage.s3_server import needed_executable


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Worker, str]]:
    juicefs = needed_executable()
    folder = tmp_path_factory.mktemp("overhead")
    clip = folder / "clip.mp4"
    write_clip(clip, 160, 96)
    with opened(juicefs, folder / "ready", clip, vertices=200) as opened_here:
        yield opened_here


@pytest.mark.parametrize("kind", JOBS)
def test_every_step_of_a_job_is_measured(scene: tuple[Worker, str], kind: str) -> None:
    worker, url = scene
    write = Frames.write
    found = measure(worker, kind.replace(" ", "-"), url, JOBS[kind])
    assert set(found.seconds) == set(STEPS)
    assert all(seconds > 0 for seconds in found.seconds.values())
    assert sum(found.seconds[name] for name in STEPS if name not in PARTS) == pytest.approx(found.total_s)
    assert found.cpu_s > 0
    assert found.megabytes > 0
    assert Frames.write is write
    assert list(worker.settings.jobs_dir.iterdir()) == []


def test_jobs_in_line_take_turns_at_an_engine_that_is_busy(tmp_path: Path) -> None:
    juicefs = needed_executable()
    clip = tmp_path / "clip.mp4"
    write_clip(clip, 160, 96)
    with opened(juicefs, tmp_path / "s3", clip, vertices=200, busy_s=0.3) as (worker, url):
        assert in_line(worker, url, jobs=3, at_a_time=2) >= 3 * 0.3
        assert isinstance(worker.storage, S3)
        stored = worker.storage.client.list_objects_v2(Bucket=overhead.BUCKET)["Contents"]
    jobs = sorted(entry["Key"].split("/")[0] for entry in stored if entry["Key"].endswith("/result.json"))
    assert jobs == [f"line-2-{index}" for index in range(3)]


def test_the_table_has_the_medians() -> None:
    rounds = [Round({"fetch": 0.1 * number, SEALED: 2.0}, number, 2 * number, 7.0) for number in (1, 9, 2)]
    lines = [line.split() for line in table({"one": rounds, "two": rounds[:1]}).splitlines()]
    assert lines[0] == ["one", "two"]
    assert ["fetch", "0.200", "0.100"] in lines
    assert ["sample", "0.000", "0.000"] in lines
    assert lines[-3:] == [
        ["all,", "s", "2.000", "1.000"],
        ["processor,", "s", "4.000", "2.000"],
        ["results,", "MB", "7.0", "7.0"],
    ]


def test_without_a_server_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(overhead, "executable", lambda: None)
    overhead.main()
    assert capsys.readouterr().out == "bench.overhead was not run: JuiceFS is not installed\n"
