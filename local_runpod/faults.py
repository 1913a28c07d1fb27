"""What can go wrong between a caller, RunPod and a worker, on purpose: for tests.

An operation is the word after the endpoint in an address (``run``, ``status``, ``job-take``, …), but for the
posts to ``job-done``, which are ``progress`` or ``result`` by what is posted.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from local_runpod.strict_json import read_object


@dataclass(frozen=True)
class Fault:
    """A fault of one operation.

    Attributes:
        operation: which.
        delay_s: it is held so long before it is done.
        status: it is not done and answered with this status.
        cut: it is done, and the connection is cut in the middle of the answer.
        times: how often that happens; None is always.
        every: 2 leaves every second call in order, and so on; with a delay, calls change places.
    """

    operation: str
    delay_s: float = 0.0
    status: int | None = None
    cut: bool = False
    times: int | None = None
    every: int = 1


class Faults:
    """Counts calls and says which of them go wrong.

    Args:
        faults: the first one that fits a call is taken.
    """

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = faults
        self._calls = [0] * len(faults)

    def __bool__(self) -> bool:
        """Whether anything goes wrong at all."""
        return bool(self._faults)

    def next(self, operation: str) -> Fault | None:
        """The fault of this call, if it has one."""
        for index, fault in enumerate(self._faults):
            if fault.operation != operation:
                continue
            call = self._calls[index]
            self._calls[index] += 1
            if call % fault.every == 0 and (fault.times is None or call // fault.every < fault.times):
                return fault
        return None


class CutResponse(Response):
    """Promises a byte and does not send it: the server then closes the connection."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Sends the head alone."""
        head = [(b"content-type", b"application/json"), (b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        raise ConnectionAbortedError("cut on purpose")


class FaultyRoute(APIRoute):
    """A route that meets the faults of the app's endpoint."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps the route."""
        handle = super().get_route_handler()

        async def handle_with_faults(request: Request) -> Response:
            faults: Faults = request.app.state.endpoint.faults
            fault = faults.next(await _operation(request)) if faults else None
            if fault is None:
                return await handle(request)
            await asyncio.sleep(fault.delay_s)
            if fault.status is not None:
                return JSONResponse({"error": "refused on purpose"}, fault.status)
            response = await handle(request)
            return CutResponse() if fault.cut else response

        return handle_with_faults


async def _operation(request: Request) -> str:
    operation = request.url.path.split("/")[3]
    if operation != "job-done":
        return operation
    try:
        posted = read_object(await request.body())
    except ValueError:
        return "result"
    return "progress" if is_progress(posted) else "result"


def is_progress(posted: Mapping[str, Any]) -> bool:
    """Whether what a worker posted to ``job-done`` is progress; anything else is the result."""
    return bool(posted.get("status") == "IN_PROGRESS")
