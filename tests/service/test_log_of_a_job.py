"""Every line that a worker writes at its most talkative: what it is told in confidence stands in none."""

import base64
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3
from actionmesh_wrapper.system.ffmpeg import encode_mp4
from builder.make_sample import frame
from tests.local_runpod.scene import Scene, served
from tests.storage.conftest import ENVIRON
from tests.storage.s3_server import KEY, SECRET, needed_executable, s3_server

# As a shell would start it, with all that it writes in one file.
WORKER = ["/bin/sh", "-c", 'exec "$0" -m tests.clip_worker > "$LOG" 2>&1', sys.executable]
TOKENS = {"HF_TOKEN": "hunter2-of-the-hub", "RUNPOD_AI_API_KEY": "hunter2-of-runpod"}
OWN_BUCKET = {
    "accessId": "id-of-a-callers-key",
    "accessSecret": "hunter2-of-a-caller",
    "bucketName": "theirs",
    "endpointUrl": "https://127.0.0.1",
}


@dataclass(frozen=True)
class Evidence:
    """What was said in confidence, and what was written.

    Attributes:
        secrets: by what they are.
        ids: of the jobs.
        log: all that the worker wrote.
    """

    secrets: dict[str, str]
    ids: list[str]
    log: str


def clip(folder: Path) -> bytes:
    path = folder / "clip.mp4"
    encode_mp4((frame(index, 128, 96) for index in range(24)), path, 12)
    return path.read_bytes()


def signature(url: str) -> str:
    return parse_qs(urlsplit(url).query)["X-Amz-Signature"][0]


def run_jobs(scene: Scene, url: str, payload: str) -> tuple[list[str], list[str]]:
    """Jobs that succeed and jobs that fail; gives their ids and the links of their results."""
    quick = {"outputs": ["animated_mesh"]}
    ids = [
        scene.run(**quick, video_url=url),
        scene.run(**quick, video_base64=f"data:video/mp4;base64,{payload}", seed=2),
        scene.run(**quick, video_url="https://me:hunter2-of-a-url@127.0.0.1/a.mp4"),
        scene.run(**quick, video_url="https://127.0.0.1/a.mp4?token=hunter2-of-a-query"),
        scene.run({"s3Config": OWN_BUCKET}, **quick, video_url=url),
    ]
    ended = [scene.wait(job_id) for job_id in ids]
    assert [job["status"] for job in ended] == ["COMPLETED"] * 2 + ["FAILED"] * 3, ended
    return ids, [job["output"]["files"]["animated_mesh"]["url"] for job in ended[:2]]


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("job")
    (folder / "s3").mkdir()
    with s3_server(needed_executable(), folder / "s3") as endpoint:
        environ = ENVIRON | {"BUCKET_ENDPOINT_URL": endpoint, "BUCKET_PRIVATE_LINKS": "true"}
        client = S3.from_settings(Settings.from_env(environ)).client
        client.create_bucket(Bucket="results")
        video = clip(folder)
        client.put_object(Bucket="results", Key="in/clip.mp4", Body=video)
        url = client.generate_presigned_url("get_object", Params={"Bucket": "results", "Key": "in/clip.mp4"})
        payload = base64.b64encode(video).decode()
        given: dict[str, Any] = {"HOLD": str(folder / "hold"), "JOBS_DIR": str(folder / "jobs")}
        given |= {"LOG": str(folder / "log"), "LOG_LEVEL": "DEBUG", "RUNPOD_LOG_LEVEL": "DEBUG"}
        given |= environ | TOKENS
        with served(folder, workers=1, command=WORKER, **given) as scene:
            ids, links = run_jobs(scene, url, payload)
    secrets = {
        **TOKENS,
        **{name: OWN_BUCKET[name] for name in ("accessId", "accessSecret")},
        "the bucket's key": KEY,
        "the bucket's secret": SECRET,
        "the video's signature": signature(url),
        "a password in an address": "hunter2-of-a-url",
        "a token in an address": "hunter2-of-a-query",
        "a payload's start": payload[:64],
        "a payload's middle": payload[len(payload) // 2 :][:64],
        **{f"link {number}": signature(link) for number, link in enumerate(links)},
    }
    return Evidence(secrets, ids, (folder / "log").read_text())


def test_the_worker_was_as_talkative_as_it_can_be(evidence: Evidence) -> None:
    for logger in ("botocore.auth", "botocore.endpoint"):
        assert f"DEBUG {logger} [" in evidence.log
    assert '"message": "Handler output: ' in evidence.log  # the SDK's own
    assert all(job_id in evidence.log for job_id in evidence.ids)
    assert "URL_NOT_ALLOWED: " in evidence.log


def test_uploads_are_logged_in_the_jobs_name(evidence: Evidence) -> None:
    sent = [line for line in evidence.log.splitlines() if "method=PUT" in line and ".glb" in line]
    assert sent
    assert all(any(f"[{job_id}]" in line for job_id in evidence.ids[:2]) for line in sent)


def test_there_was_something_to_hide(evidence: Evidence) -> None:
    assert "Signature:\n***" in evidence.log
    assert "'Authorization': ***" in evidence.log
    assert "animated_mesh.glb?***" in evidence.log


def test_no_line_holds_a_secret(evidence: Evidence) -> None:
    told = [what for what, secret in evidence.secrets.items() if secret in evidence.log]
    assert told == []
