import math
import re
from typing import Any

import pytest
from pydantic import ValidationError

from local_runpod.job import Job, Kind, State
from local_runpod.jobs import Jobs, NotRetryable, UnknownJob
from local_runpod.limits import Limits
from local_runpod.submission import Submission


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """The jobs, with a clock that the test moves and a list of the ends that were told."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.clock = Clock()
        self.ended: list[tuple[str, State]] = []
        self.jobs = Jobs(self.clock, limits or Limits(), lambda job: self.ended.append((job.id, job.state)))

    def submit(self, kind: Kind = "run", data: Any = "x", **policy: Any) -> Job:
        return self.jobs.submit(Submission.model_validate({"input": data, "policy": policy}), kind)

    def taken(self, worker: str = "w1", **policy: Any) -> Job:
        job = self.submit(**policy)
        assert self.jobs.take(worker) == [job]
        return job

    def after(self, seconds: float) -> None:
        self.clock.now += seconds
        self.jobs.sweep()


def test_ids_are_unpredictable_and_in_runpods_form() -> None:
    desk = Desk()
    uuid4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    ids = {desk.submit().id for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(f"{uuid4}-u1", job_id) for job_id in ids)
    assert re.fullmatch(f"sync-{uuid4}-u1", desk.submit("runsync").id)


def test_a_jobs_way_and_its_times() -> None:
    desk = Desk()
    job = desk.submit()
    assert job.status() == {"id": job.id, "status": "IN_QUEUE"}
    desk.clock.now += 1.5
    desk.jobs.take("w1")
    running = {"id": job.id, "status": "IN_PROGRESS", "delayTime": 1500, "workerId": "w1"}
    assert job.status() == running
    desk.clock.now += 2
    assert not desk.jobs.report("w1", job.id, "half")
    assert job.status() == running | {"executionTime": 2000, "output": "half"}
    desk.clock.now += 0.25
    desk.jobs.finish("w1", job.id, {"a": 1})
    done = {"status": "COMPLETED", "executionTime": 2250, "output": {"a": 1}}
    assert job.status() == running | done
    assert desk.ended == [(job.id, State.COMPLETED)]


def test_an_error_fails_the_job_and_output_beside_it_is_kept() -> None:
    desk = Desk()
    job = desk.taken()
    desk.jobs.finish("w1", job.id, {"detail": 1}, "BAD: no")
    assert (job.state, job.error, job.output) == (State.FAILED, "BAD: no", {"detail": 1})


def test_an_error_that_is_no_string_is_lost_with_the_output() -> None:
    desk = Desk()
    job = desk.taken()
    desk.jobs.finish("w1", job.id, {"a": 1}, {"code": "BAD"})
    assert (job.state, job.error, job.output) == (State.COMPLETED, None, None)


def test_progress_after_the_result_leaves_the_job_in_progress_for_good() -> None:
    desk = Desk()
    job = desk.taken()
    desk.after(1)
    desk.jobs.finish("w1", job.id, "result")
    desk.after(1)
    assert desk.jobs.report("w1", job.id, "99 %")
    assert (job.state, job.output) == (State.IN_PROGRESS, "99 %")
    assert desk.jobs.counts()["inProgress"] == 0
    desk.after(601)
    desk.jobs.cancel(job.id)
    assert job.state is State.IN_PROGRESS
    assert desk.ended == [(job.id, State.COMPLETED)]


def test_progress_after_a_cancel_changes_nothing() -> None:
    desk = Desk()
    job = desk.taken()
    desk.jobs.cancel(job.id)
    assert not desk.jobs.report("w1", job.id, "99 %")
    assert (job.state, job.output) == (State.CANCELLED, None)


def test_the_first_result_counts() -> None:
    desk = Desk()
    job = desk.taken()
    desk.jobs.finish("w1", job.id, "first")
    desk.jobs.finish("w1", job.id, "second", "late error")
    assert (job.state, job.output) == (State.COMPLETED, "first")
    assert len(desk.ended) == 1


def test_a_result_after_a_cancel_is_dropped() -> None:
    desk = Desk()
    job = desk.taken()
    desk.jobs.cancel(job.id)
    desk.jobs.finish("w1", job.id, "result")
    assert (job.state, job.output) == (State.CANCELLED, None)


def test_another_worker_has_no_say() -> None:
    desk = Desk()
    job = desk.taken("w1")
    for call in (
        lambda: desk.jobs.report("w2", job.id, 1),
        lambda: desk.jobs.finish("w2", job.id, 1),
        lambda: desk.jobs.stream("w2", job.id, {}),
    ):
        with pytest.raises(UnknownJob):
            call()


def test_the_queue_is_first_come_first_served_and_low_priority_last() -> None:
    desk = Desk()
    low, first, second, third = desk.submit(lowPriority=True), desk.submit(), desk.submit(), desk.submit()
    assert desk.jobs.take("w1", 2) == [first, second]
    assert desk.jobs.take("w2") == [third]
    assert desk.jobs.take("w2", 5) == [low]
    assert desk.jobs.take("w2") == []


def test_a_cancel_in_the_queue_needs_no_worker() -> None:
    desk = Desk()
    job = desk.submit()
    desk.jobs.cancel(job.id)
    assert job.state is State.CANCELLED
    assert desk.jobs.take("w1") == []
    assert desk.jobs.stops("w1") == []


def test_a_cancel_of_a_running_job_is_told_its_worker_once() -> None:
    desk = Desk()
    job = desk.taken("w1")
    desk.jobs.cancel(job.id)
    desk.jobs.cancel(job.id)
    assert desk.jobs.stops("w2") == []
    assert desk.jobs.stops("w1") == [job.id]
    assert desk.jobs.stops("w1") == []
    assert desk.ended == [(job.id, State.CANCELLED)]


def test_a_job_times_out_after_its_execution_timeout_and_its_worker_is_told() -> None:
    desk = Desk()
    job = desk.taken(executionTimeout=30_000)
    desk.after(30)
    assert job.state is State.IN_PROGRESS
    desk.after(0.001)
    assert desk.ended == [(job.id, State.TIMED_OUT)]
    assert desk.jobs.stops("w1") == [job.id]


def test_the_execution_timeout_is_ten_minutes_if_nothing_is_said() -> None:
    desk = Desk()
    job = desk.taken()
    for _ in range(60):
        desk.after(10)
        desk.jobs.heard("w1", [job.id])
    assert job.state is State.IN_PROGRESS
    desk.after(0.001)
    assert desk.ended == [(job.id, State.TIMED_OUT)]


def test_a_job_times_out_in_the_queue_after_its_ttl() -> None:
    desk = Desk()
    job = desk.submit(ttl=10_000)
    desk.after(10)
    assert job.state is State.IN_QUEUE
    desk.after(0.001)
    assert job.status() == {"id": job.id, "status": "TIMED_OUT"}
    assert desk.jobs.take("w1") == []


def test_a_lost_workers_job_is_next_and_fails_the_second_time() -> None:
    desk = Desk()
    job = desk.taken("w1")
    desk.jobs.report("w1", job.id, "half")
    other = desk.submit()
    desk.jobs.lose_worker("w1")
    assert job.status() == {"id": job.id, "status": "IN_QUEUE", "retries": 1}
    assert desk.jobs.take("w2", 2) == [job, other]
    desk.after(3)
    desk.jobs.lose_worker("w2")
    status = job.status()
    assert (status["status"], status["error"]) == ("FAILED", "job timed out after 1 retries")
    assert (status["retries"], status["workerId"], status["executionTime"]) == (1, "w2", 3000)
    assert desk.jobs.counts() == {"completed": 0, "failed": 1, "inProgress": 0, "inQueue": 1, "retried": 2}


def test_a_worker_that_was_given_up_has_no_say_any_more() -> None:
    desk = Desk()
    job = desk.taken("w1")
    desk.jobs.lose_worker("w1")
    desk.jobs.take("w2")
    with pytest.raises(UnknownJob):
        desk.jobs.finish("w1", job.id, "late")
    desk.jobs.finish("w2", job.id, "right")
    assert job.output == "right"


def test_a_job_that_no_ping_names_is_lost() -> None:
    desk = Desk(Limits(silence_s=40))
    job, other = desk.taken("w1"), desk.taken("w1")
    desk.after(39)
    desk.jobs.heard("w1", [job.id])
    desk.jobs.heard("w2", [other.id])
    desk.after(2)
    assert (job.state, other.state) == (State.IN_PROGRESS, State.IN_QUEUE)


@pytest.mark.parametrize(("kind", "kept_s"), [("run", 1800), ("runsync", 60)])
def test_a_result_is_kept_for_a_while(kind: Kind, kept_s: float) -> None:
    desk = Desk()
    job = desk.submit(kind)
    desk.jobs.take("w1")
    desk.jobs.finish("w1", job.id, 1)
    desk.after(kept_s)
    assert desk.jobs.get(job.id) is job
    desk.after(0.001)
    with pytest.raises(UnknownJob):
        desk.jobs.get(job.id)


def test_a_retry_runs_a_failed_job_anew_under_its_id() -> None:
    desk = Desk()
    job = desk.taken()
    desk.jobs.finish("w1", job.id, {"old": 1}, "BAD: no")
    desk.after(100)
    desk.jobs.retry(job.id)
    assert job.status() == {"id": job.id, "status": "IN_QUEUE"}
    desk.after(1)
    desk.jobs.take("w2")
    desk.jobs.finish("w2", job.id, "good")
    assert (job.state, job.output, job.error, job.status()["delayTime"]) == ("COMPLETED", "good", None, 1000)
    assert [state for _, state in desk.ended] == [State.FAILED, State.COMPLETED]


def test_only_a_failed_or_timed_out_job_can_be_retried() -> None:
    desk = Desk()
    queued, running, completed, cancelled = (desk.submit() for _ in range(4))
    desk.jobs.cancel(cancelled.id)
    desk.jobs.take("w1", 3)
    desk.jobs.lose_worker("w1")
    desk.jobs.take("w1", 2)
    desk.jobs.finish("w1", completed.id, 1)
    for job in (queued, running, completed, cancelled):
        with pytest.raises(NotRetryable):
            desk.jobs.retry(job.id)


def test_a_purge_cancels_what_is_queued_alone() -> None:
    desk = Desk()
    running = desk.taken()
    queued = [desk.submit() for _ in range(3)]
    assert desk.jobs.purge() == 3
    assert running.state is State.IN_PROGRESS
    assert {job.state for job in queued} == {State.CANCELLED}
    assert desk.jobs.purge() == 0


def test_a_stream_is_told_once() -> None:
    desk = Desk()
    job = desk.taken()
    desk.jobs.stream("w1", job.id, {"output": 1})
    desk.jobs.stream("w1", job.id, {"output": 2})
    first = {"status": "IN_PROGRESS", "stream": [{"output": 1}, {"output": 2}]}
    assert desk.jobs.drain_stream(job.id) == first
    assert desk.jobs.drain_stream(job.id) == {"status": "IN_PROGRESS", "stream": []}


def test_the_worker_gets_the_input_and_the_bucket_but_the_caller_never_sees_it() -> None:
    body = {"input": {"a": 1}, "s3Config": {"accessSecret": "s"}, "webhook": "http://x/", "other": 1}
    job = Desk().jobs.submit(Submission.model_validate(body), "run")
    order = {"id": job.id, "input": {"a": 1}, "s3Config": {"accessSecret": "s"}, "webhook": "http://x/"}
    assert job.order() == order
    assert job.status() == {"id": job.id, "status": "IN_QUEUE"}


def test_an_empty_input_does_not_reach_the_worker() -> None:
    desk = Desk()
    assert desk.submit(data={}).order().keys() == {"id"}
    assert desk.submit(data=0).order()["input"] == 0


@pytest.mark.parametrize(
    "policy",
    [
        {"executionTimeout": 5000},
        {"executionTimeout": "soon"},
        {"ttl": 9999},
        {"ttl": 7 * 24 * 3600 * 1000 + 1},
        {"executionTimeout": math.inf},
    ],
)
def test_a_policy_has_runpods_bounds(policy: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Submission.model_validate({"input": 1, "policy": policy})
