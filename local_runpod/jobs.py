"""All jobs of the endpoint and their queue: RunPod's state machine. No HTTP; the clock is handed in."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from local_runpod.job import RETRYABLE, Job, Kind, State
from local_runpod.limits import Limits
from local_runpod.submission import Submission

LOST = "job timed out after {retries} retries"  # RunPod's words when a job's worker is lost once too often


class UnknownJob(Exception):
    """No job has this id, or it ended too long ago."""


class NotRetryable(Exception):
    """Only a job that failed or timed out can be run again."""


class Jobs:
    """The jobs, by id. Not for threads: one event loop calls it.

    Args:
        clock: seconds, never going back.
        limits: how long things last.
        on_end: is handed every job that ends.
    """

    def __init__(self, clock: Callable[[], float], limits: Limits, on_end: Callable[[Job], None]) -> None:
        self._clock = clock
        self._limits = limits
        self._on_end = on_end
        self._jobs: dict[str, Job] = {}
        self._queue: list[Job] = []
        self._stops: defaultdict[str, list[str]] = defaultdict(list)
        self._ended: Counter[State] = Counter()
        self._retried = 0

    def submit(self, submission: Submission, kind: Kind) -> Job:
        """Queues a job."""
        kept_s = self._limits.run_kept_s if kind == "run" else self._limits.runsync_kept_s
        prefix = "" if kind == "run" else "sync-"
        job = Job(f"{prefix}{uuid.uuid4()}-u1", kind, submission, self._clock(), kept_s)
        self._jobs[job.id] = job
        self._queue.append(job)
        return job

    def get(self, job_id: str) -> Job:
        """The job of that id.

        Raises:
            UnknownJob: if there is none.
        """
        try:
            return self._jobs[job_id]
        except KeyError:
            raise UnknownJob from None

    def cancel(self, job_id: str) -> Job:
        """Ends a job that has not ended, and has its worker told.

        Raises:
            UnknownJob: if there is none.
        """
        job = self.get(job_id)
        if job.ended_at is None:
            self._stop(job, State.CANCELLED)
        return job

    def retry(self, job_id: str) -> Job:
        """Queues an ended job anew, with its id and input.

        Raises:
            UnknownJob: if there is none.
            NotRetryable: if it has neither failed nor timed out.
        """
        job = self.get(job_id)
        if job.state not in RETRYABLE:
            raise NotRetryable
        job.requeue()
        job.submitted_at, job.retries = self._clock(), 0
        self._queue.append(job)
        return job

    def purge(self) -> int:
        """Cancels what is queued, and returns how many jobs that were."""
        waiting = list(self._queue)
        for job in waiting:
            self._stop(job, State.CANCELLED)
        return len(waiting)

    def drain_stream(self, job_id: str) -> dict[str, Any]:
        """A job's state, and what it streamed since the last call.

        Raises:
            UnknownJob: if there is none.
        """
        job = self.get(job_id)
        chunks, job.chunks = job.chunks, []
        return {"status": job.state.value, "stream": chunks}

    def take(self, worker: str, count: int = 1) -> list[Job]:
        """Hands a worker up to so many jobs: the oldest first, those of low priority last."""
        taken = sorted(self._queue, key=lambda job: job.submission.policy.low_priority)[:count]
        for job in taken:
            self._queue.remove(job)
            job.start(worker, self._clock())
        return taken

    def report(self, worker: str, job_id: str, output: Any) -> bool:
        """A worker posts progress. It is taken even after the result, which it overwrites.

        After a cancel or a time-out it is passed over.

        Returns:
            Whether it overwrote a result.

        Raises:
            UnknownJob: if this worker has no such job.
        """
        job = self._of(worker, job_id)
        is_result = job.state in {State.COMPLETED, State.FAILED}
        if is_result or job.state is State.IN_PROGRESS:
            job.report(output, self._clock())
        return is_result

    def finish(self, worker: str, job_id: str, output: Any, error: object = None) -> None:
        """A worker posts a result. The first one counts; none does after a cancel or a time-out.

        An error that is not a string is lost, and the output with it.

        Raises:
            UnknownJob: if this worker has no such job.
        """
        job = self._of(worker, job_id)
        if job.ended_at is not None:
            return
        if error is not None and not isinstance(error, str):
            output = error = None
        job.finish(output, error or None, self._clock())
        self._note_end(job)

    def stream(self, worker: str, job_id: str, chunk: Mapping[str, Any]) -> None:
        """A worker posts a part of a result.

        Raises:
            UnknownJob: if this worker has no such job.
        """
        self._of(worker, job_id).chunks.append(chunk)

    def heard(self, worker: str, job_ids: Collection[str]) -> None:
        """A worker names the jobs it is at."""
        for job in self._of_worker(worker):
            if job.id in job_ids:
                job.heard_at = self._clock()

    def stops(self, worker: str) -> list[str]:
        """The jobs that a worker has to stop; each is told once.

        The SDK passes over one that it has taken and not begun, which is a tenth of a second.
        """
        return self._stops.pop(worker, [])

    def lose_worker(self, worker: str) -> None:
        """A worker is gone: each of its jobs is next in the queue, or fails if that happened too often."""
        for job in self._of_worker(worker):
            self._lose(job)
        self._stops.pop(worker, None)

    def sweep(self) -> None:
        """Does what time has brought: time-outs, lost jobs, results that are kept no longer."""
        now = self._clock()
        for job in list(self._jobs.values()):
            policy = job.submission.policy
            if job.ended_at is not None:
                if now - job.ended_at > job.kept_s:
                    del self._jobs[job.id]
            elif job.started_at is None or job.heard_at is None:
                if (now - job.submitted_at) * 1000 > policy.ttl_ms:
                    self._stop(job, State.TIMED_OUT)
            elif (now - job.started_at) * 1000 > policy.execution_timeout_ms:
                self._stop(job, State.TIMED_OUT)
            elif now - job.heard_at > self._limits.silence_s:
                self._lose(job)

    def counts(self) -> dict[str, int]:
        """The jobs by state, as ``/health`` names them."""
        return {
            "completed": self._ended[State.COMPLETED],
            "failed": self._ended[State.FAILED] + self._ended[State.TIMED_OUT],
            "inProgress": len(self.running()),
            "inQueue": len(self._queue),
            "retried": self._retried,
        }

    def waiting(self) -> bool:
        """Whether a job is queued."""
        return bool(self._queue)

    def running(self) -> list[Job]:
        """The jobs that workers are at."""
        return [job for job in self._jobs.values() if job.running]

    def _of(self, worker: str, job_id: str) -> Job:
        job = self.get(job_id)
        if job.worker != worker:
            raise UnknownJob
        return job

    def _of_worker(self, worker: str) -> list[Job]:
        return [job for job in self.running() if job.worker == worker]

    def _stop(self, job: Job, state: State) -> None:
        if job.worker is not None:
            self._stops[job.worker].append(job.id)
        else:
            self._queue.remove(job)
        job.end(state, self._clock())
        self._note_end(job)

    def _lose(self, job: Job) -> None:
        if job.retries < self._limits.retries:
            job.requeue()
            job.retries += 1
            self._retried += 1
            self._queue.insert(0, job)
            return
        job.finish(None, LOST.format(retries=job.retries), self._clock())
        self._note_end(job)

    def _note_end(self, job: Job) -> None:
        self._ended[job.state] += 1
        self._on_end(job)
