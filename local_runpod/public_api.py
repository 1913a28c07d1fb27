"""The side of the endpoint that its callers see."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import ValidationError

from local_runpod.access import TheEndpoint, caller, read_body
from local_runpod.endpoint import wait_until
from local_runpod.faults import FaultyRoute
from local_runpod.jobs import NotRetryable
from local_runpod.strict_json import read_object
from local_runpod.submission import WEEK_MS, Submission

WaitMs = Annotated[int, Query(ge=1000, le=300_000)]
TtlMs = Annotated[int | None, Query(gt=0, le=WEEK_MS)]

router = APIRouter(route_class=FaultyRoute, dependencies=[Depends(caller)])


@router.post("/run")
async def run(request: Request, endpoint: TheEndpoint) -> dict[str, Any]:
    """Queues a job."""
    submission = await _submission(request, endpoint.settings.limits.run_bytes)
    return endpoint.jobs.submit(submission, "run").status()


@router.post("/runsync")
async def runsync(request: Request, endpoint: TheEndpoint, wait: WaitMs = 90_000) -> dict[str, Any]:
    """Queues a job and waits for its end, but no longer than `wait` ms."""
    submission = await _submission(request, endpoint.settings.limits.runsync_bytes)
    job = endpoint.jobs.submit(submission, "runsync")
    await wait_until(lambda: job.ended_at is not None, wait / 1000)
    return job.status()


@router.get("/status/{job_id}")
async def status(job_id: str, endpoint: TheEndpoint, ttl: TtlMs = None) -> dict[str, Any]:
    """A job's state. `ttl` sets how many ms it is known after its end."""
    job = endpoint.jobs.get(job_id)
    if ttl is not None:
        job.kept_s = ttl / 1000
    return job.status()


@router.api_route("/stream/{job_id}", methods=["GET", "POST"])
async def stream(job_id: str, endpoint: TheEndpoint) -> dict[str, Any]:
    """What a job has streamed since the last call."""
    return endpoint.jobs.drain_stream(job_id)


@router.post("/cancel/{job_id}")
async def cancel(job_id: str, endpoint: TheEndpoint) -> dict[str, Any]:
    """Ends a job."""
    job = endpoint.jobs.cancel(job_id)
    return {"id": job.id, "status": job.state.value}


@router.post("/retry/{job_id}")
async def retry(job_id: str, endpoint: TheEndpoint) -> dict[str, Any]:
    """Queues a job anew that failed or timed out."""
    try:
        return endpoint.jobs.retry(job_id).status()
    except NotRetryable:
        raise HTTPException(400, "Only a job that FAILED or TIMED_OUT can be retried.") from None


@router.post("/purge-queue")
async def purge_queue(endpoint: TheEndpoint) -> dict[str, Any]:
    """Empties the queue."""
    return {"removed": endpoint.jobs.purge(), "status": "completed"}


@router.get("/health")
async def health(endpoint: TheEndpoint) -> dict[str, Any]:
    """The jobs and workers, counted."""
    return endpoint.health()


async def _submission(request: Request, limit_bytes: int) -> Submission:
    body = await read_body(request, limit_bytes)
    try:
        return Submission.model_validate(read_object(body))
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise HTTPException(400, "; ".join(problems)) from None
    except ValueError as error:
        raise HTTPException(400, f"Not JSON: {error}") from None
