"""RunPod's SDK, its real worker loop, against the endpoint."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from runpod.endpoint import Endpoint as Client

from local_runpod.faults import Fault
from local_runpod.limits import Limits
from tests.local_runpod.scene import QUICK, Scene, has_left, receiver, served, until


def test_a_job_from_queue_to_result(manned: Scene, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    job_id = manned.run(progress=[{"percent": 50}], wait_for=str(go_on), answer={"a": [1, None]})
    running = until(lambda: manned.status(job_id), lambda status: "output" in status)
    assert (running["status"], running["output"]) == ("IN_PROGRESS", {"percent": 50})
    go_on.touch()
    done = manned.wait(job_id)
    [(_, worker, _), _] = manned.marked(job_id)
    assert done.pop("delayTime") == running["delayTime"]
    assert done.pop("executionTime") >= running["executionTime"] > 0
    assert done == {"id": job_id, "status": "COMPLETED", "output": {"a": [1, None]}, "workerId": worker}


def test_an_error_that_the_handler_returns_fails_the_job(manned: Scene) -> None:
    status = manned.wait(manned.run(answer={"error": "BAD: no"}))
    assert (status["status"], status["error"]) == ("FAILED", "BAD: no")
    assert "output" not in status


def test_an_exception_fails_the_job(manned: Scene) -> None:
    status = manned.wait(manned.run(**{"raise": "boom"}))
    assert status["status"] == "FAILED"
    assert "boom" in status["error"]


def test_a_cancel_reaches_the_running_task_and_the_worker_goes_on(manned: Scene) -> None:
    job_id = manned.run(sleep_s=60)
    until(lambda: len(manned.marked(job_id)), lambda count: count == 1)
    assert manned.ask("POST", f"cancel/{job_id}") == (200, {"id": job_id, "status": "CANCELLED"})
    until(lambda: [what for what, *_ in manned.marked(job_id)], lambda seen: seen == ["started", "cancelled"])
    assert manned.wait(manned.run(answer=1))["status"] == "COMPLETED"
    assert manned.status(job_id)["status"] == "CANCELLED"


def test_a_job_that_takes_too_long_times_out_and_is_stopped_and_may_be_retried(manned: Scene) -> None:
    job_id = manned.run({"policy": {"executionTimeout": 5001}}, sleep_s=60)
    status = manned.wait(job_id)
    assert status["status"] == "TIMED_OUT"
    assert status["executionTime"] >= 5001
    until(lambda: [what for what, *_ in manned.marked(job_id)], lambda seen: seen == ["started", "cancelled"])
    assert manned.ask("POST", f"retry/{job_id}") == (200, {"id": job_id, "status": "IN_QUEUE"})
    until(lambda: len(manned.marked(job_id)), lambda count: count == 3)
    manned.ask("POST", f"cancel/{job_id}")
    until(lambda: len(manned.marked(job_id)), lambda count: count == 4)


def test_runsync_answers_with_the_result_and_calls_the_webhook(manned: Scene) -> None:
    with receiver() as hook:
        status, answer = manned.ask("POST", "runsync", {"input": {"answer": "x"}, "webhook": hook.url})
        assert (status, answer["status"], answer["output"]) == (200, "COMPLETED", "x")
        until(lambda: len(hook.posted), lambda count: count == 1)
        assert manned.status(answer["id"]) == answer


def client_of(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("runpod.endpoint_url_base", scene.url.removesuffix("/local"))
    return Client("local", api_key="local")


def test_runpods_own_client_talks_to_it(manned: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(manned, monkeypatch)
    assert client.run_sync({"answer": {"a": 1}}, timeout=30) == {"a": 1}
    job = client.run({"answer": "b"})
    assert job.output(timeout=30) == "b"
    assert job.cancel()["status"] == "COMPLETED"
    assert client.purge_queue() == {"removed": 0, "status": "completed"}
    assert client.health()["workers"]["unhealthy"] == 0


def test_a_handler_that_is_a_generator_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path, workers=1, STREAM="1") as scene:
        job = client_of(scene, monkeypatch).run({"answer": ["a", "b"]})
        assert list(job.stream()) == ["a", "b"]


def test_a_job_of_a_killed_worker_runs_again_on_its_successor(tmp_path: Path) -> None:
    with served(tmp_path, workers=1) as scene:
        go_on = tmp_path / "go on"
        job_id = scene.run(wait_for=str(go_on), answer="alive")
        [(_, first, pid)] = until(lambda: scene.marked(job_id), bool)
        os.kill(pid, signal.SIGKILL)
        until(lambda: len(scene.marked(job_id)), lambda count: count == 2)
        go_on.touch()
        status = scene.wait(job_id)
        assert (status["status"], status["output"], status["retries"]) == ("COMPLETED", "alive", 1)
        assert status["workerId"] != first
        assert [what for what, *_ in scene.marked(job_id)] == ["started", "started", "ended"]
        until(lambda: has_left(pid), bool)  # neither it nor the child that pings for it


def test_a_worker_that_is_told_to_end_finishes_its_job_first(tmp_path: Path) -> None:
    with served(tmp_path, workers=1) as scene:
        go_on = tmp_path / "go on"
        job_id = scene.run(wait_for=str(go_on), answer="done")
        [(_, first, pid)] = until(lambda: scene.marked(job_id), bool)
        os.kill(pid, signal.SIGTERM)
        go_on.touch()
        status = scene.wait(job_id)
        assert (status["status"], status["output"], status["workerId"]) == ("COMPLETED", "done", first)
        assert "retries" not in status
        workers = scene.workers
        assert workers is not None
        until(lambda: set(workers.processes), lambda ids: bool(ids) and first not in ids)


def test_a_result_that_is_refused_twice_is_posted_a_third_time(tmp_path: Path) -> None:
    with served(tmp_path, workers=1, faults=[Fault("result", status=500, times=2)]) as scene:
        status = scene.wait(scene.run(answer="third"))
        assert (status["status"], status["output"]) == ("COMPLETED", "third")


def test_progress_that_the_sdk_does_not_wait_for_may_overwrite_the_result(tmp_path: Path) -> None:
    with served(tmp_path, workers=1, faults=[Fault("progress", delay_s=1)]) as scene:
        job_id = scene.run(progress=["half"], answer="result")
        assert scene.wait(job_id)["output"] == "result"
        assert scene.wait(job_id, "IN_PROGRESS")["output"] == "half"


def test_pings_keep_a_long_job_and_an_empty_input_is_lost_twice(tmp_path: Path) -> None:
    limits = Limits(poll_s=0.5, ping_s=1, silence_s=3)
    with served(tmp_path, workers=1, limits=limits, CONCURRENCY="2") as scene:
        long = scene.run(sleep_s=60)
        [(_, _, pid)] = until(lambda: scene.marked(long), bool)
        status = scene.wait(scene.run())
        assert (status["status"], status["error"]) == ("FAILED", "job timed out after 1 retries")
        running = scene.status(long)
        assert running["status"] == "IN_PROGRESS"
        assert "retries" not in running
    until(lambda: has_left(pid), bool)  # the endpoint has stopped, and its busy worker with it


def test_two_workers_share_twenty_jobs_and_each_runs_once(tmp_path: Path) -> None:
    with served(tmp_path, workers=2, CONCURRENCY="4") as scene:
        until(lambda: scene.ask("GET", "health")[1]["workers"]["ready"], lambda ready: ready == 2)
        ids = [scene.run(sleep_s=0.3, answer=index) for index in range(20)]
        assert [scene.wait(job_id)["output"] for job_id in ids] == list(range(20))
        starts = Counter(
            line.split()[1] for line in scene.marks.read_text().splitlines() if "started" in line
        )
        assert starts == dict.fromkeys(ids, 1)
        assert len({scene.status(job_id)["workerId"] for job_id in ids}) == 2
        assert scene.ask("GET", "health")[1]["jobs"]["completed"] == 20


def test_a_worker_that_cannot_start_is_unhealthy_and_tried_again(tmp_path: Path) -> None:
    with served(tmp_path, workers=1, command=["false"], limits=QUICK) as scene:
        until(lambda: scene.ask("GET", "health")[1]["workers"]["unhealthy"], lambda count: count == 1)
        job_id = scene.run()
        assert scene.status(job_id)["status"] == "IN_QUEUE"
