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
from botocore.credentials import EnvProvider
from botocore.validate import ParamValidator

from actionmesh_wrapper import errors
from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.s3 import S3
from tests.hub_format import POOLS_GB
from tests.local_runpod.scene import PATIENCE_S, QUICK, Scene, receiver, served, until
from tests.storage.conftest import ENVIRON
from tests.storage.s3_server import needed_executable, s3_server
from tests.test_hub import MEMORY_GB
from tests.video.clips import bars, encode

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/deploy.md").read_text("utf-8")
BLOCKS = re.findall(r"(?:<!-- (run|not run|checked): ([^\n]+) -->\n)?```(\w+)\n(.*?)```\n", PAGE, re.DOTALL)
RUN = {name: code for mark, name, _, code in BLOCKS if mark == "run"}
CHECKED = {name: json.loads(code) for mark, name, _, code in BLOCKS if mark == "checked"}

SCRIPTS = {
    "runpod": [sys.executable, "-c", RUN["runpod"]],
    "requests": [sys.executable, "-c", RUN["requests"]],
    "curl": ["bash", "-euc", RUN["curl"] + RUN["curl, wait"]],
    "fetch": ["node", "--input-type=module", "--eval", RUN["fetch"]],
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
        clips: how many different ones were made of it.
        started: the scripts of the present test.
    """

    scene: Scene
    hold: Path
    jobs: Path
    clip: bytes
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
        }
        S3.from_settings(Settings.from_env(environ)).client.create_bucket(Bucket="results")
        clip = encode(folder / "clip.mp4", bars(24)).read_bytes()
        command = [sys.executable, "-m", "tests.clip_worker"]
        with served(folder, workers=1, command=command, limits=QUICK, faults=(), **environ) as scene:
            until(lambda: scene.ask("GET", "health")[1]["workers"]["ready"], lambda count: count == 1)
            yield Stage(scene, folder / "hold", folder / "jobs", clip)


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


@pytest.fixture
def _heard_interrupts() -> Iterator[None]:
    """What is started in a shell's background ignores interrupts, and so would what a test starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard_interrupts")
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


def test_a_job_is_cancelled_with_curl(stage: Stage, tmp_path: Path) -> None:
    need(SCRIPTS["curl"])
    stage.hold.touch()
    script = stage.start(["bash", "-euc", RUN["curl"] + RUN["curl, cancel"]], tmp_path)
    assert script.end() == 0
    assert script.output() == "CANCELLED\n"
    until(lambda: stage.states()["inProgress"], lambda count: count == 0)


def test_the_webhook_gets_the_status(stage: Stage, tmp_path: Path) -> None:
    need(SCRIPTS["curl"])
    code = RUN["curl"] + RUN["curl, beside"]
    with receiver() as hook:
        script = stage.start(["bash", "-euc", code], tmp_path, WEBHOOK_URL=hook.url)
        assert script.end() == 0, script.output()
        job_id = script.output().strip()
        [posted] = until(lambda: list(hook.posted), bool)
    told = json.loads(posted)
    assert (told["id"], told["status"]) == (job_id, "COMPLETED")
    submitted = json.loads((tmp_path / "with_webhook.json").read_text())
    assert submitted.keys() == {"input", "webhook", "policy"}


def test_every_script_is_run_or_says_why_not() -> None:
    unmarked = [
        code for mark, _, language, code in BLOCKS if language in {"sh", "bash", "python", "js"} and not mark
    ]
    assert unmarked == []
    assert set(RUN) == {*SCRIPTS, "curl, wait", "curl, cancel", "curl, beside"}


def test_the_lifecycle_rule_is_one_of_s3s_and_outlives_the_links() -> None:
    shape = boto3.client("s3", region_name="us-east-1").meta.service_model.shape_for(
        "BucketLifecycleConfiguration"
    )
    assert ParamValidator().validate(CHECKED["lifecycle"], shape).generate_report() == ""
    [rule] = CHECKED["lifecycle"]["Rules"]
    ttl_s = Settings.from_env({}).bucket_link_ttl
    assert rule["Expiration"]["Days"] * 86_400 > ttl_s


def test_the_bucket_policy_has_what_the_worker_calls() -> None:
    actions: list[str] = []
    for statement in CHECKED["policy"]["Statement"]:
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
    names = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", section("Environment")))
    others = names - {str(item.alias) for item in Settings.model_fields.values()}
    assert others == {"RUNPOD_INIT_TIMEOUT", "AWS_SESSION_TOKEN", EnvProvider.EXPIRY_TIME}


def test_the_pages_modes_have_readmes_memory_and_pools_that_hold_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) GB \| (.+?) \|", PAGE, re.MULTILINE)
    assert {mode: int(size) for mode, size, _ in rows} == MEMORY_GB
    assert [mode for mode, *_ in rows] == list(get_args(Mode))
    for _, size, pools in rows:
        named = re.findall(r"`(\w+)`", pools)
        assert named
        assert {pool for pool, gb in POOLS_GB.items() if gb >= int(size)} >= set(named)


def test_the_example_of_progress_has_its_fields() -> None:
    [example] = [code for _, _, language, code in BLOCKS if language == "json" and '"stage"' in code]
    assert list(json.loads(example)) == [item.name for item in fields(Progress)]


def test_the_page_links_to_files_that_exist() -> None:
    links = re.findall(r"\]\((?!https:|#)([^)#]+)", PAGE)
    assert links
    for link in links:
        assert (ROOT / "docs" / link).is_file(), link
