"""The compose files: what they name is there, and the worker's command does a job without Docker."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from ruamel.yaml import YAML

from actionmesh_wrapper.settings import Settings
from tests import pages
from tests.local_runpod.scene import PATIENCE_S

DOCS = pages.ROOT / "docs"
BASE, GPU = (dict(YAML(typ="safe").load(DOCS / name)) for name in ("compose.yaml", "compose.gpu.yaml"))
SERVICES = [(name, service) for file in (BASE, GPU) for name, service in file["services"].items()]
TABLE = re.findall(r"^\| `([A-Z_]+)` \|", pages.text("frontend/README.md"), re.MULTILINE)
VARIABLES = {
    "worker": {str(field.alias) for field in Settings.model_fields.values()} | {"RUNPOD_API_KEY"},
    "page": set(TABLE),
}


def default(value: str) -> str:
    """A value with the defaults of its variables, ``${NAME:-default}``."""
    return re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value)


@pytest.mark.parametrize(("name", "service"), SERVICES)
def test_what_a_service_is_built_from_is_there(name: str, service: dict[str, Any]) -> None:
    build = {**BASE["services"][name]["build"], **service.get("build", {})}
    dockerfile = (DOCS / build["context"] / "Dockerfile").read_text("utf-8")
    assert "target" not in build or re.search(rf"^FROM \S+ AS {build['target']}$", dockerfile, re.MULTILINE)


@pytest.mark.parametrize(("name", "service"), SERVICES)
def test_its_variables_exist(name: str, service: dict[str, Any]) -> None:
    assert service.get("environment", {}).keys() <= VARIABLES[name]


def test_only_this_machine_reaches_them() -> None:
    assert all(port.startswith("127.0.0.1:") for _, service in SERVICES for port in service.get("ports", []))


def test_what_is_mounted_from_the_repository_is_there() -> None:
    [local] = BASE["services"]["worker"]["volumes"]
    host, inside, mode = local.split(":")
    assert (DOCS / host / "__main__.py").is_file()
    assert (inside, mode) == ("/worker/local_runpod", "ro")
    [weights] = GPU["services"]["worker"]["volumes"]
    assert default(weights) == "../weights:/weights:ro"


@pytest.mark.parametrize("lock", ["requirements-silhouette.txt", "requirements.txt"])
def test_the_images_have_what_the_local_runpod_imports(lock: str) -> None:
    locked = pages.text(f"builder/{lock}")
    for name in ("fastapi", "uvicorn"):
        assert re.search(rf"^{name}==", locked, re.MULTILINE)


def test_the_page_calls_the_worker() -> None:
    worker, page = BASE["services"]["worker"], BASE["services"]["page"]
    assert page["environment"]["RUNPOD_API_KEY"] == worker["environment"]["RUNPOD_API_KEY"]
    [port] = worker["ports"]
    assert page["environment"]["RUNPOD_BASE_URL"] == f"http://worker:{port.split(':')[-1]}/v2"
    assert page["depends_on"] == ["worker"]


def test_the_workers_command_does_a_job(tmp_path: Path) -> None:
    worker = BASE["services"]["worker"]
    [program, *arguments] = worker["command"]
    assert program == "python"
    given = {name: default(value) for name, value in worker["environment"].items()}
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments, "--port", "0"],
            cwd=pages.ROOT,
            env={**os.environ, **given, "JOBS_DIR": str(tmp_path / "jobs")},
            stdout=output,
            stderr=output,
        )
    try:
        base = until_told(log, r"endpoint: (http://\S+)")
        job = json.loads(pages.text(".runpod/tests.json"))["tests"][0]["input"]
        key = given["RUNPOD_API_KEY"]
        job_id = ask(f"{base}/run", key, {"input": job | {"outputs": ["animated_mesh"]}})["id"]
        end = time.monotonic() + PATIENCE_S
        while (status := ask(f"{base}/status/{job_id}", key))["status"].startswith("IN_"):
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.2)
        assert status["status"] == "COMPLETED", log.read_text("utf-8")
        assert status["output"]["engine"] == "silhouette"
        assert status["output"]["files"]["animated_mesh"]["url"].startswith("data:")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def until_told(log: Path, pattern: str) -> str:
    """Waits until the log has this; gives its group."""
    end = time.monotonic() + PATIENCE_S
    while not (found := re.search(pattern, log.read_text("utf-8"))):
        assert time.monotonic() < end, log.read_text("utf-8")
        time.sleep(0.1)
    return found[1]


def ask(url: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Calls the API."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(url, json.dumps(body).encode() if body else None, headers)) as answer:
        return dict(json.load(answer))
