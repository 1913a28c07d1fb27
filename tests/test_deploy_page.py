"""The deploy page: its scripts, as they stand there, with the local RunPod; what it says against the code."""

import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args
from urllib.request import urlopen

import boto3
import pytest
import runpod
from botocore.credentials import EnvProvider
from botocore.validate import ParamValidator

from actionmesh_wrapper import errors
from actionmesh_wrapper.contract.engines import ACTIONMESH, Mode
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3
from tests import pages
from tests.hub_format import POOLS_GB
from tests.local_runpod.scene import PATIENCE_S, QUICK, Scene, receiver, served, until
from tests.storage.conftest import ENVIRON
from tests.storage.s3_server import needed_executable, s3_server
from tests.test_hub import MEMORY_GB
from tests.video.clips import bars, encode

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {str(item.alias) for item in Settings.model_fields.values()}
PAGE = pages.text("docs/deploy.md")
CURL = pages.code("docs/deploy.md", "curl")
POLICY = json.loads(pages.code("docs/deploy.md", "policy"))
LIFECYCLE = json.loads(pages.code("docs/deploy.md", "lifecycle"))
CORS = json.loads(pages.code("docs/deploy.md", "cors"))
PAYLOAD = json.loads(pages.code("docs/deploy.md", "payload"))

SCRIPTS = {
    "runpod": [sys.executable, "-c", pages.code("docs/deploy.md", "runpod")],
    "requests": [sys.executable, "-c", pages.code("docs/deploy.md", "requests")],
    "curl": ["bash", "-euc", CURL + pages.code("docs/deploy.md", "curl, wait")],
    "fetch": ["node", "--input-type=module", "--eval", pages.code("docs/deploy.md", "fetch")],
}


@dataclass
class Script:
    """A script of the page at work.

    Attributes:
        folder: its working directory.
        process: it.
    """

    folder: Path
    process: subprocess.Popen[bytes]

    def output(self) -> str:
        """What it has printed so far, errors included."""
        return (self.folder / "output").read_text("utf-8")

    def end(self) -> int:
        """Waits for its end; gives the exit code."""
        return self.process.wait(PATIENCE_S)


@dataclass
class Stage:
    """The local RunPod with a worker and a bucket.

    Attributes:
        scene: the endpoint.
        hold: while this file exists, jobs wait in the engine, the anchor mesh shared.
        jobs: the working folders.
        clip: a video.
        bucket: where results go, and videos may lie.
        clips: how many different ones were made of it.
        started: the scripts of the present test.
    """

    scene: Scene
    hold: Path
    jobs: Path
    clip: bytes
    bucket: S3
    clips: int = 0
    started: list[Script] = field(default_factory=list)

    def new_clip(self) -> bytes:
        """The video as no job had it before, so that none is answered with an earlier one's result."""
        self.clips += 1
        return self.clip + struct.pack(">I4sI", 12, b"free", self.clips)

    def start(self, command: list[str], folder: Path, clip: bytes | None = None, **environ: str) -> Script:
        """Starts a script in a folder that has the clip."""
        folder.mkdir(exist_ok=True)
        (folder / "clip.mp4").write_bytes(self.new_clip() if clip is None else clip)
        base, _, endpoint = self.scene.url.rpartition("/")
        given = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "RUNPOD_ENDPOINT_BASE_URL": base,
            "ENDPOINT_ID": endpoint,
            "RUNPOD_API_KEY": "local",
            **environ,
        }
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(command, cwd=folder, env=given, stdout=output, stderr=output)
        self.started.append(Script(folder, process))
        return self.started[-1]

    def states(self) -> dict[str, int]:
        """The jobs by state."""
        return dict(self.scene.ask("GET", "health")[1]["jobs"])


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """The stage, and nothing of a test that has failed is left on it."""
    yield deployed
    deployed.hold.unlink(missing_ok=True)
    for script in deployed.started:
        script.process.kill()
        script.process.wait()
    deployed.started.clear()


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("deployed")
    (folder / "s3").mkdir()
    with s3_server(needed_executable(), folder / "s3") as url:
        environ = ENVIRON | {
            "BUCKET_ENDPOINT_URL": url,
            "JOBS_DIR": str(folder / "jobs"),
            "HOLD": str(folder / "hold"),
            "BUCKET_PRIVATE_LINKS": "true",
        }
        bucket = S3.from_settings(Settings.from_env(environ))
        bucket.client.create_bucket(Bucket="results")
        clip = encode(folder / "clip.mp4", bars(24)).read_bytes()
        command = [sys.executable, "-m", "tests.clip_worker"]
        with served(folder, workers=1, command=command, limits=QUICK, faults=(), **environ) as scene:
            until(lambda: scene.ask("GET", "health")[1]["workers"]["ready"], lambda count: count == 1)
            yield Stage(scene, folder / "hold", folder / "jobs", clip, bucket)


def lacks(command: list[str]) -> str | None:
    """The first program that a script needs and that is not installed."""
    needed = {"bash": ["bash", "curl", "jq"], "node": ["node"]}.get(command[0], [])
    return next((program for program in needed if shutil.which(program) is None), None)


def need(command: list[str]) -> None:
    """Skips the test where a script's program is not installed."""
    if program := lacks(command):
        pytest.skip(f"{program} is not installed, which this script of the page is for")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_shows_the_anchor_mesh_early_and_saves_the_animated_one(
    name: str, stage: Stage, tmp_path: Path
) -> None:
    need(SCRIPTS[name])
    stage.hold.touch()
    script = stage.start(SCRIPTS[name], tmp_path)
    told = until(script.output, lambda text: {"roll", "anchor_mesh"} <= set(re.findall(r"\w+", text)))
    [early, *_] = re.findall(r"http://[^\s'\"]+/meshes/[^\s'\"]+/anchor_mesh\.glb\?[^\s'\"]+", told)
    with urlopen(early) as reply:
        assert reply.read(4) == b"glTF"
    stage.hold.unlink()
    assert script.end() == 0, script.output()
    mesh = (tmp_path / "animated_mesh.glb").read_bytes()
    assert (mesh[:4], len(mesh)) == (b"glTF", struct.unpack("<I", mesh[8:12])[0])


def test_the_scripts_say_why_a_job_failed(stage: Stage, tmp_path: Path) -> None:
    started = {
        name: stage.start(command, tmp_path / name, b"no video")
        for name, command in SCRIPTS.items()
        if not lacks(command)
    }
    for name, script in started.items():
        assert script.end() == (0 if name == "curl" else 1)
        assert "NOT_A_VIDEO: " in script.output()
        assert not (script.folder / "animated_mesh.glb").exists()


@pytest.mark.parametrize("name", ["requests", "fetch"])
def test_an_interrupt_cancels_the_job(name: str, stage: Stage, tmp_path: Path) -> None:
    need(SCRIPTS[name])
    stage.hold.touch()
    script = stage.start(SCRIPTS[name], tmp_path)
    until(script.output, lambda text: "roll" in text)  # the SDK passes over a job that it has not begun
    script.process.send_signal(signal.SIGINT)
    assert script.end() != 0
    until(lambda: stage.states()["inProgress"], lambda count: count == 0)
    until(lambda: list(stage.jobs.iterdir()), lambda folders: folders == [])  # told while it was held


def test_readmes_request_and_its_result(stage: Stage, tmp_path: Path) -> None:
    need(SCRIPTS["curl"])
    where = {"Bucket": stage.bucket.bucket, "Key": "clip.mp4"}
    stage.bucket.client.put_object(Bucket=where["Bucket"], Key=where["Key"], Body=stage.new_clip())
    link = stage.bucket.client.generate_presigned_url("get_object", where)
    request = pages.code("README.md", "request")
    script = stage.start(["bash", "-euc", request], tmp_path, VIDEO_URL=link)
    assert script.end() == 0, script.output()
    job_id = json.loads(script.output())["id"]
    assert stage.scene.wait(job_id)["status"] == "COMPLETED"
    api, _ = request.split("curl", 1)
    status = ["bash", "-euc", api + pages.code("README.md", "status")]
    script = stage.start(status, tmp_path, JOB_ID=job_id)
    assert script.end() == 0
    result = json.loads(script.output())["output"]
    assert result["files"]["animated_mesh"]["name"] == "animated_mesh.glb"


def test_a_job_is_cancelled_with_curl(stage: Stage, tmp_path: Path) -> None:
    need(SCRIPTS["curl"])
    stage.hold.touch()
    script = stage.start(["bash", "-euc", CURL + pages.code("docs/deploy.md", "curl, cancel")], tmp_path)
    assert script.end() == 0
    assert script.output() == "CANCELLED\n"
    until(lambda: stage.states()["inProgress"], lambda count: count == 0)


def test_the_webhook_gets_the_status(stage: Stage, tmp_path: Path) -> None:
    need(SCRIPTS["curl"])
    code = CURL + pages.code("docs/deploy.md", "curl, beside")
    with receiver() as hook:
        script = stage.start(["bash", "-euc", code], tmp_path, WEBHOOK_URL=hook.url)
        assert script.end() == 0, script.output()
        job_id = script.output().strip()
        [posted] = until(lambda: list(hook.posted), bool)
    told = json.loads(posted)
    assert (told["id"], told["status"]) == (job_id, "COMPLETED")
    submitted = json.loads((tmp_path / "with_webhook.json").read_text())
    assert submitted.keys() == {"input", "webhook", "policy"}


def test_the_lifecycle_rule_is_one_of_s3s_and_outlives_the_links() -> None:
    shape = boto3.client("s3", region_name="us-east-1").meta.service_model.shape_for(
        "BucketLifecycleConfiguration"
    )
    assert ParamValidator().validate(LIFECYCLE, shape).generate_report() == ""
    [rule] = LIFECYCLE["Rules"]
    ttl_s = Settings.from_env({}).bucket_link_ttl
    assert rule["Expiration"]["Days"] * 86_400 > ttl_s


def test_the_rule_for_pages_is_one_of_s3s() -> None:
    shape = boto3.client("s3", region_name="us-east-1").meta.service_model.shape_for("CORSConfiguration")
    assert ParamValidator().validate(CORS, shape).generate_report() == ""


def test_the_payload_for_the_console_is_a_request() -> None:
    assert PAYLOAD.keys() == {"input"}
    assert parse(PAYLOAD["input"], Request).mode == "fast"


def test_the_bucket_policy_has_what_the_worker_calls() -> None:
    actions: list[str] = []
    for statement in POLICY["Statement"]:
        given: Any = statement["Action"]
        actions += [given] if isinstance(given, str) else given
    calls = ["AbortMultipartUpload", "DeleteObject", "GetObject", "ListBucket", "PutObject"]
    assert sorted(actions) == [f"s3:{call}" for call in calls]


def section(title: str) -> str:
    """The page's part under a heading, up to the next of its rank."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_page_has_every_error_code() -> None:
    told = set(re.findall(r"`([A-Z0-9_]+)`", section("Errors and retries")))
    codes = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.JobError)
    }
    assert told - {"FAILED", "TIMED_OUT", "GET"} == codes


def test_the_page_names_variables_that_exist() -> None:
    names = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", section("3. Set the variables").split("### Bucket")[0]))
    others = names - SETTINGS
    assert others == {"RUNPOD_INIT_TIMEOUT"}
    told = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", section("3. Set the variables"))) - names
    assert told <= {"AWS_SESSION_TOKEN", EnvProvider.EXPIRY_TIME, "ACCOUNT_ID"} | set(SETTINGS)


def test_the_variables_of_the_sdks_own_checks_are_the_sdks() -> None:
    modules = (Path(runpod.__file__).parent / "serverless/modules").glob("*fitness.py")
    source = "".join(path.read_text("utf-8") for path in modules)
    names = re.findall(r"`(RUNPOD_(?:MIN|SKIP|NETWORK)_\w+)", PAGE)
    assert len(names) >= 5
    assert all(f'"{name}"' in source for name in names)


def test_the_pages_modes_have_readmes_memory_and_pools_that_hold_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) GB \| (.+?) \|", PAGE, re.MULTILINE)
    assert {mode: int(size) for mode, size, _ in rows} == MEMORY_GB
    assert [mode for mode, *_ in rows] == list(get_args(Mode))
    for _, size, pools in rows:
        named = re.findall(r"`(\w+)`", pools)
        assert named
        assert {pool for pool, gb in POOLS_GB.items() if gb >= int(size)} >= set(named)


def test_costs_are_the_price_by_the_seconds() -> None:
    [price] = re.findall(r"^\| H100 PRO \| .+? \| ([\d.]+) \|", PAGE, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \| (\S+)(?: s)? \| (\S+) \| (\S+) \|$", section("Cost"), re.MULTILINE)
    assert [mode for mode, *_ in rows] == list(get_args(Mode))
    for mode, told, alone, with_start in rows:
        seconds = list(dict.fromkeys(ACTIONMESH.modes[mode].seconds or ()))
        assert told == ("–".join(map(str, seconds)) or "–")
        for cost, beside in ((alone, 0), (with_start, 20 + 5)):
            dollars = "–".join(f"{float(price) * (each + beside):.3f}" for each in seconds)
            assert cost == (f"${dollars}" if dollars else "–")


def test_the_example_of_progress_has_its_fields() -> None:
    [example] = [
        block.code
        for block in pages.blocks("docs/deploy.md")
        if block.language == "json" and '"stage"' in block.code
    ]
    assert list(json.loads(example)) == [item.name for item in fields(Progress)]
