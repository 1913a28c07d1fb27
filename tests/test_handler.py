import asyncio
import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from runpod.serverless.modules.rp_logger import RunPodLogger

import handler
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.weights import SearchPath

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = Settings.from_env({})
JOB = {"id": "job-1", "input": {"video_base64": "AAAA"}}


@pytest.mark.parametrize(
    ("environ", "host"),
    [({}, LAPTOP), ({"RUNPOD_POD_ID": ""}, LAPTOP), ({"RUNPOD_POD_ID": "pod"}, handler.RUNPOD)],
)
def test_runpod_is_known_by_its_variable(environ: dict[str, str], host: Host) -> None:
    assert handler.host_of(environ) is host


def test_weights_of_a_volume_and_of_runpods_cache_are_found() -> None:
    path = SearchPath.usual(None, None, handler.RUNPOD)
    home = Path.home() / ".cache/huggingface/hub"
    assert path.folders == (Path("/weights"), Path("/runpod-volume/actionmesh-weights"))
    assert path.caches == (Path("/runpod-volume/huggingface-cache/hub"), home)


def test_what_the_sdk_prints_is_redacted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunPodLogger, "log", RunPodLogger.log)
    monkeypatch.setattr(RunPodLogger, "level", "INFO")
    handler.set_up_logs(SETTINGS, {"HF_TOKEN": "hunter2hunter2"})
    sdk = RunPodLogger()
    sdk.info("a https://h.example/k?X-Amz-Signature=abc b", "job-1")
    sdk.error("hunter2hunter2")
    sdk.debug("unheard")
    sdk.info("Started.", "job\nERROR  | forged")
    assert capsys.readouterr().out.splitlines() == [
        "INFO   | job-1 | a https://h.example/k?*** b",
        "ERROR  | ***",
        "INFO   | job?ERROR  | forged | Started.",
    ]


def test_the_terminal_has_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    async def scene() -> None:
        async with handler.draw_progress(JOB) as report:
            report(Progress("track", 3, 16, 40.0))

    asyncio.run(scene())
    assert "job-1:  40% |" in capsys.readouterr().err


def test_an_id_makes_no_line_of_its_own_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    async def scene() -> None:
        async with handler.draw_progress(JOB | {"id": "job\nforged"}) as report:
            report(Progress("track", 3, 16, 40.0))

    asyncio.run(scene())
    assert "job?forged:  40% |" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["99999999", "word", "1"])
def test_no_password_of_the_buckets_address_is_printed_at_the_start(
    port: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "hunter2hunter2"
    address = f"http://user:{password}@127.0.0.1:{port}"
    bucket = {"BUCKET_NAME": "b", "BUCKET_ENDPOINT_URL": address, "ENGINE": "silhouette"}
    monkeypatch.setattr("os.environ", os.environ | bucket)
    monkeypatch.setattr("sys.argv", ["handler.py"])
    monkeypatch.setattr("runpod.serverless.start", lambda _config: None)
    monkeypatch.setattr("runpod.serverless.register_fitness_check", lambda _check: None)
    monkeypatch.setattr(RunPodLogger, "log", RunPodLogger.log)
    try:
        handler.main()
    except SystemExit as end:
        assert password not in str(end)  # noqa: PT017 – an address with a port is taken
        assert "BUCKET_ENDPOINT_URL='http://***@127.0.0.1" in str(end)  # noqa: PT017
    shown = capfd.readouterr()
    assert password not in shown.out + shown.err


@pytest.mark.parametrize(
    ("arguments", "host", "name"),
    [
        (["--test_input", "{}"], LAPTOP, "draw_progress"),
        (["--test_input", "{}"], handler.RUNPOD, "draw_progress"),
        ([], handler.RUNPOD, "post_progress"),
        (["--rp_serve_api"], LAPTOP, "log_progress"),
    ],
)
def test_progress_goes_where_somebody_looks(arguments: list[str], host: Host, name: str) -> None:
    assert handler.choose_reporter(arguments, host) is getattr(handler, name)


@pytest.mark.parametrize("arguments", [[], ["--test_input"], ["--test_input="]])
def test_bare_it_runs_the_sample_from_any_directory(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    flag, text, *rest = handler.sdk_arguments(arguments, SETTINGS, LAPTOP)
    assert flag == "--test_input"
    assert json.loads(text) == json.loads((ROOT / "test_input.json").read_text())
    assert rest == ["--rp_log_level", "WARN", "--rp_api_port", "8000"]


def test_on_runpod_it_is_a_worker() -> None:
    assert handler.sdk_arguments([], SETTINGS, handler.RUNPOD) == [
        "--rp_log_level",
        "INFO",
        "--rp_api_port",
        "8000",
    ]


def test_the_local_api_listens_on_port() -> None:
    settings = Settings.from_env({"PORT": "9000"})
    assert handler.sdk_arguments(["--rp_serve_api"], settings, LAPTOP)[-2:] == ["--rp_api_port", "9000"]
    flags = ["--rp_serve_api", "--rp_api_port=1234", "--rp_log_level=DEBUG"]
    assert handler.sdk_arguments(flags, settings, LAPTOP) == [
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
    text = handler.sdk_arguments([f"--test_input={json.dumps(job)}", "--rp_debugger"], SETTINGS, LAPTOP)
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
