"""The web application of an endpoint."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from local_runpod import public_api, worker_api
from local_runpod.endpoint import Endpoint
from local_runpod.jobs import UnknownJob


def create_app(endpoint: Endpoint) -> FastAPI:
    """The endpoint's public API and its workers' side, under ``/v2/{name}``."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        time = asyncio.create_task(endpoint.pass_time())
        yield
        time.cancel()
        with suppress(asyncio.CancelledError):
            await time
        await endpoint.webhooks.close()

    app = FastAPI(title="A local RunPod endpoint", lifespan=lifespan)
    app.state.endpoint = endpoint
    prefix = f"/v2/{endpoint.settings.name}"
    app.include_router(public_api.router, prefix=prefix)
    app.include_router(worker_api.router, prefix=prefix)
    app.add_exception_handler(HTTPException, _answer_refusal)
    app.add_exception_handler(RequestValidationError, _answer_bad_request)
    app.add_exception_handler(UnknownJob, _answer_unknown_job)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    return app


async def _answer_refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)


async def _answer_bad_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [f"{item['loc'][-1]}: {item['msg']}" for item in error.errors()]
    return JSONResponse({"error": "; ".join(problems)}, 400)


async def _answer_unknown_job(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"error": "Job not found."}, 404)


async def _answer_nobody(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)  # whoever called has hung up before the end of the body
