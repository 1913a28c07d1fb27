"""Who may call, and how much they may send."""

import secrets
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from local_runpod.endpoint import Endpoint


def endpoint_of(request: Request) -> Endpoint:
    """The app's endpoint."""
    endpoint = request.app.state.endpoint
    assert isinstance(endpoint, Endpoint)
    return endpoint


TheEndpoint = Annotated[Endpoint, Depends(endpoint_of)]


def caller(request: Request, endpoint: TheEndpoint) -> None:
    """Lets those pass who have the endpoint's key, as ``Bearer KEY`` or, as RunPod allows, bare.

    Raises:
        HTTPException: 401.
    """
    sent_key = request.headers.get("authorization", "").removeprefix("Bearer ")
    _compare(sent_key, endpoint.settings.key)


def worker(request: Request, endpoint: TheEndpoint) -> None:
    """Lets the endpoint's workers pass.

    Their key is in the address: what the SDK puts into the header may be another one, from a configuration
    file of its own.

    Raises:
        HTTPException: 401.
    """
    _compare(request.query_params.get("key", ""), endpoint.settings.worker_key)


def _compare(sent_key: str, key: str) -> None:
    if not secrets.compare_digest(sent_key.encode(), key.encode()):
        raise HTTPException(401, "Unauthorized")


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The body, if it is not too large.

    It is read to its end all the same, so that the caller gets an answer.

    Raises:
        HTTPException: 400, as RunPod answers to what is too large.
    """
    size = 0
    parts = []
    async for part in request.stream():
        size += len(part)
        if size <= limit_bytes:
            parts.append(part)
    if size > limit_bytes:
        raise HTTPException(400, f"The body has {size} bytes; {limit_bytes} are allowed.")
    return b"".join(parts)
