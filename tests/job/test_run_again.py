"""Jobs equal to an earlier one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.storage import Local
from actionmesh_wrapper.storage.local import LocalDelivery
from tests.job.jobs import QUICK, Job


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


@dataclass(frozen=True)
class Remembering(Local):
    """A folder that finds what was sealed in it, as a bucket does."""

    sealed: dict[str, Result] = field(default_factory=dict)

    @contextmanager
    def deliver(self, name: str) -> Iterator["RememberingDelivery"]:
        with super().deliver(name) as delivery:
            yield RememberingDelivery(delivery.folder, delivery.token, self.sealed)

    def find(self, key: str) -> Result | None:
        return self.sealed.get(key)


@dataclass(frozen=True)
class RememberingDelivery(LocalDelivery):
    sealed: dict[str, Result] = field(default_factory=dict)

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:
        self.sealed[key] = result
        super().seal(key, result, step=step)


def test_an_equal_job_is_not_run_again(a_job: Job) -> None:
    a_job.storage = Remembering(a_job.root / "outputs")
    first = a_job.run()
    again = a_job.run(job_id="job-2")
    assert len(a_job.engine.seen) == 1
    assert not first.cached
    assert again.cached
    assert again.job_id == "job-2"
    assert again.files == first.files
    assert list(again.timings_s) == ["fetch"]


@pytest.mark.parametrize("change", [{"cache": False}, {"seed": 1}, {"outputs": ["animated_mesh"]}])
def test_another_job_or_one_that_wants_it_is_run(a_job: Job, change: dict[str, object]) -> None:
    a_job.storage = Remembering(a_job.root / "outputs")
    a_job.run()
    assert not a_job.run(QUICK | change).cached
    assert len(a_job.engine.seen) == 2
