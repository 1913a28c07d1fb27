import sys

import pytest

from actionmesh_wrapper.contract.engines import ACTIONMESH, SILHOUETTE
from actionmesh_wrapper.contract.result import File, Files, Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.service.terminal import engine_line, quiet, show_progress, summary
from actionmesh_wrapper.settings import Settings

NAMES = ("animated_mesh.glb", *(f"mesh_{index:03d}.glb" for index in range(16)), "preview.mp4")


def result(**changed: object) -> Result:
    files = Files.of(File(name=name, url=name, bytes=500_000, sha256="0" * 64) for name in NAMES)
    values: dict[str, object] = {
        "job_id": "camel",
        "engine": "silhouette",
        "mode": "fast",
        "seed": 44,
        "num_frames": 16,
        "fps": 8,
        "vertices": 10,
        "faces": 20,
        "source": {
            "duration_s": 4.5,
            "width": 64,
            "height": 64,
            "fps": 24,
            "frames": 108,
            "timestamps_s": [1.0, 2.875],
        },
        "files": files,
        "storage": "local",
        "cached": False,
        "timings_s": {},
        "warnings": [],
        "expires_at": None,
    }
    return Result.model_validate(values | changed)


def test_the_engine_and_how_to_get_the_other_in_one_line() -> None:
    assert engine_line(SILHOUETTE) == (
        "Engine: Silhouette (2.5D). ActionMesh needs an NVIDIA GPU with 12 GB or more and 16 GB of weights: "
        "`actionmesh-worker doctor` says what is missing."
    )
    assert engine_line(ACTIONMESH) == (
        "Engine: ActionMesh. Silhouette (2.5D) needs a processor: ENGINE=silhouette."
    )


def test_a_summary() -> None:
    assert summary(result(), "outputs/camel/").splitlines() == [
        "Results: outputs/camel/",
        "  animated_mesh.glb            0.50 MB  Animated mesh",
        "  mesh_000.glb … (16 files)    8.00 MB  A mesh per frame",
        "  preview.mp4                  0.50 MB  Preview video",
        "Taken: 2 frames, 1.00 s to 2.88 s of 4.50 s",
        "Warnings: none",
    ]


def test_a_summary_has_every_warning_and_whether_the_job_was_run() -> None:
    warnings = [{"code": "A", "message": "One."}, {"code": "B", "message": "Two."}]
    lines = summary(result(warnings=warnings, cached=True), "bucket b, camel/").splitlines()
    assert lines[-4:] == [
        "This is the result of an equal job before.",
        "Warnings:",
        "  A: One.",
        "  B: Two.",
    ]


def report_all(name: str) -> None:
    with show_progress(name) as report:
        for progress in (
            Progress("track", 1, 16, 40.0),
            Progress("track", 3, 16, 41.0),
            Progress("surface", 0, 1, 60.0),
        ):
            report(progress)


def test_a_terminal_has_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report_all("camel")
    assert "camel:  60% |" in capsys.readouterr().err


def test_a_pipe_has_a_line_for_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    report_all("camel")
    assert capsys.readouterr().err == " 40% track\n 60% surface\n"


@pytest.mark.parametrize(("environ", "level"), [({}, "ERROR"), ({"LOG_LEVEL": "DEBUG"}, "DEBUG")])
def test_the_log_has_errors_alone_unless_it_was_asked_for(environ: dict[str, str], level: str) -> None:
    assert quiet(Settings.from_env(environ), environ).log_level == level
