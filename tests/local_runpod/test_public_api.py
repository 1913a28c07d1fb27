import json
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from local_runpod.faults import Fault
from local_runpod.limits import MIB, Limits
from tests.local_runpod.scene import PATIENCE_S, Scene, receiver, served, until
from tests.local_runpod.test_strict_json import NOT_TOLD_AGAIN

UNKNOWN = "00000000-0000-4000-8000-000000000000-u1"
CALLS = [
    ("POST", "run"), ("POST", "runsync"), ("GET", f"status/{UNKNOWN}"), ("GET", f"stream/{UNKNOWN}"),
    ("POST", f"stream/{UNKNOWN}"), ("POST", f"cancel/{UNKNOWN}"), ("POST", f"retry/{UNKNOWN}"),
    ("POST", "purge-queue"), ("GET", "health"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("key", [None, "wrong", "", "locale"])
def test_nobody_passes_without_the_key(bare: Scene, method: str, path: str, key: str | None) -> None:
    assert bare.ask(method, path, key=key) == (401, {"error": "Unauthorized"})


def test_the_key_may_be_bare_as_in_runpods_examples(bare: Scene) -> None:
    answer = urllib3.request("GET", f"{bare.url}/health", headers={"authorization": "local"})
    assert answer.status == 200


@pytest.mark.parametrize(("method", "path"), [call for call in CALLS if UNKNOWN in call[1]])
def test_an_unknown_job_is_404(bare: Scene, method: str, path: str) -> None:
    assert bare.ask(method, path) == (404, {"error": "Job not found."})


def test_another_endpoint_is_404(bare: Scene) -> None:
    answer = urllib3.request("GET", f"{bare.url}-not/health", headers={"authorization": "local"})
    assert answer.status == 404


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "input: Field required"),
        ([], "Not JSON: it is no object"),
        ({"input": 1, "webhook": "ftp://x"}, "webhook: String should match pattern '^https?://\\S+$'"),
        ({"input": 1, "policy": {"ttl": 1}}, "policy.ttl: Input should be greater than or equal to 10000"),
        (
            {"input": 1, "policy": {"executionTimeout": 10**400}},
            "policy.executionTimeout: Input should be less than or equal to 604800000",
        ),
    ],
)
def test_a_bad_submission_is_400_and_says_why(bare: Scene, body: Any, problem: str) -> None:
    assert bare.ask("POST", "run", body) == (400, {"error": problem})


@pytest.mark.parametrize("body", [b"{", *(b'{"input": %b}' % value for value in NOT_TOLD_AGAIN.values())])
def test_a_body_that_is_no_json_or_could_not_be_told_again_is_400(bare: Scene, body: bytes) -> None:
    before = bare.ask("GET", "health")[1]["jobs"]
    answer = urllib3.request("POST", f"{bare.url}/run", body=body, headers={"authorization": "local"})
    assert (answer.status, answer.json()["error"][:10]) == (400, "Not JSON: ")
    assert bare.ask("GET", "health")[1]["jobs"] == before


@pytest.mark.parametrize("ttl", ["9" * 400, "9" * 5000, "NaN", "Infinity", "1e400", "0", "-1", "604800001"])
def test_a_time_to_live_is_a_number_of_ms_within_a_week(bare: Scene, ttl: str) -> None:
    job_id = bare.run()
    status, answer = bare.ask("GET", f"status/{job_id}?ttl={ttl}")
    assert (status, answer["error"][:5]) == (400, "ttl: ")
    assert bare.status(job_id)["status"] == "IN_QUEUE"
    bare.ask("POST", f"cancel/{job_id}")


@pytest.mark.parametrize("length", ["five", "-1", "+5", "9" * 400, "5, 6", "0x5", "5 5", ""])
def test_a_length_that_is_none_is_400_and_the_next_call_works(bare: Scene, length: str) -> None:
    with closing(HTTPConnection(urlsplit(bare.url).netloc, timeout=PATIENCE_S)) as connection:
        connection.putrequest("POST", f"{urlsplit(bare.url).path}/run")
        connection.putheader("Authorization", "local")
        connection.putheader("Content-Length", length)
        connection.endheaders(b"{}   ")
        assert connection.getresponse().status == 400
    assert bare.ask("GET", "health")[0] == 200


@pytest.mark.parametrize(("path", "limit"), [("run", 10 * MIB), ("runsync?wait=1000", 20 * MIB)])
def test_a_body_may_have_10_mib_for_run_and_20_for_runsync(bare: Scene, path: str, limit: int) -> None:
    room = limit - len('{"input":""}')
    status, answer = bare.ask("POST", path, {"input": "x" * (room + 1)})
    assert (status, answer) == (400, {"error": f"The body has {limit + 1} bytes; {limit} are allowed."})
    status, answer = bare.ask("POST", path, {"input": "x" * room})
    assert (status, answer["status"]) == (200, "IN_QUEUE")
    assert bare.ask("POST", f"cancel/{answer['id']}")[0] == 200


def test_a_cancel_in_the_queue(bare: Scene) -> None:
    job_id = bare.run()
    assert bare.ask("POST", f"cancel/{job_id}") == (200, {"id": job_id, "status": "CANCELLED"})
    assert bare.status(job_id) == {"id": job_id, "status": "CANCELLED"}


def test_a_purge_empties_the_queue(bare: Scene) -> None:
    bare.ask("POST", "purge-queue")
    ids = [bare.run() for _ in range(3)]
    assert bare.ask("GET", "health")[1]["jobs"]["inQueue"] == 3
    assert bare.ask("POST", "purge-queue") == (200, {"removed": 3, "status": "completed"})
    assert {bare.status(job_id)["status"] for job_id in ids} == {"CANCELLED"}
    assert bare.ask("GET", "health")[1]["jobs"]["inQueue"] == 0


def test_a_retry_of_what_did_not_fail_is_400(bare: Scene) -> None:
    job_id = bare.run()
    status, answer = bare.ask("POST", f"retry/{job_id}")
    assert (status, answer) == (400, {"error": "Only a job that FAILED or TIMED_OUT can be retried."})
    bare.ask("POST", f"cancel/{job_id}")


def test_runsync_gives_up_waiting_and_the_job_stays(bare: Scene) -> None:
    start = time.monotonic()
    status, answer = bare.ask("POST", "runsync?wait=1000", {"input": 1})
    assert time.monotonic() - start >= 1
    assert (status, answer["status"]) == (200, "IN_QUEUE")
    assert answer["id"].startswith("sync-")
    assert bare.ask("POST", f"cancel/{answer['id']}")[1]["status"] == "CANCELLED"


@pytest.mark.parametrize("wait", ["999", "300001", "soon"])
def test_runsync_waits_within_runpods_bounds(bare: Scene, wait: str) -> None:
    status, answer = bare.ask("POST", f"runsync?wait={wait}", {"input": 1})
    assert status == 400
    assert answer["error"].startswith("wait: Input should be")


def test_a_result_expires_and_a_caller_may_set_when(tmp_path: Path) -> None:
    with served(tmp_path, limits=Limits(run_kept_s=0.2)) as scene:
        short, long = scene.run(), scene.run()
        assert scene.ask("GET", f"status/{long}?ttl=60000")[0] == 200
        scene.ask("POST", "purge-queue")
        until(lambda: scene.ask("GET", f"status/{short}")[0], lambda status: status == 404)
        assert scene.ask("GET", f"status/{long}")[0] == 200


def test_a_webhook_is_called_with_the_status_until_it_answers_200(tmp_path: Path) -> None:
    with served(tmp_path) as scene, receiver(500, 302) as hook:
        job_id = scene.run({"webhook": hook.url})
        scene.ask("POST", f"cancel/{job_id}")
        until(lambda: len(hook.posted), lambda count: count == 3)
        assert [json.loads(body) for body in hook.posted] == [scene.status(job_id)] * 3


def test_a_webhook_is_given_up_after_two_retries(tmp_path: Path) -> None:
    with served(tmp_path, limits=Limits(webhook_pause_s=0.01)) as scene, receiver(*[500] * 9) as hook:
        scene.run({"webhook": hook.url})
        scene.run({"webhook": "http://127.0.0.1:1/"})
        scene.ask("POST", "purge-queue")
        until(lambda: len(hook.posted), lambda count: count == 3)
        scene.run({"webhook": hook.url + "second"})
        scene.ask("POST", "purge-queue")
        until(lambda: len(hook.posted), lambda count: count == 6)


def test_an_answer_may_be_slow_refused_or_cut_on_purpose(tmp_path: Path) -> None:
    faults = [
        Fault("health", delay_s=0.3, times=1),
        Fault("run", status=429, times=1),
        Fault("run", cut=True, times=1),
    ]
    with served(tmp_path, faults=faults) as scene:
        start = time.monotonic()
        assert scene.ask("GET", "health")[0] == 200
        assert time.monotonic() - start >= 0.3
        assert scene.ask("POST", "run", {"input": 1}) == (429, {"error": "refused on purpose"})
        with pytest.raises(urllib3.exceptions.ProtocolError):
            scene.ask("POST", "run", {"input": 1})
        assert scene.ask("GET", "health")[1]["jobs"]["inQueue"] == 1
        scene.run()
