import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from actionmesh_wrapper.contract.result import ResultWarning
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import Cancelled, OutOfMemory, StorageFailed, SubjectNotFound
from actionmesh_wrapper.host import Host
from actionmesh_wrapper.service import jobs, logs
from actionmesh_wrapper.service.jobs import checked
from actionmesh_wrapper.service.logs import HIDDEN, Redactor
from actionmesh_wrapper.storage import Inline, relinked
from actionmesh_wrapper.storage.inline import REST_BYTES
from actionmesh_wrapper.system import accelerator, memory
from tests.storage.files import a_result

HOST = Host("a cloud", is_serverless=True, answer_bytes=10_000_000)
JOB = {"id": "job-1", "input": {"video_base64": "AAAA"}}


class FakeWorker:
    """Stands for `Worker`: runs a function in its place."""

    def __init__(self, run: Callable[[str, object, Callable[[Progress], None]], object]) -> None:
        self._run = run
        self.host = HOST
        self.s3_configs: list[object] = []
        self.timeouts_s: list[float | None] = []

    def run(
        self,
        job_id: str,
        data: object,
        report: Callable[[Progress], None],
        *,
        s3_config: object,
        timeout_s: float | None,
    ) -> object:
        self.s3_configs.append(s3_config)
        self.timeouts_s.append(timeout_s)
        return self._run(job_id, data, report)


def answer(run: Callable[..., object]) -> dict[str, Any]:
    return jobs.answer(FakeWorker(run), JOB, lambda _: None)  # type: ignore[arg-type]  # a named fake


def fails_with(error: BaseException) -> Callable[..., object]:
    def run(*_: object) -> object:
        raise error

    return run


def test_the_workers_result_is_the_answer() -> None:
    result = SimpleNamespace(model_dump=lambda mode: {"mode": mode})
    assert answer(lambda *_: result) == {"mode": "json"}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"fps": float("nan")}, "INTERNAL: The result cannot be told."),
        ({"mesh": b"glTF"}, "INTERNAL: The result cannot be told."),
        (
            {"mesh": "é" * 1_700_000},
            "STORAGE_FAILED: The result is too long for an answer; name fewer outputs, or set up a bucket.",
        ),
    ],
)
def test_what_the_host_would_lose_is_an_error(content: dict[str, object], error: str) -> None:
    result = SimpleNamespace(model_dump=lambda mode: content)
    assert answer(lambda *_: result) == {"error": error}


def test_a_jobs_own_bucket_is_handed_on() -> None:
    worker = FakeWorker(lambda *_: SimpleNamespace(model_dump=lambda mode: {}))
    for job in (JOB, JOB | {"s3Config": {"bucketName": "b"}}):
        jobs.answer(worker, job, lambda _: None)  # type: ignore[arg-type]  # a named fake
    assert worker.s3_configs == [None, {"bucketName": "b"}]


@pytest.mark.parametrize(
    ("policy", "seconds"),
    [
        ({"executionTimeout": 90_000, "ttl": 1}, 90),
        (None, None),
        ({}, None),
        ([90_000], None),
        ({"executionTimeout": "90000"}, None),
        ({"executionTimeout": True}, None),
        ({"executionTimeout": -1}, None),
        ({"executionTimeout": float("nan")}, None),
    ],
)
def test_a_jobs_own_time_out_is_handed_on(policy: object, seconds: float | None) -> None:
    worker = FakeWorker(lambda *_: SimpleNamespace(model_dump=lambda mode: {}))
    jobs.answer(worker, JOB | {"policy": policy}, lambda _: None)  # type: ignore[arg-type]  # a named fake
    assert worker.timeouts_s == [seconds]


def test_the_keys_of_a_jobs_own_bucket_are_hidden_while_it_runs() -> None:
    config = {
        "accessId": "the-id-of-a-key",
        "accessSecret": "its-secret",
        "bucketName": "a-long-name",
        "region": "a-region",
        "x": 3,
    }
    redactor = Redactor()
    said = []

    def run(*_: object) -> object:
        said.append(redactor("the-id-of-a-key its-secret a-long-name a-region"))
        return SimpleNamespace(model_dump=lambda mode: {})

    worker = FakeWorker(run)
    handle = jobs.make_handler(worker, jobs.log_progress, redactor)  # type: ignore[arg-type]  # fake
    asyncio.run(handle(JOB | {"s3Config": config}))
    assert said == [f"{HIDDEN} {HIDDEN} a-long-name a-region"]
    assert redactor("its-secret") == "its-secret"
    assert asyncio.run(handle(JOB | {"s3Config": ["its-secret"]})) == {}


def test_a_bucket_of_100_000_secrets_is_not_looked_through() -> None:
    config = {f"field {number}": f"a secret {number}" for number in range(100_000)}
    assert jobs.secrets_of(JOB | {"s3Config": config}) == []
    assert jobs.secrets_of(JOB | {"s3Config": {"accessSecret": "x" * 9_000_000}}) == []


def test_a_jobs_error_is_one_string() -> None:
    error = SubjectNotFound("Nobody there.", detail="/secret/path")
    assert answer(fails_with(error)) == {"error": "SUBJECT_NOT_FOUND: Nobody there."}


def test_an_unexpected_error_tells_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    said = answer(fails_with(RuntimeError("/secret/path")))
    assert said == {"error": "INTERNAL: The worker failed unexpectedly; its log has the details."}
    assert "/secret/path" in caplog.text


LOST = RuntimeError("CUDA error: an illegal memory access was encountered")


def test_a_gpu_that_fails_anywhere_has_a_name_and_the_worker_is_refreshed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever met the fault: this is the last line before the caller."""
    said = answer(fails_with(LOST))
    assert said == {
        "error": "GPU_FAILED: The GPU stopped working; the worker is replaced.",
        "refresh_worker": True,
    }
    assert "an illegal memory access" in caplog.text


def test_so_it_is_with_an_error_of_a_jobs_that_the_gpu_led_to() -> None:
    error = StorageFailed("Not stored.")
    error.__cause__ = LOST
    assert answer(fails_with(error)) == {"error": "STORAGE_FAILED: Not stored.", "refresh_worker": True}


def test_so_it_is_with_a_result_and_every_later_answer() -> None:
    """As when the preview's renderer was the one that met it, and NumPy drew instead."""

    def run(*_: object) -> object:
        accelerator.note(LOST)
        return SimpleNamespace(model_dump=lambda mode: {"mode": mode})

    assert answer(run) == {"mode": "json", "refresh_worker": True}
    assert answer(fails_with(SubjectNotFound("None.")))["refresh_worker"] is True


@pytest.mark.parametrize("error", [MemoryError(), OutOfMemory("The mode is too large.")])
def test_after_running_out_of_memory_the_worker_is_refreshed(error: BaseException) -> None:
    said = answer(fails_with(error))
    assert said["error"].startswith("OUT_OF_MEMORY: ")
    assert said["refresh_worker"] is True


async def begun(run: Callable[..., object], started: threading.Event) -> asyncio.Future[object]:
    """A job whose thread has started."""
    handle = jobs.make_handler(FakeWorker(run), jobs.log_progress, Redactor())  # type: ignore[arg-type]  # fake
    task: asyncio.Future[object] = asyncio.ensure_future(handle(JOB))
    await asyncio.to_thread(started.wait)
    return task


def test_a_cancel_reaches_the_thread_and_the_handler_ends_after_it() -> None:
    started, ended = threading.Event(), threading.Event()

    def run(_job_id: str, _data: object, report: Callable[[Progress], None]) -> object:
        started.set()
        try:
            while True:
                report(Progress("track", 0, 1, 0.0))
        finally:
            ended.set()

    async def scene() -> None:
        task = await begun(run, started)
        assert not ended.is_set()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(scene())


def test_a_second_cancel_does_not_leave_the_thread_alone(caplog: pytest.LogCaptureFixture) -> None:
    started, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def run(_job_id: str, _data: object, report: Callable[[Progress], None]) -> object:
        started.set()
        may_end.wait()
        ended.set()
        report(Progress("track", 0, 1, 0.0))
        return pytest.fail("cancelled jobs do not go on")

    async def scene() -> None:
        task = await begun(run, started)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0.01)
        assert not task.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(scene())
    assert "never retrieved" not in caplog.text


def test_progress_goes_to_the_jobs_reporter() -> None:
    seen: list[object] = []
    progress = Progress("fetch", 0, 1, 0.0)

    def run(_job_id: str, _data: object, report: Callable[[Progress], None]) -> object:
        report(progress)
        return SimpleNamespace(model_dump=lambda mode: {})

    @asynccontextmanager
    async def reporter(job: dict[str, Any]) -> AsyncIterator[Callable[[Progress], None]]:
        seen.append(job["id"])
        yield seen.append
        seen.append("end")

    async def scene() -> None:
        await jobs.make_handler(FakeWorker(run), reporter, Redactor())(JOB)  # type: ignore[arg-type]  # fake

    asyncio.run(scene())
    assert seen == ["job-1", progress, "end"]


def test_every_line_of_a_job_has_its_id() -> None:
    seen: list[str] = []

    def run(*_: object) -> object:
        seen.append(logs._job.get())
        return SimpleNamespace(model_dump=lambda mode: {})

    async def scene() -> None:
        handle = jobs.make_handler(FakeWorker(run), jobs.log_progress, Redactor())  # type: ignore[arg-type]  # fake
        await asyncio.gather(handle(JOB), handle(JOB | {"id": "job-2"}))
        seen.append(logs._job.get())

    asyncio.run(scene())
    assert sorted(seen) == [logs.NO_JOB, "job-1", "job-2"]


def test_the_log_has_one_line_a_stage(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def scene() -> None:
        async with jobs.log_progress(JOB) as report:
            for stage, percent in (("fetch", 0.0), ("fetch", 2.0), ("sample", 2.0)):
                report(Progress(stage, 0, 1, percent))

    asyncio.run(scene())
    assert caplog.messages == ["fetch, 0 %", "sample, 2 %"]


def test_cancelled_is_not_an_answer() -> None:
    with pytest.raises(Cancelled):
        answer(fails_with(Cancelled()))


@pytest.mark.parametrize("fails", [False, True])
def test_memory_is_given_back_after_each_job(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(memory, "give_back", lambda: calls.append("given back"))

    def run(*_: object) -> object:
        calls.append("ran")
        if fails:
            raise MemoryError
        return SimpleNamespace(model_dump=lambda mode: {})

    answer(run)
    assert calls == ["ran", "given back"]


def test_a_full_inline_answer_fits_into_what_the_host_takes(tmp_path: Path) -> None:
    assert HOST.answer_bytes is not None
    size = (HOST.answer_bytes - REST_BYTES) // 31 * 3 // 4 - 100  # of 31 meshes that fill the room together
    files = []
    for index in range(31):
        files.append(tmp_path / f"mesh_{index:03d}.glb")
        files[-1].write_bytes(bytes(size))
    result = a_result(files)
    stored = Inline.of(HOST).put(files, step=lambda _done, _of: None, warn=lambda _: None)
    assert all(stored.urls.values())
    assert sum(len(url or "") for url in stored.urls.values()) > HOST.answer_bytes - REST_BYTES - 10_000
    notes = tuple(ResultWarning(code="OPTION_IGNORED", message="x" * 200) for _ in range(40))
    content = relinked(result, stored).model_copy(update={"warnings": notes}).model_dump(mode="json")
    assert checked(content, HOST.answer_bytes) == content
    with pytest.raises(StorageFailed, match="too long for an answer"):
        checked(content | {"more": "x" * REST_BYTES}, HOST.answer_bytes)


def test_a_host_may_take_any_length() -> None:
    long = {"mesh": "x" * 11_000_000}
    assert checked(long, None) is long
