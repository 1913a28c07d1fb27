"""The command, with this project's own worker."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_runpod.__main__ import read_arguments
from local_runpod.endpoint import Settings
from tests.local_runpod.scene import PATIENCE_S, Scene, has_left, until
from tests.programs import COMMAND_LINE, started

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def command(folder: Path, *arguments: str) -> Iterator[tuple[Scene, subprocess.Popen[str]]]:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if name not in {"ENGINE", "RUNPOD_API_KEY"}}
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local_runpod", *arguments],
            cwd=ROOT,
            env=environ | {"PORT": str(port), "JOBS_DIR": str(folder / "jobs")},
            stdout=output,
            stderr=output,
            text=True,
        )
    try:
        until(lambda: "endpoint: " in log.read_text() or process.poll() is not None, bool)
        yield Scene(f"http://127.0.0.1:{port}/v2/local", Settings(), None, folder), process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def test_the_sample_job_on_the_projects_worker_and_no_process_is_left(tmp_path: Path) -> None:
    with command(tmp_path) as (scene, process):
        sample = json.loads((ROOT / "test_input.json").read_text())
        status, answer = scene.ask("POST", "run", sample)
        assert (status, answer["status"]) == (200, "IN_QUEUE")
        assert answer["id"] != sample["id"]
        done = scene.wait(answer["id"])
        assert done["status"] == "COMPLETED", done
        result = done["output"]
        assert (result["job_id"], result["engine"], result["storage"]) == (
            answer["id"],
            "silhouette",
            "inline",
        )
        mesh = result["files"]["animated_mesh"]
        head, data = mesh["url"].split(",")
        assert head == "data:model/gltf-binary;base64"
        assert base64.b64decode(data)[:4] == b"glTF"
        worker = int(re.findall(r"process (\d+)", (tmp_path / "log").read_text())[0])
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
        until(lambda: has_left(worker), bool)


def test_a_killed_endpoint_takes_its_worker_and_all_of_its_processes_along(tmp_path: Path) -> None:
    with command(tmp_path) as (scene, process):
        until(lambda: scene.ask("GET", "health")[1]["workers"]["ready"], lambda ready: ready == 1)
        worker = int(re.findall(r"process (\d+)", (tmp_path / "log").read_text())[0])
        assert not has_left(worker)
        process.kill()
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
        until(lambda: has_left(worker), bool)


def test_without_a_worker_it_says_how_to_start_one(tmp_path: Path) -> None:
    with command(tmp_path, "--no-worker") as (scene, process):
        until((tmp_path / "log").read_text, lambda text: "a worker: " in text)
        assert f"RUNPOD_WEBHOOK_GET_JOB='{scene.url}/job-take/$ID?key=" in (tmp_path / "log").read_text()
        assert scene.ask("GET", "health")[1]["workers"]["initializing"] == 0
        process.send_signal(signal.SIGHUP)
        assert process.wait(PATIENCE_S) == -signal.SIGTERM


def test_it_listens_on_loopback_and_on_port() -> None:
    options = read_arguments([], {})
    assert (options.host, options.port, options.workers, options.no_worker) == ("127.0.0.1", 8000, 1, False)
    assert read_arguments([], {"PORT": "9000"}).port == 9000
    assert read_arguments(["--port", "1", "--workers", "3"], {"PORT": "9000"}).workers == 3


def test_another_port_is_taken_where_its_own_is_in_use_unless_it_was_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        assert read_arguments([], {"PORT": taken}).port == 0
        assert read_arguments(["--port", taken], {}).port == int(taken)


@pytest.mark.parametrize(
    ("arguments", "port"),
    [([], "x"), ([], "99999"), ([], "-1"), (["--host", "192.0.2.1"], "8000")],
)
def test_a_port_that_cannot_be_had_is_told_with_its_variable(
    arguments: list[str], port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_arguments(arguments, {"PORT": port, "RUNPOD_API_KEY": "mine"})
    assert f"PORT='{port}' on " in capsys.readouterr().err


def test_the_command_says_which_port_it_has(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        with started(COMMAND_LINE, "serve", "--no-worker", folder=tmp_path, PORT=taken) as process:
            assert process.stderr is not None
            said, where = process.stderr.readline(), process.stderr.readline()
            assert f"port {taken} is taken" in said
            assert re.search(r"endpoint: http://127\.0\.0\.1:\d+/v2/local", where)
            assert f":{taken}/" not in where
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 0


def test_the_key_is_ones_own_or_well_known_on_this_machine_alone() -> None:
    assert read_arguments([], {}).key == read_arguments([], {"RUNPOD_API_KEY": ""}).key == "local"
    assert read_arguments(["--host", "0.0.0.0"], {"RUNPOD_API_KEY": "mine"}).key == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--workers", "many"],
        ["--workers", "0"],
        ["--workers", "-1"],
        ["--port", "x"],
        ["--port", "65536"],
        ["--port", "-1"],
        ["surplus"],
        ["--host", "0.0.0.0"],
    ],
)
def test_a_bad_command_line_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_arguments(arguments, {})
