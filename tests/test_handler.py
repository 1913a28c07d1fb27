import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest
import runpod.serverless as sdk
from runpod.serverless.modules.rp_logger import RunPodLogger

import handler
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.export import alembic_is_installed
from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.weights import SearchPath
from actionmesh_wrapper.weights.search import INSTALLED
from tests.export.blenders import installed
from tests.programs import HANDLER, ROOT, finish, stop_at

SETTINGS = Settings.from_env({})
JOB = {"id": "job-1", "input": {"video_base64": "AAAA"}}


def sdk_arguments(arguments: list[str], settings: Settings = SETTINGS, host: Host = LAPTOP) -> list[str]:
    return handler.sdk_arguments(handler.read_arguments(arguments), settings, host)


@pytest.mark.parametrize(
    ("environ", "host"),
    [({}, LAPTOP), ({"RUNPOD_POD_ID": ""}, LAPTOP), ({"RUNPOD_POD_ID": "pod"}, handler.RUNPOD)],
)
def test_runpod_is_known_by_its_variable(environ: dict[str, str], host: Host) -> None:
    assert handler.host_of(environ) is host


def test_weights_of_a_volume_and_of_runpods_cache_are_found() -> None:
    path = SearchPath.usual(None, None, handler.RUNPOD)
    home = Path.home() / ".cache/huggingface/hub"
    assert path.folders == (Path("/weights"), INSTALLED, Path("/runpod-volume/actionmesh-weights"))
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


def test_an_id_makes_no_line_of_its_own_on_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
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
    monkeypatch.setattr("sys.argv", ["handler.py", "--rp_serve_api"])
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
    flag, text, *rest = sdk_arguments(arguments)
    assert flag == "--test_input"
    assert json.loads(text) == json.loads((ROOT / "test_input.json").read_text())
    assert rest == ["--rp_log_level", "WARN", "--rp_api_port", "8000"]


def test_on_runpod_it_is_a_worker() -> None:
    assert sdk_arguments([], host=handler.RUNPOD) == [
        "--rp_log_level",
        "INFO",
        "--rp_api_port",
        "8000",
    ]


def test_the_local_api_listens_on_port() -> None:
    settings = Settings.from_env({"PORT": "9000"})
    assert sdk_arguments(["--rp_serve_api"], settings) == [
        "--rp_log_level", "INFO", "--rp_api_port", "9000", "--rp_serve_api",
    ]  # fmt: skip
    flags = ["--rp_serve_api", "--rp_api_port=1234", "--rp_log_level=DEBUG", "--rp_api_host", "0.0.0.0"]
    assert sdk_arguments(flags, settings) == [
        "--rp_log_level", "DEBUG", "--rp_api_port", "1234", "--rp_api_host", "0.0.0.0", "--rp_serve_api",
    ]  # fmt: skip


def test_a_test_job_stands_before_the_sdks_flags() -> None:
    job = {"input": {"video_url": "https://example.com/a.mp4?a=b"}}
    text = sdk_arguments([f"--test_input={json.dumps(job)}", "--rp_debugger"])
    assert json.loads(text[1]) == job
    assert text[-1] == "--rp_debugger"


def test_a_bare_path_is_a_job_with_that_video(tmp_path: Path) -> None:
    (tmp_path / "my clip.mp4").write_bytes(b"\x00\x01")
    path = str(tmp_path / "my clip.mp4")
    assert sdk_arguments([path]) == sdk_arguments(["--test_input", path])
    assert sdk_arguments([path], host=handler.RUNPOD)[0] == "--test_input"


def test_the_sdks_flags_are_those_that_it_has() -> None:
    options = [action for action in sdk.parser._actions if action.dest != "help"]
    ours = handler.SDK_FLAGS | {"--test_input": "JOB"}
    assert {action.option_strings[0] for action in options} == set(ours)
    assert {action.option_strings[0] for action in options if action.nargs == 0} == {
        flag for flag, value in ours.items() if value is None
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--video", "x"],
        ["a.mp4", "b.mp4"],
        ["a.mp4", "--mode", "fast"],
        ["a.mp4", "--test_input", "b.mp4"],
        ["--test"],
    ],
)
def test_an_unknown_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        handler.read_arguments(arguments)
    assert "error: " in capsys.readouterr().err


def test_the_sample_end_to_end_through_the_sdk(tmp_path: Path) -> None:
    done = finish(HANDLER, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "outputs" / "sample"
    shown = done.stdout.splitlines()
    assert f"Results: {folder}/" in shown
    assert "Warnings: none" in shown
    assert "DEBUG" not in done.stdout
    first, *stages = done.stderr.splitlines()
    assert first.startswith("Engine: Silhouette")
    assert stages[-1] == " 98% upload"
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stderr
    names = {path.name for path in folder.iterdir()}
    assert names == {f"mesh_{index:03d}.glb" for index in range(16)} | {
        "animated_mesh.glb", "preview.mp4", "preview.webp", "poster.png", "result.json",
    }  # fmt: skip
    result = json.loads((folder / "result.json").read_text())
    assert (result["engine"], result["num_frames"], result["warnings"]) == ("silhouette", 16, [])
    assert len(json.dumps(result)) < 1_000_000
    assert not any((tmp_path / "jobs").iterdir())


def test_a_job_for_other_tools_end_to_end_through_the_sdk(tmp_path: Path) -> None:
    sample = json.loads((ROOT / "test_input.json").read_text())
    sample["input"] |= {"outputs": ["alembic", "fbx", "obj"]}
    (tmp_path / "job.json").write_text(json.dumps(sample))
    program = installed("import numpy")
    blender = {"BLENDER_PATH": str(program)} if program else {}
    done = finish(HANDLER, "--test_input", "job.json", folder=tmp_path, ENGINE="silhouette", **blender)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "outputs").iterdir()
    result = json.loads((folder / "result.json").read_text())
    made = {"alembic": alembic_is_installed(), "fbx": program is not None, "obj": True}
    names = {"alembic": "animated_mesh.abc", "fbx": "animated_mesh.fbx", "obj": "obj_sequence.zip"}
    assert {name: (result["files"][name] or {}).get("name") for name in names} == {
        name: names[name] if made[name] else None for name in names
    }
    assert {path.name for path in folder.iterdir()} == {
        "result.json", *(names[name] for name in names if made[name])
    }  # fmt: skip
    assert len(result["warnings"]) == list(made.values()).count(False)
    assert not any((tmp_path / "jobs").iterdir())


def test_a_bad_job_ends_with_its_code_and_exit_1(tmp_path: Path) -> None:
    done = finish(
        HANDLER, "--test_input", '{"input": {"video_base64": "!!!!", "outputs": ["meshes"]}}', folder=tmp_path
    )
    assert done.returncode == 1
    assert "INVALID_BASE64: " in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "outputs").exists()


def test_a_bad_setting_stops_the_start(tmp_path: Path) -> None:
    done = finish(HANDLER, folder=tmp_path, ENGINE="gpu")
    assert done.returncode == 1
    assert "ENGINE='gpu': Input should be 'auto', 'actionmesh' or 'silhouette'" in done.stderr
    assert "Traceback" not in done.stderr


def test_results_that_cannot_be_written_stop_the_start(tmp_path: Path) -> None:
    done = finish(HANDLER, folder=tmp_path, ENGINE="silhouette", OUTPUT_DIR="/dev/null/x")
    assert done.returncode == 1
    assert "OUTPUT_DIR='/dev/null/x': cannot be written: Not a directory" in done.stderr
    assert "% masks" not in done.stderr


def test_on_runpod_nothing_falls_back(tmp_path: Path) -> None:
    done = finish(HANDLER, folder=tmp_path, RUNPOD_POD_ID="pod")
    assert done.returncode == 1
    assert "ENGINE='auto': the actionmesh engine cannot run here." in done.stderr


def test_help_is_there_without_the_sdk(tmp_path: Path) -> None:
    (tmp_path / "runpod.py").write_text("raise SystemExit('imported')")
    done = finish(HANDLER, "--help", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 0
    assert {"--test_input", "CLIP", *handler.SDK_FLAGS} <= set(re.findall(r"--\w+|CLIP", done.stdout))


def test_ctrl_c_in_a_job_exits_130_and_leaves_nothing(tmp_path: Path) -> None:
    code, shown = stop_at("% masks", HANDLER, folder=tmp_path)
    assert code == 130
    assert shown.endswith("Stopped by Ctrl-C.\n")
    assert "Traceback" not in shown
    assert not (tmp_path / "outputs").exists()
    assert list((tmp_path / "jobs").iterdir()) == []
