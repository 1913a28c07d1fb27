"""One job: its states, its times, and what its caller and its worker see of it. No HTTP and no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from local_runpod.submission import Submission

Kind = Literal["run", "runsync"]


class State(StrEnum):
    """RunPod's names of a job's states."""

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    TIMED_OUT = "TIMED_OUT"


RETRYABLE = frozenset({State.FAILED, State.TIMED_OUT})


@dataclass
class Job:
    """A job. Times are seconds of one clock; the methods are the moves between states, and check none.

    Attributes:
        id: unpredictable, in RunPod's form.
        kind: how it was submitted; decides its limits.
        submission: what the caller sent.
        submitted_at: when it came.
        kept_s: how long it is known after its end.
        state: where it is.
        worker: who has or had it.
        started_at: when that worker took it.
        heard_at: when that worker last named it.
        reported_at: when that worker last posted progress or a result.
        ended_at: when it ended first; a late report of progress does not unset it.
        output: the result; before it, the last progress.
        error: why it failed.
        retries: how often it was run again after its worker was lost.
        chunks: what was streamed and not yet asked for.
    """

    id: str
    kind: Kind
    submission: Submission
    submitted_at: float
    kept_s: float
    state: State = State.IN_QUEUE
    worker: str | None = None
    started_at: float | None = None
    heard_at: float | None = None
    reported_at: float | None = None
    ended_at: float | None = None
    output: Any = None
    error: str | None = None
    retries: int = 0
    chunks: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether a worker is at it: taken, and not ended since."""
        return self.state is State.IN_PROGRESS and self.ended_at is None

    def start(self, worker: str, now: float) -> None:
        """A worker took it."""
        self.state = State.IN_PROGRESS
        self.worker, self.started_at, self.heard_at = worker, now, now

    def report(self, output: Any, now: float) -> None:
        """Its worker posted progress. RunPod does not ask whether the result was there before."""
        self.state = State.IN_PROGRESS
        self.output, self.reported_at, self.heard_at = output, now, now

    def finish(self, output: Any, error: str | None, now: float) -> None:
        """Its worker posted the result."""
        self.output, self.error, self.reported_at = output, error, now
        self.end(State.FAILED if error else State.COMPLETED, now)

    def end(self, state: State, now: float) -> None:
        """It ended."""
        self.state, self.ended_at = state, now

    def requeue(self) -> None:
        """It waits again, as if never taken; what a worker said of it is gone."""
        self.state = State.IN_QUEUE
        self.worker = self.started_at = self.heard_at = self.reported_at = self.ended_at = None
        self.output = self.error = None
        self.chunks.clear()

    def status(self) -> dict[str, Any]:
        """What ``/status`` answers; times in ms, and no key without a value."""
        shown: dict[str, Any] = {"id": self.id, "status": self.state.value}
        if self.started_at is not None:
            shown["delayTime"] = _ms(self.started_at - self.submitted_at)
            shown["workerId"] = self.worker
            last = self.reported_at if self.reported_at is not None else self.ended_at
            if last is not None:
                shown["executionTime"] = _ms(last - self.started_at)
        if self.output is not None:
            shown["output"] = self.output
        if self.error is not None:
            shown["error"] = self.error
        if self.retries:
            shown["retries"] = self.retries
        return shown

    def order(self) -> dict[str, Any]:
        """What the worker is handed. An empty input is left out, as RunPod does."""
        order: dict[str, Any] = {"id": self.id}
        if self.submission.input not in ({}, None):
            order["input"] = self.submission.input
        if self.submission.webhook is not None:
            order["webhook"] = self.submission.webhook
        if self.submission.s3_config is not None:
            order["s3Config"] = self.submission.s3_config
        return order


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
