from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper import run_actionmesh
from actionmesh_wrapper.api import export_animation
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import InvalidInput, VideoTooShort
from actionmesh_wrapper.export import write_mesh
from tests.export.samples import ball
from tests.fakes import BallEngine, write_frames


@pytest.fixture(autouse=True)
def _own_jobs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBS_DIR", str(tmp_path / "jobs"))


def test_a_folder_of_frames_becomes_a_folder_of_meshes(tmp_path: Path) -> None:
    frames, output = write_frames(tmp_path / "frames", 16), tmp_path / "my meshes"
    result = run_actionmesh(str(frames), str(output), engine=BallEngine(), outputs=["animated_mesh"])
    assert {path.name for path in output.iterdir()} == {"animated_mesh.glb", "result.json"}
    assert Result.model_validate_json((output / "result.json").read_bytes()) == result
    assert len(list(frames.iterdir())) == 16
    assert list((tmp_path / "jobs").iterdir()) == []


def test_no_result_replaces_the_file_that_it_is_made_of(tmp_path: Path) -> None:
    frames, output = write_frames(tmp_path / "frames", 16), tmp_path / "out"
    run_actionmesh(frames, output, engine=BallEngine(), outputs=["animated_mesh", "meshes"])
    mesh, still = output / "animated_mesh.glb", output / "mesh_000.glb"
    content = mesh.read_bytes()
    with pytest.raises(InvalidInput, match=r"animated_mesh\.glb lies in the output folder"):
        export_animation(mesh, output, outputs=["obj"])
    with pytest.raises(InvalidInput, match=r"mesh_000\.glb lies in the output folder"):
        run_actionmesh(frames, output, mesh=still, engine=BallEngine(), outputs=["obj"])
    assert mesh.read_bytes() == content
    export_animation(mesh, tmp_path / "more", outputs=["obj"])
    assert {path.name for path in (tmp_path / "more").iterdir()} == {"obj_sequence.zip", "result.json"}


def test_what_else_lies_in_the_folder_is_passed_over(tmp_path: Path) -> None:
    frames = write_frames(tmp_path / "frames", 16)
    (frames / "older").mkdir()
    (frames / "masks.png").mkdir()
    for name in ("notes.txt", "Thumbs.db", "._00.png", ".DS_Store"):
        (frames / name).write_text("x")
    result = run_actionmesh(frames, tmp_path / "out", engine=BallEngine(), outputs=["animated_mesh"])
    assert result.num_frames == 16


@pytest.mark.parametrize(("count", "taken"), [(16, 16), (20, 20), (31, 31), (33, 31)])
def test_takes_all_frames_up_to_31(tmp_path: Path, count: int, taken: int) -> None:
    engine = BallEngine()
    frames = write_frames(tmp_path / "frames", count)
    result = run_actionmesh(frames, tmp_path / "out", engine=engine, outputs=["animated_mesh"])
    assert result.num_frames == len(engine.seen[0].frames) == taken


@pytest.mark.parametrize(
    ("options", "times_s"),
    [
        ({"end_s": 2.5}, np.arange(20) / 8),
        ({"start_s": 1.0, "end_s": 3.5}, 1 + np.arange(20) / 8),
        ({"start_s": 1.5}, 1.5 + np.arange(19) / 8),
        ({"fps": 4}, np.arange(16) / 4),
        ({"fps": 30}, np.arange(31) / 8),
        ({"end_s": 2.5, "anchor_idx": 19}, np.arange(20) / 8),
        ({"end_s": 2.5, "num_frames": 16, "fps": 8}, np.arange(16) / 8),
    ],
)
def test_takes_all_frames_of_a_part(
    tmp_path: Path, options: dict[str, Any], times_s: NDArray[np.float64]
) -> None:
    engine = BallEngine()
    frames = write_frames(tmp_path / "frames", 31)
    run_actionmesh(frames, tmp_path / "out", engine=engine, outputs=["animated_mesh"], **options)
    np.testing.assert_allclose(engine.seen[0].frames.times_s, times_s)


def test_a_part_that_is_too_short_or_none_is_refused(tmp_path: Path) -> None:
    frames, output = write_frames(tmp_path / "frames", 20), tmp_path / "out"
    with pytest.raises(VideoTooShort, match="chosen part of this video has 8 frames; 16 are needed"):
        run_actionmesh(frames, output, engine=BallEngine(), end_s=1)
    with pytest.raises(InvalidInput, match=r"start_s: must be less than the video's 2\.50 s"):
        run_actionmesh(frames, output, engine=BallEngine(), start_s=9)
    with pytest.raises(InvalidInput, match="end_s: "):
        run_actionmesh(frames, output, engine=BallEngine(), end_s="1")


def test_too_few_frames_say_how_many_there_are(tmp_path: Path) -> None:
    with pytest.raises(VideoTooShort, match="10 frames; at least 16"):
        run_actionmesh(write_frames(tmp_path / "frames", 10), tmp_path / "out", engine=BallEngine())


@pytest.mark.parametrize(
    ("fast", "low_ram", "mode"),
    [
        (False, False, "default"),
        (True, False, "fast"),
        (True, True, "fast_low_ram"),
        (False, True, "low_ram"),
    ],
)
def test_flags_are_modes(tmp_path: Path, fast: bool, low_ram: bool, mode: str) -> None:
    frames = write_frames(tmp_path / "frames", 16)
    result = run_actionmesh(
        frames, tmp_path / "out", fast, low_ram, engine=BallEngine(), outputs=["animated_mesh"]
    )
    assert result.mode == mode


def test_an_unknown_option_is_named(tmp_path: Path) -> None:
    frames = write_frames(tmp_path / "frames", 16)
    with pytest.raises(InvalidInput, match="colour: unknown field"):
        run_actionmesh(frames, tmp_path / "out", engine=BallEngine(), colour="red")


def test_a_mesh_of_ones_own(tmp_path: Path) -> None:
    frames = write_frames(tmp_path / "frames", 16)
    own = write_mesh(ball(1, detail=3), tmp_path / "model.glb", extras={})
    engine = BallEngine()
    result = run_actionmesh(frames, tmp_path / "out", mesh=str(own), engine=engine, outputs=["animated_mesh"])
    assert (result.vertices, engine.meshes) == (642, [True])


def test_a_mesh_that_is_not_there(tmp_path: Path) -> None:
    frames = write_frames(tmp_path / "frames", 16)
    with pytest.raises(FileNotFoundError):
        run_actionmesh(frames, tmp_path / "out", mesh=tmp_path / "model.glb", engine=BallEngine())


def test_the_silhouette_engine_takes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "silhouette")
    with pytest.raises(InvalidInput, match="silhouette engine makes its own mesh"):
        run_actionmesh(write_frames(tmp_path / "frames", 16), tmp_path / "out", mesh="model.glb")


def test_reports_progress(tmp_path: Path) -> None:
    seen: list[Progress] = []
    frames = write_frames(tmp_path / "frames", 16)
    run_actionmesh(
        frames, tmp_path / "out", engine=BallEngine(), outputs=["animated_mesh"], progress=seen.append
    )
    assert "roll" in {progress.stage for progress in seen}


def test_loads_an_engine_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "silhouette")
    frames = write_frames(tmp_path / "frames", 16)
    assert run_actionmesh(frames, tmp_path / "out", outputs=["animated_mesh"]).engine == "silhouette"
