"""The side of the endpoint that the SDK's worker loop polls and posts to."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from local_runpod.access import TheEndpoint, read_body, worker
from local_runpod.endpoint import Endpoint, wait_until
from local_runpod.faults import FaultyRoute, is_progress
from local_runpod.job import Job
from local_runpod.strict_json import read_object

NOTHING_YET = 204

log = logging.getLogger(__name__)

router = APIRouter(route_class=FaultyRoute, dependencies=[Depends(worker)])


@router.get("/job-take/{worker_id}", response_model=None)
async def take(worker_id: str, request: Request, endpoint: TheEndpoint) -> dict[str, Any] | Response:
    """The next job, or 204 after a while without one."""
    taken = await _take(endpoint, worker_id, request, 1)
    return taken[0].order() if taken else Response(status_code=NOTHING_YET)


@router.get("/job-take-batch/{worker_id}", response_model=None)
async def take_batch(
    worker_id: str, request: Request, endpoint: TheEndpoint, batch_size: Annotated[int, Query(ge=1)]
) -> list[dict[str, Any]] | Response:
    """The next jobs, or 204 after a while without one."""
    taken = await _take(endpoint, worker_id, request, batch_size)
    return [job.order() for job in taken] or Response(status_code=NOTHING_YET)


@router.get("/job-stop/{worker_id}", response_model=None)
async def stop(worker_id: str, endpoint: TheEndpoint) -> dict[str, list[str]] | Response:
    """The jobs that this worker has to stop, or 204 after a while without one."""
    stops: list[str] = []

    def is_over() -> bool:
        stops.extend(endpoint.jobs.stops(worker_id))
        return bool(stops) or endpoint.fleet.leaving(worker_id)

    await wait_until(is_over, endpoint.settings.limits.poll_s)
    return {"jobsToStop": stops} if stops else Response(status_code=NOTHING_YET)


@router.get("/ping/{worker_id}")
async def ping(worker_id: str, endpoint: TheEndpoint, job_id: str = "") -> dict[str, str]:
    """The worker lives, and is at these jobs."""
    endpoint.jobs.heard(worker_id, job_id.split(","))
    return {"status": "ok"}


@router.post("/job-done/{worker_id}/{job_id}")
async def done(worker_id: str, job_id: str, request: Request, endpoint: TheEndpoint) -> dict[str, str]:
    """Progress, or the result; a result that RunPod does not take ends the job without output."""
    job = endpoint.jobs.get(job_id)
    limits = endpoint.settings.limits
    limit_bytes = limits.run_bytes if job.kind == "run" else limits.runsync_bytes
    try:
        posted = await _read_json(request, limit_bytes)
    except HTTPException:
        endpoint.jobs.finish(worker_id, job_id, None)
        raise
    if not is_progress(posted):
        endpoint.jobs.finish(worker_id, job_id, posted.get("output"), posted.get("error"))
    elif endpoint.jobs.report(worker_id, job_id, posted.get("output")):
        log.warning("job %s: progress after the result, which it overwrites, as on RunPod", job_id)
    return {"status": "ok"}


@router.post("/job-stream/{worker_id}/{job_id}")
async def stream(worker_id: str, job_id: str, request: Request, endpoint: TheEndpoint) -> dict[str, str]:
    """A part of the result."""
    posted = await _read_json(request, endpoint.settings.limits.run_bytes)
    endpoint.jobs.stream(worker_id, job_id, posted)
    return {"status": "ok"}


async def _take(endpoint: Endpoint, worker_id: str, request: Request, count: int) -> list[Job]:
    """Waits for jobs; none is handed to a worker that has hung up or is to leave."""
    endpoint.fleet.called(worker_id)
    await wait_until(
        lambda: endpoint.jobs.waiting() or endpoint.fleet.leaving(worker_id), endpoint.settings.limits.poll_s
    )
    if endpoint.fleet.leaving(worker_id) or await request.is_disconnected():
        return []
    return endpoint.jobs.take(worker_id, count)


async def _read_json(request: Request, limit_bytes: int) -> dict[str, Any]:
    """The JSON object that was posted; the SDK calls it a form.

    Raises:
        HTTPException: 400, if it is too large or none.
    """
    body = await read_body(request, limit_bytes)
    try:
        return read_object(body)
    except ValueError as error:
        raise HTTPException(400, f"Not JSON: {error}") from None
