"""Jobs on the animated mesh of an earlier result."""

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.data.writing import Tools
from actionmesh_wrapper.errors import Cancelled, InvalidInput, NotAMesh
from actionmesh_wrapper.export.animated import write_animated_mesh
from actionmesh_wrapper.job.intake import FileIntake
from actionmesh_wrapper.job.run import run
from actionmesh_wrapper.job.workspace import workspace
from actionmesh_wrapper.mesh_file import read_mesh
from actionmesh_wrapper.mesh_file.animated import read_animation
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.storage import Local, Storage
from tests.export.samples import NEAR, ball
from tests.job.jobs import Job
from tests.job.test_run_again import Remembering


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The folder of a result."""
    Job(tmp_path).run({"outputs": ["animated_mesh", "meshes"], "mode": "fast", "seed": 7}, job_id="first")
    return tmp_path / "outputs/first"


def further(
    root: Path, animation: Path, data: object, *, storage: Storage | None = None, progress: object = None
) -> Result:
    """A job without an engine."""
    with workspace(root / "jobs", "further") as folders:
        return run(
            "further",
            data,
            intake=FileIntake(Fetched(None, animation=animation)),
            engine=None,
            storage=storage or Local(root / "outputs"),
            folders=folders,
            tools=Tools(),
            report=progress if callable(progress) else lambda _: None,
        )


def test_further_files_are_made_without_an_engine(tmp_path: Path, first: Path) -> None:
    result = further(tmp_path, first / "animated_mesh.glb", {"outputs": ["meshes", "obj", "archive"]})
    made = {path.name for path in (tmp_path / "outputs/further").iterdir()}
    meshes = {f"mesh_{index:03d}.glb" for index in range(16)}
    assert made == {*meshes, "obj_sequence.zip", "archive.zip", "result.json"}
    for index in range(16):
        before, after = (
            read_mesh(folder / f"mesh_{index:03d}.glb", warn=lambda _: None)
            for folder in (first, tmp_path / "outputs/further")
        )
        np.testing.assert_allclose(after.vertices, before.vertices, atol=1e-7)
        np.testing.assert_array_equal(after.faces, before.faces)
    assert result.files.obj.url == "obj_sequence.zip"
    with ZipFile(tmp_path / "outputs/further/archive.zip") as archive:
        assert "preview.mp4" not in archive.namelist()
        assert set(archive.namelist()) > {*meshes, "animated_mesh.glb", "obj_sequence.zip"}
        assert json.loads(archive.read("manifest.json"))["engine"] == "ball"


def test_the_result_names_what_made_the_mesh_and_that_it_did_not_do_so_now(
    tmp_path: Path, first: Path
) -> None:
    result = further(tmp_path, first / "animated_mesh.glb", {"outputs": ["obj"]})
    assert (result.engine, result.mode, result.seed) == ("ball", "fast", 7)
    assert (result.from_animation, result.source, result.seconds_per_frame) == (True, None, None)
    assert (result.num_frames, result.vertices, result.faces) == (16, 42, 80)
    assert result.accelerated == ()
    assert result.warnings == ()
    assert json.loads((first / "result.json").read_text())["from_animation"] is False


def test_the_result_has_the_films_camera_as_the_files_have_it(tmp_path: Path) -> None:
    extras = {"engine": "ball", "mode": "fast", "seed": 7}
    write_animated_mesh(ball(4), tmp_path / "animated_mesh.glb", extras=extras, film=NEAR)
    camera = further(tmp_path, tmp_path / "animated_mesh.glb", {"outputs": ["meshes"]}).camera
    assert camera is not None
    assert NEAR.yfov is not None
    assert camera.yfov_deg == pytest.approx(np.degrees(NEAR.yfov), abs=1e-3)
    assert camera.aspect_ratio == pytest.approx(NEAR.aspect_ratio)
    assert camera.principal_point == pytest.approx(NEAR.principal_point)
    assert camera.azimuth_deg == pytest.approx(NEAR.camera.azimuth_deg, abs=1e-3)


def test_the_anchor_is_told_where_it_is_not_the_first_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(tmp_path)
    animate = job.engine.animate
    for anchor in (0, 5):
        monkeypatch.setattr(
            job.engine, "animate", lambda *given, anchor=anchor: replace(animate(*given), anchor=anchor)
        )
        job.run({"outputs": ["animated_mesh"]}, job_id=f"first-{anchor}")
        stored = read_animation(tmp_path / f"outputs/first-{anchor}/animated_mesh.glb")
        assert (stored.animation.anchor, "anchor" in stored.extras) == (anchor, anchor > 0)


@pytest.mark.parametrize("profile", ["standard", "quantized", "compact"])
def test_from_any_profile_to_any_other(tmp_path: Path, profile: str) -> None:
    Job(tmp_path).run({"outputs": ["animated_mesh"], "animated_mesh_profile": profile}, job_id="first")
    first = tmp_path / "outputs/first/animated_mesh.glb"
    for other in ("standard", "quantized", "compact"):
        data = {"outputs": ["animated_mesh"], "animated_mesh_profile": other}
        result = further(tmp_path, first, data)
        assert result.animated_mesh_info is not None
        assert result.animated_mesh_info.profile == other
        made = read_animation(tmp_path / "outputs/further/animated_mesh.glb")
        assert made.extras == read_animation(first).extras


def test_what_shows_the_clip_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    for data in ({}, {"outputs": ["masks"]}, {"outputs": ["obj", "preview"]}):
        with pytest.raises(InvalidInput, match="cannot be made without the clip"):
            further(tmp_path, tmp_path / "none.glb", data)


def test_options_of_the_making_have_no_effect_and_are_told(tmp_path: Path, first: Path) -> None:
    data = {"outputs": ["obj"], "seed": 1, "loop": True, "num_frames": 31, "keyframe_error": 0.01}
    result = further(tmp_path, first / "animated_mesh.glb", data)
    assert [warning.message for warning in result.warnings] == [
        f"{name} has no effect on an animation that is made already."
        for name in ("num_frames", "seed", "loop")
    ] + ["keyframe_error has no effect where no animated_mesh is made."]


def test_a_file_of_another_kind_costs_the_job(tmp_path: Path, first: Path) -> None:
    with pytest.raises(NotAMesh, match=r"no animated_mesh\.glb of an earlier result"):
        further(tmp_path, first / "mesh_000.glb", {"outputs": ["obj"]})
    assert not (tmp_path / "outputs/further").exists()


def test_an_equal_job_is_found(tmp_path: Path, first: Path) -> None:
    storage = Remembering(tmp_path / "outputs")
    for cached in (False, True):
        result = further(tmp_path, first / "animated_mesh.glb", {"outputs": ["obj"]}, storage=storage)
        assert result.cached == cached


def test_a_cancel_leaves_nothing(tmp_path: Path, first: Path) -> None:
    def cancel(progress: Progress) -> None:
        if progress.stage == "export":
            raise Cancelled

    with pytest.raises(Cancelled):
        further(tmp_path, first / "animated_mesh.glb", {"outputs": ["obj"]}, progress=cancel)
    assert not (tmp_path / "outputs/further").exists()
