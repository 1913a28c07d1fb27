"""A worker with RunPod's SDK whose handler does what its input says, and notes that in the file MARKS.

The input's keys, in the order of what is done: ``progress`` (a list, reported one by one), ``sleep_s``,
``wait_for`` (a file that has to appear), ``raise`` (a message), ``answer``. With STREAM set, the handler is
a generator of the items of ``answer``.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import runpod

MARKS = Path(os.environ["MARKS"])


def mark(what: str, job_id: str) -> None:
    with MARKS.open("a") as marks:
        marks.write(f"{what} {job_id} {os.environ['RUNPOD_POD_ID']} {os.getpid()}\n")


async def appearance(path: str | None) -> None:
    while path is not None and not os.path.exists(path):  # noqa: ASYNC110, ASYNC240, PTH110 – a file tells nobody
        await asyncio.sleep(0.02)


async def obey(job: dict[str, Any]) -> Any:
    order = job["input"]
    mark("started", job["id"])
    try:
        for progress in order.get("progress", []):
            runpod.serverless.progress_update(job, progress)
        await asyncio.sleep(order.get("sleep_s", 0))
        await appearance(order.get("wait_for"))
    except asyncio.CancelledError:
        mark("cancelled", job["id"])
        raise
    if "raise" in order:
        raise RuntimeError(order["raise"])
    mark("ended", job["id"])
    return order.get("answer")


def stream(job: dict[str, Any]) -> Iterator[Any]:
    yield from job["input"]["answer"]


if __name__ == "__main__":
    runpod.serverless.start(
        {
            "handler": stream if os.environ.get("STREAM") else obey,
            "concurrency_modifier": lambda _current: int(os.environ.get("CONCURRENCY", "1")),
        }
    )
