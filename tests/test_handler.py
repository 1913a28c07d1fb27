import asyncio
import base64
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from runpod.serverless.modules.rp_logger import RunPodLogger

import handler
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import Cancelled, OutOfMemory, StartError, SubjectNotFound
from actionmesh_wrapper.service import logs
from actionmesh_wrapper.service.logs import HIDDEN, Redactor
from actionmesh_wrapper.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
HERE = Settings.from_env({})
HOSTED = Settings.from_env({"RUNPOD_POD_ID": "pod"})
JOB = {"id": "job-1", "input": {"video_base64": "AAAA"}}


class FakeWorker:
    """Stands for `Worker`: runs a function in its place."""

    def __init__(self, run: Callable[[str, object, Callable[[Progress], None]], object]) -> None:
        self._run = run
        self.s3_configs: list[object] = []

    def run(
        self, job_id: str, data: object, report: Callable[[Progress], None], *, s3_config: object
    ) -> object:
        self.s3_configs.append(s3_config)
        return self._run(job_id, data, report)


def answer(run: Callable[..., object]) -> dict[str, Any]:
    return handler.answer(FakeWorker(run), JOB, lambda _: None)  # type: ignore[arg-type]  # a named fake


def fails_with(error: BaseException) -> Callable[..., object]:
    def run(*_: object) -> object:
        raise error

    return run


def test_the_workers_result_is_the_answer() -> None:
    result = SimpleNamespace(model_dump=lambda mode: {"mode": mode})
    assert answer(lambda *_: result) == {"mode": "json"}


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"fps": float("nan")}, "INTERNAL: The result cannot be told."),
        ({"mesh": b"glTF"}, "INTERNAL: The result cannot be told."),
        (
            {"mesh": "é" * 1_700_000},
            "STORAGE_FAILED: The result is too long for an answer; name fewer outputs, or set up a bucket.",
        ),
    ],
)
def test_what_runpod_would_lose_is_an_error(told: dict[str, object], error: str) -> None:
    result = SimpleNamespace(model_dump=lambda mode: told)
    assert answer(lambda *_: result) == {"error": error}


def test_a_jobs_own_bucket_is_handed_on() -> None:
    worker = FakeWorker(lambda *_: SimpleNamespace(model_dump=lambda mode: {}))
    for job in (JOB, JOB | {"s3Config": {"bucketName": "b"}}):
        handler.answer(worker, job, lambda _: None)  # type: ignore[arg-type]  # a named fake
    assert worker.s3_configs == [None, {"bucketName": "b"}]


def test_the_keys_of_a_jobs_own_bucket_are_hidden_while_it_runs() -> None:
    config = {
        "accessId": "the-id-of-a-key",
        "accessSecret": "its-secret",
        "bucketName": "a-long-name",
        "x": 3,
    }
    redactor = Redactor()
    said = []

    def run(*_: object) -> object:
        said.append(redactor("the-id-of-a-key its-secret a-long-name"))
        return SimpleNamespace(model_dump=lambda mode: {})

    worker = FakeWorker(run)
    handle = handler.make_handler(worker, handler.log_progress, redactor)  # type: ignore[arg-type]  # fake
    asyncio.run(handle(JOB | {"s3Config": config}))
    assert said == [f"{HIDDEN} {HIDDEN} a-long-name"]
    assert redactor("its-secret") == "its-secret"
    assert asyncio.run(handle(JOB | {"s3Config": ["its-secret"]})) == {}


def test_what_the_sdk_prints_is_redacted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunPodLogger, "log", RunPodLogger.log)
    monkeypatch.setattr(RunPodLogger, "level", "INFO")
    handler.set_up_logs(HERE, {"HF_TOKEN": "hunter2hunter2"})
    sdk = RunPodLogger()
    sdk.info("a https://h.example/k?X-Amz-Signature=abc b", "job-1")
    sdk.error("hunter2hunter2")
    sdk.debug("unheard")
    assert capsys.readouterr().out == "INFO   | job-1 | a https://h.example/k?*** b\nERROR  | ***\n"


def test_a_jobs_error_is_one_string() -> None:
    error = SubjectNotFound("Nobody there.", detail="/secret/path")
    assert answer(fails_with(error)) == {"error": "SUBJECT_NOT_FOUND: Nobody there."}


def test_an_unexpected_error_tells_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    said = answer(fails_with(RuntimeError("/secret/path")))
    assert said == {"error": "INTERNAL: The worker failed unexpectedly; its log has the details."}
    assert "/secret/path" in caplog.text


@pytest.mark.parametrize("error", [MemoryError(), OutOfMemory("The mode is too large.")])
def test_after_running_out_of_memory_the_worker_is_refreshed(error: BaseException) -> None:
    said = answer(fails_with(error))
    assert said["error"].startswith("OUT_OF_MEMORY: ")
    assert said["refresh_worker"] is True


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
        handle = handler.make_handler(FakeWorker(run), handler.log_progress, Redactor())  # type: ignore[arg-type]  # fake
        task = asyncio.ensure_future(handle(JOB))
        await asyncio.to_thread(started.wait)
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
        handle = handler.make_handler(FakeWorker(run), handler.log_progress, Redactor())  # type: ignore[arg-type]  # fake
        task = asyncio.ensure_future(handle(JOB))
        await asyncio.to_thread(started.wait)
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
        await handler.make_handler(FakeWorker(run), reporter, Redactor())(JOB)  # type: ignore[arg-type]  # fake

    asyncio.run(scene())
    assert seen == ["job-1", progress, "end"]


def test_every_line_of_a_job_has_its_id() -> None:
    seen: list[str] = []

    def run(*_: object) -> object:
        seen.append(logs._job.get())
        return SimpleNamespace(model_dump=lambda mode: {})

    async def scene() -> None:
        handle = handler.make_handler(FakeWorker(run), handler.log_progress, Redactor())  # type: ignore[arg-type]  # fake
        await asyncio.gather(handle(JOB), handle(JOB | {"id": "job-2"}))
        seen.append(logs._job.get())

    asyncio.run(scene())
    assert sorted(seen) == [logs.NO_JOB, "job-1", "job-2"]


def test_the_log_has_one_line_a_stage(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def scene() -> None:
        async with handler.log_progress(JOB) as report:
            for stage, percent in (("fetch", 0.0), ("fetch", 2.0), ("sample", 2.0)):
                report(Progress(stage, 0, 1, percent))

    asyncio.run(scene())
    assert caplog.messages == ["fetch, 0 %", "sample, 2 %"]


def test_the_terminal_has_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    async def scene() -> None:
        async with handler.draw_progress(JOB) as report:
            report(Progress("track", 3, 16, 40.0))

    asyncio.run(scene())
    assert "job-1:  40% |" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "settings", "name"),
    [
        (["--test_input", "{}"], HERE, "draw_progress"),
        (["--test_input", "{}"], HOSTED, "draw_progress"),
        ([], HOSTED, "post_progress"),
        (["--rp_serve_api"], HERE, "log_progress"),
    ],
)
def test_progress_goes_where_somebody_looks(arguments: list[str], settings: Settings, name: str) -> None:
    assert handler.choose_reporter(arguments, settings) is getattr(handler, name)


@pytest.mark.parametrize("arguments", [[], ["--test_input"], ["--test_input="]])
def test_bare_it_runs_the_sample_from_any_directory(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    flag, text, *rest = handler.sdk_arguments(arguments, HERE)
    assert flag == "--test_input"
    assert json.loads(text) == json.loads((ROOT / "test_input.json").read_text())
    assert rest == ["--rp_log_level", "WARN", "--rp_api_port", "8000"]


def test_on_runpod_it_is_a_worker() -> None:
    assert handler.sdk_arguments([], HOSTED) == ["--rp_log_level", "INFO", "--rp_api_port", "8000"]


def test_the_local_api_listens_on_port() -> None:
    settings = Settings.from_env({"PORT": "9000"})
    assert handler.sdk_arguments(["--rp_serve_api"], settings)[-2:] == ["--rp_api_port", "9000"]
    given = ["--rp_serve_api", "--rp_api_port=1234", "--rp_log_level=DEBUG"]
    assert handler.sdk_arguments(given, settings) == [
        "--rp_serve_api", "--rp_api_port", "1234", "--rp_log_level", "DEBUG",
    ]  # fmt: skip


def test_a_job_may_be_json_a_file_of_json_or_a_video(tmp_path: Path) -> None:
    job = {"input": {"video_url": "https://example.com/a.mp4?a=b"}}
    (tmp_path / "my job.json").write_text(json.dumps(job))
    (tmp_path / "camel.mp4").write_bytes(b"\x00\x01")
    assert handler.read_job(json.dumps(job)) == job
    from_file = handler.read_job(str(tmp_path / "my job.json"))
    assert from_file["input"] == job["input"]
    assert from_file["id"].startswith("my_job--")
    assert handler.read_job(str(tmp_path / "camel.mp4")) == {
        "id": "camel",
        "input": {"video_base64": base64.b64encode(b"\x00\x01").decode()},
    }
    text = handler.sdk_arguments([f"--test_input={json.dumps(job)}", "--rp_debugger"], HERE)
    assert json.loads(text[1]) == job
    assert text[2] == "--rp_debugger"


@pytest.mark.parametrize("value", ["{", "nowhere.mp4", "nowhere.json", "{]"])
def test_what_is_no_job_stops_the_start(value: str) -> None:
    with pytest.raises(StartError, match="--test_input"):
        handler.read_job(value)


def run_handler(tmp_path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "handler.py", *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "JOBS_DIR": str(tmp_path / "jobs")} | environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_sample_end_to_end_through_the_sdk(tmp_path: Path) -> None:
    done = run_handler(tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "outputs" / "sample"
    assert str(folder) in done.stderr
    names = {path.name for path in folder.iterdir()}
    assert names == {f"mesh_{index:03d}.glb" for index in range(16)} | {
        "animated_mesh.glb", "preview.mp4", "preview.webp", "poster.png", "result.json",
    }  # fmt: skip
    result = json.loads((folder / "result.json").read_text())
    assert (result["engine"], result["num_frames"], result["warnings"]) == ("silhouette", 16, [])
    assert len(json.dumps(result)) < 1_000_000
    assert not any((tmp_path / "jobs").iterdir())


def test_a_bad_job_ends_with_its_code_and_exit_1(tmp_path: Path) -> None:
    done = run_handler(tmp_path, "--test_input", '{"input": {"video_base64": "!!!!", "outputs": ["meshes"]}}')
    assert done.returncode == 1
    assert "INVALID_BASE64: " in done.stdout
    assert not (tmp_path / "outputs").exists()


def test_a_bad_setting_stops_the_start(tmp_path: Path) -> None:
    done = run_handler(tmp_path, ENGINE="gpu")
    assert done.returncode == 1
    assert "ENGINE='gpu': Input should be 'auto', 'actionmesh' or 'silhouette'" in done.stderr
    assert "Traceback" not in done.stderr


def test_on_runpod_nothing_falls_back(tmp_path: Path) -> None:
    done = run_handler(tmp_path, RUNPOD_POD_ID="pod")
    assert done.returncode == 1
    assert "ENGINE='auto': the actionmesh engine cannot run here." in done.stderr


def test_cancelled_is_not_an_answer() -> None:
    with pytest.raises(Cancelled):
        answer(fails_with(Cancelled()))
