import subprocess
import sys
from pathlib import Path

import pytest

from actionmesh_cli import doctor
from actionmesh_cli.doctor import Finding, examine
from actionmesh_wrapper.weights import REPOSITORIES
from handler import RUNPOD
from tests.export.blenders import fake, installed
from tests.programs import COMMAND_LINE, environment, finish

NVIDIA_SMI = """#!/bin/sh
echo "NVIDIA H200, 143771, {driver}"
"""


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """Settings that look at nothing but a folder of the test's own."""
    names = {"OUTPUT_DIR": "out", "JOBS_DIR": "jobs", "WEIGHTS_DIR": "weights", "HF_HOME": "hub"}
    return {name: str(tmp_path / folder) for name, folder in names.items()}


def found(environ: dict[str, str]) -> dict[str, list[Finding]]:
    by_name: dict[str, list[Finding]] = {}
    for finding in examine(environ):
        by_name.setdefault(finding.about, []).append(finding)
    return by_name


def test_a_laptop(places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    findings = found(places)
    assert list(findings) == [
        "engine",
        "GPU",
        "network",
        "weights",
        "results",
        "disk",
        "ffmpeg",
        "rig",
        "usdz",
        "alembic",
        "Blender",
    ]
    assert "broken" not in {finding.state for of_one in findings.values() for finding in of_one}
    assert findings["GPU"][0].state == findings["weights"][0].state == "missing"
    for repository in REPOSITORIES:
        assert (repository.folder in findings["weights"][0].seen) != repository.by_name_only
    assert f"in {places['OUTPUT_DIR']}" in findings["results"][0].seen
    assert list(tmp_path.iterdir()) == []  # it looks, and makes nothing


@pytest.mark.parametrize(
    ("changed", "about", "seen"),
    [
        ({"ENGINE": "gpu"}, "settings", "ENGINE='gpu'"),
        ({"ENGINE": "actionmesh"}, "engine", "actionmesh: "),
        ({"OUTPUT_DIR": "/proc/x"}, "results", "OUTPUT_DIR='/proc/x' cannot be written"),
        ({"MAX_VIDEO_MB": "10000", "JOBS_DIR": "/proc/x"}, "disk", "/proc/x"),
        ({"BUCKET_NAME": "b", "BUCKET_ENDPOINT_URL": "http://127.0.0.1:9"}, "bucket", "BUCKET_NAME='b'"),
    ],
)
def test_what_no_job_runs_without_is_broken(
    changed: dict[str, str], about: str, seen: str, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, _mode: not str(path).startswith("/proc"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    broken = [finding for finding in examine(places | changed) if finding.state == "broken"]
    assert [finding.about for finding in broken] == [about]
    assert seen in broken[0].seen
    assert broken[0].todo


@pytest.mark.parametrize("below", ["file", "file/in", "link"])
@pytest.mark.parametrize("variable", ["OUTPUT_DIR", "JOBS_DIR"])
def test_a_file_is_no_folder_for_results_or_jobs(
    variable: str, below: str, places: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    changed = {variable: str(tmp_path / below)}
    broken = [finding for finding in examine(places | changed) if finding.state == "broken"]
    assert [finding.seen for finding in broken] == [f"{variable}={changed[variable]!r} cannot be written"]


@pytest.mark.parametrize(
    ("folders", "lines"),
    [
        ((), ["missing", "silhouette finds subjects by colour and motion alone"]),
        (("U2NETP", "ISNET"), ["works", "ISNET finds what stands out, for silhouette"]),
        (
            ("U2NETP", "BIREFNET"),
            [
                "missing",
                "BIREFNET needs onnxruntime",
                "works",
                "U2NETP finds what stands out, for silhouette",
            ],
        ),
    ],
)
def test_which_network_is_used(
    folders: tuple[str, ...], lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    findings = doctor._network({name: Path(name) for name in folders})
    assert [part for finding in findings for part in (finding.state, finding.seen)] == lines


def test_a_full_disk_is_broken(places: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "free_bytes", lambda _folder: 10**8)
    (disk,) = found(places)["disk"]
    assert (disk.state, disk.seen.startswith("0.10 GB are free in ")) == ("broken", True)


def test_on_a_serverless_host_nothing_stands_in_and_a_bucket_is_wanted(
    places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    findings = {finding.about: finding for finding in examine(places, RUNPOD)}
    assert findings["engine"].state == "broken"
    assert (findings["bucket"].state, findings["bucket"].todo) == ("missing", "set BUCKET_*")
    assert str(RUNPOD.hub_caches[0]) in findings["weights"].seen


@pytest.mark.parametrize(
    ("answer", "state", "seen"),
    [
        (
            NVIDIA_SMI.format(driver="580.95.05"),
            "works",
            "NVIDIA H200, 151 GB, driver 580.95.05; modes that fit: default",
        ),
        (NVIDIA_SMI.format(driver="570.1"), "works", "driver 570.1"),
        (NVIDIA_SMI.format(driver="565.1"), "missing", "driver 565.1"),
        (NVIDIA_SMI.format(driver="580.1").replace("143771", "8192"), "missing", "9 GB"),
        (NVIDIA_SMI.format(driver="580.1").replace("143771", "15109"), "works", "modes that fit: default"),
        ("#!/bin/sh\nexit 9\n", "missing", "no answer"),
        ("#!/bin/sh\necho No devices were found\n", "missing", "no answer"),
    ],
)
def test_the_gpu_is_asked_by_its_drivers_tool(
    answer: str, state: str, seen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(answer)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = doctor._gpu()
    assert finding.state == state
    assert seen in finding.seen
    assert bool(finding.todo) is (state == "missing" or "570" in seen)


@pytest.mark.parametrize(
    ("script", "state", "seen"),
    [
        ("echo; echo version 4.5.1", "works", "4.5, "),
        ("echo version 2.93.0", "missing", " is 2.93"),
        ("echo version 4.5.1; exit 1", "missing", " is no Blender that has NumPy"),
        ("echo rubbish", "missing", " is no Blender that has NumPy"),
        ("head -c 2000000 /dev/zero", "missing", " gives no answer: killed at its limit of output"),
    ],
)
def test_blender_is_started(
    script: str, state: str, seen: str, places: dict[str, str], tmp_path: Path
) -> None:
    (blender,) = found(places | {"BLENDER_PATH": str(fake(tmp_path, script))})["Blender"]
    assert (blender.state, seen in blender.seen) == (state, True)
    assert bool(blender.todo) is (state == "missing")


def test_a_folder_is_no_blender(places: dict[str, str], tmp_path: Path) -> None:
    (blender,) = found(places | {"BLENDER_PATH": str(tmp_path)})["Blender"]
    assert (blender.state, blender.seen) == ("missing", f"{tmp_path} cannot be run")


def test_blender_itself_works(places: dict[str, str]) -> None:
    program = installed("import numpy")
    if program is None:
        pytest.skip("Blender with NumPy is not installed")
    (blender,) = found(places | {"BLENDER_PATH": str(program)})["Blender"]
    assert blender.state == "works"


def test_a_package_that_cannot_be_imported_is_missing(
    places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pxr.py").write_text("raise ImportError('no libstdc++')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (usdz,) = found(places)["usdz"]
    assert (usdz.state, usdz.seen) == (
        "missing",
        "usd-core cannot be imported: ImportError: no libstdc++",
    )


def test_as_a_process_it_hides_secrets_and_exits_by_what_it_found(tmp_path: Path) -> None:
    fit = finish(COMMAND_LINE, "doctor", folder=tmp_path)
    assert fit.returncode == 0, fit.stdout
    assert fit.stdout.endswith("A job can run here.\n")
    bad = finish(COMMAND_LINE, "doctor", folder=tmp_path, PORT="hunter2hunter2", HF_TOKEN="hunter2hunter2")
    assert bad.returncode == 1
    assert "broken   settings  PORT=" in bad.stdout
    assert "hunter2" not in bad.stdout + bad.stderr
    assert "Traceback" not in bad.stderr


def test_an_output_that_cannot_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, *COMMAND_LINE, "doctor"],
            check=False,
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode in {1, 120}  # the latter is Python's own, if it has kept some of it until its end
    assert done.stderr.startswith("The output cannot be written: No space left on device.\n")
    assert "Traceback" not in done.stderr
