from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from local_runpod.limits import Limits
from tests.local_runpod.scene import PATIENCE_S, Scene, served
from tests.local_runpod.test_strict_json import NOT_TOLD_AGAIN

CALLS = [
    ("GET", "job-take/w"), ("GET", "job-take-batch/w?batch_size=1"), ("GET", "job-stop/w"), ("GET", "ping/w"),
    ("POST", "job-done/w/j"), ("POST", "job-stream/w/j"),
]  # fmt: skip
TINY = Limits(poll_s=0.1, run_bytes=100, runsync_bytes=200)


def taken(scene: Scene, **body: Any) -> str:
    job_id = scene.run(body)
    status, order = scene.work("GET", "job-take/w")
    assert (status, order["id"]) == (200, job_id)
    return job_id


def post(scene: Scene, job_id: str, body: bytes) -> int:
    url = f"{scene.url}/job-done/w/{job_id}?key={scene.settings.worker_key}&isStream=false"
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # what the SDK calls its JSON
    return urllib3.request("POST", url, body=body, headers=form).status


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_only_the_endpoints_workers_pass(bare: Scene, method: str, path: str) -> None:
    for key in ("", "local"):
        url = f"{bare.url}/{path}{'&' if '?' in path else '?'}key={key}"
        assert urllib3.request(method, url, headers={"Authorization": "Bearer local"}).status == 401


def test_a_poll_without_work_ends_with_204(tmp_path: Path) -> None:
    with served(tmp_path, limits=TINY) as scene:
        assert scene.work("GET", "job-take/w?job_in_progress=0") == (204, None)
        assert scene.work("GET", "job-take-batch/w?batch_size=3") == (204, None)
        assert scene.work("GET", "job-stop/w") == (204, None)


def test_a_batch_is_no_larger_than_asked_for(tmp_path: Path) -> None:
    with served(tmp_path) as scene:
        ids = [scene.run() for _ in range(3)]
        _, first = scene.work("GET", "job-take-batch/w?batch_size=2")
        _, second = scene.work("GET", "job-take-batch/w?batch_size=2")
        assert [order["id"] for order in first + second] == ids
        assert len(first) == 2


def test_a_result_that_runpod_refuses_completes_the_job_without_output(tmp_path: Path) -> None:
    bodies = [b"", b"[1]", b'{"output": "' + b"x" * 100 + b'"}']
    bodies += [b'{"output": %b}' % value for value in NOT_TOLD_AGAIN.values()]
    with served(tmp_path, limits=TINY) as scene:
        for body in bodies:
            job_id = taken(scene)
            assert post(scene, job_id, body) == 400
            status = scene.status(job_id)
            assert status["status"] == "COMPLETED"
            assert "output" not in status


def test_a_post_that_breaks_off_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with served(tmp_path) as scene:
        job_id = taken(scene)
        url = urlsplit(scene.url)
        with closing(HTTPConnection(url.netloc, timeout=PATIENCE_S)) as connection:
            path = f"{url.path}/job-done/w/{job_id}?key={scene.settings.worker_key}"
            connection.putrequest("POST", path)
            connection.putheader("Content-Length", "100")
            connection.endheaders(b'{"output":1}')
        assert scene.ask("GET", "health")[0] == 200
        assert scene.status(job_id)["status"] == "IN_PROGRESS"
        assert post(scene, job_id, b'{"output": 2}') == 200
        assert scene.status(job_id)["output"] == 2
    assert "Exception in ASGI application" not in caplog.text


def test_a_result_may_be_as_large_as_the_limit(tmp_path: Path) -> None:
    with served(tmp_path, limits=TINY) as scene:
        job_id = taken(scene)
        text = "x" * (100 - len('{"output":""}'))
        assert post(scene, job_id, f'{{"output":"{text}"}}'.encode()) == 200
        assert scene.status(job_id)["output"] == text


def test_progress_then_the_result_then_late_progress(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(tmp_path) as scene:
        job_id = taken(scene)
        shown = []
        for body in (
            b'{"status": "IN_PROGRESS", "output": 1}',
            b'{"output": 2}',
            b'{"status": "IN_PROGRESS"}',
        ):
            assert post(scene, job_id, body) == 200
            status = scene.status(job_id)
            shown.append((status["status"], status.get("output")))
        assert shown == [("IN_PROGRESS", 1), ("COMPLETED", 2), ("IN_PROGRESS", None)]
    assert [record.getMessage() for record in caplog.records if "overwrites" in record.getMessage()] == [
        f"job {job_id}: progress after the result, which it overwrites, as on RunPod"
    ]


def test_progress_after_a_cancel_is_passed_over_and_nothing_else_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(tmp_path) as scene:
        job_id = taken(scene)
        scene.ask("POST", f"cancel/{job_id}")
        assert post(scene, job_id, b'{"status": "IN_PROGRESS", "output": 1}') == 200
        status = scene.status(job_id)
        assert (status["status"], status.get("output")) == ("CANCELLED", None)
    assert not [record for record in caplog.records if "overwrite" in record.getMessage()]


def test_a_stream_is_told_as_it_comes_and_ends_with_the_job(tmp_path: Path) -> None:
    with served(tmp_path, limits=TINY) as scene:
        job_id = taken(scene)
        assert scene.ask("GET", f"stream/{job_id}") == (200, {"status": "IN_PROGRESS", "stream": []})
        scene.work("POST", f"job-stream/w/{job_id}", {"output": "a"})
        chunk = {"status": "IN_PROGRESS", "stream": [{"output": "a"}]}
        assert scene.ask("POST", f"stream/{job_id}") == (200, chunk)
        post(scene, job_id, b'{"output": []}')
        assert scene.ask("GET", f"stream/{job_id}") == (200, {"status": "COMPLETED", "stream": []})


def test_a_worker_without_pings_loses_its_job_to_the_next(tmp_path: Path) -> None:
    with served(tmp_path, limits=Limits(silence_s=0.5, poll_s=5)) as scene:
        job_id = taken(scene)
        status, order = scene.work("GET", "job-take/w2")
        assert (status, order["id"], scene.status(job_id)["retries"]) == (200, job_id, 1)
        assert post(scene, job_id, b'{"output": 1}') == 404
        done = scene.wait(job_id)
        assert (done["status"], done["error"]) == ("FAILED", "job timed out after 1 retries")
        assert scene.ask("GET", "health")[1]["jobs"]["retried"] == 1
