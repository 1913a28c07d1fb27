"""Which files a job makes, and what becomes of those that it cannot make."""

import json
import sys
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from actionmesh_wrapper.contract.engines import ENGINES
from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.progress import Progress
from actionmesh_wrapper.errors import (
    Cancelled,
)
from actionmesh_wrapper.job.output_files import INSTEAD
from actionmesh_wrapper.storage import Inline
from actionmesh_wrapper.storage.inline import HEADS, REST_BYTES
from actionmesh_wrapper.storage.manifest import is_ours
from tests.export import reader
from tests.fakes import SharingStorage
from tests.job.jobs import QUICK, Job, source_of


@pytest.fixture
def a_job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_makes_every_file_that_was_asked_for(a_job: Job) -> None:
    result = a_job.run({"outputs": ["meshes", "animated_mesh", "preview", "archive"]})
    meshes = [f"mesh_{index:03d}.glb" for index in range(16)]
    previews = ["poster.png", "preview.mp4", "preview.webp"]
    files = ["animated_mesh.glb", "archive.zip", *meshes, *previews, "result.json"]
    assert a_job.files() == files
    assert all(is_ours(name) for name in files)
    assert [file.name for file in result.files.meshes] == meshes
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert set(archive.namelist()) >= {*meshes, *previews, "animated_mesh.glb", "manifest.json"}
        assert json.loads(archive.read("manifest.json"))["engine"] == "ball"


def test_the_preview_comes_with_a_loop_and_a_poster_and_names_its_renderer(a_job: Job) -> None:
    result = a_job.run({"outputs": ["preview"]})
    made = (result.files.preview, result.files.preview_webp, result.files.poster)
    assert [file and file.url for file in made] == ["preview.mp4", "preview.webp", "poster.png"]
    assert result.preview_renderer == "numpy"
    assert {file for file in made if file} == set(result.files.all())
    assert a_job.run().preview_renderer is None


def test_masks_are_made_where_asked_for(a_job: Job) -> None:
    result = a_job.run({"outputs": ["masks", "archive"]})
    masks = [f"mask_{index:03d}.png" for index in range(16)]
    assert [file.name for file in result.files.masks] == masks
    assert all(file.url == file.name and file.bytes > 0 for file in result.files.masks)
    assert result.files.masks_preview.url == "masks_preview.jpg"
    assert a_job.files() == ["archive.zip", *masks, "masks_preview.jpg", "result.json"]
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert set(archive.namelist()) > {*masks, "animated_mesh.glb", "mesh_000.glb"}


def test_what_is_only_in_the_archive_is_not_sent(a_job: Job) -> None:
    sent: list[Path] = []
    a_job.storage = SharingStorage(a_job.root / "outputs", sent=sent.extend)
    a_job.run({"outputs": ["archive"]})
    assert [path.name for path in sent] == ["archive.zip"]


def test_masks_are_asked_for_by_name_even_in_an_archive(a_job: Job) -> None:
    a_job.run({"outputs": ["archive"]})
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert not [name for name in archive.namelist() if name.startswith("mask")]


def test_an_archive_alone_holds_everything(a_job: Job) -> None:
    result = a_job.run({"outputs": ["archive"]})
    assert a_job.files() == ["archive.zip", "result.json"]
    assert result.files.meshes == ()
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert "mesh_015.glb" in archive.namelist()


def test_the_animated_mesh_is_in_the_profile_asked_for_and_says_how_exact(a_job: Job) -> None:
    for profile, bound in (("standard", 1e-7), ("quantized", 3e-5), ("compact", 3e-5)):
        info = a_job.run(QUICK | {"animated_mesh_profile": profile}, job_id=profile).animated_mesh_info
        assert info is not None
        assert info.profile == profile
        assert info.max_error <= bound
    standard, quantized = (a_job.root / f"outputs/{name}/animated_mesh.glb" for name in list(PROFILES)[:2])
    assert quantized.stat().st_size < standard.stat().st_size
    assert a_job.run({"outputs": ["meshes"]}).animated_mesh_info is None


def made_inline(a_job: Job, room: int, request: Mapping[str, object]) -> tuple[str, bytes, list[str]]:
    """Profile, content and warnings of an animated mesh for which an answer has so many bytes."""
    a_job.storage = Inline(REST_BYTES + (room + HEADS + 2) // 3 * 4)
    result = a_job.run({**QUICK, **request})
    assert result.animated_mesh_info is not None
    assert result.files.animated_mesh is not None
    content = b64decode((result.files.animated_mesh.url or "").partition(",")[2])
    told = [warning.message for warning in result.warnings if warning.code == "SMALLER_PROFILE"]
    return result.animated_mesh_info.profile, content, told


def test_without_a_bucket_the_animated_mesh_has_the_best_profile_that_fits(a_job: Job) -> None:
    whole = {name: made_inline(a_job, 10**6, {"animated_mesh_profile": name})[1] for name in PROFILES}
    why = "Without a bucket animated_mesh.glb has to fit into the answer: its profile is"
    warnings = {name: [f"{why} {name}, not standard."] for name in PROFILES} | {"standard": []}
    for name, content in whole.items():
        assert made_inline(a_job, len(content), {}) == (name, content, warnings[name])


def test_a_profile_that_was_asked_for_gives_way_to_a_smaller_one_never_to_a_larger(a_job: Job) -> None:
    quantized = {"animated_mesh_profile": "quantized"}
    assert made_inline(a_job, 10**6, quantized)[::2] == ("quantized", [])
    profile, content, told = made_inline(a_job, 100, quantized)
    assert (profile, content) == ("compact", b"")  # without room for the smallest it is left out
    assert len(told) == 1


def test_no_warning_where_compact_was_asked_for_or_there_is_no_animated_mesh(a_job: Job) -> None:
    a_job.storage = Inline(REST_BYTES)
    for data in (QUICK | {"animated_mesh_profile": "compact"}, {"outputs": ["meshes"]}):
        assert "SMALLER_PROFILE" not in [warning.code for warning in a_job.run(data).warnings]


@pytest.mark.parametrize("name", ["actionmesh", "ball"])
def test_files_tell_engine_seed_times_and_the_licence_of_the_weights(a_job: Job, name: str) -> None:
    if name != "ball":
        a_job.engine.facts = ENGINES[name]
    result = a_job.run(QUICK | {"seed": 7})
    extras = reader.read(a_job.root / "outputs/job-1/animated_mesh.glb").json["scenes"][0]["extras"]
    assert (extras["engine"], extras["seed"]) == (name, 7)
    assert tuple(extras["source_timestamps_s"]) == source_of(result).timestamps_s
    if name == "ball":
        assert "licence" not in extras
    else:
        assert "FAIR Noncommercial Research License" in extras["licence"]


def test_usdz_is_made_where_it_can_be(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pxr", reason="usd-core is not installed")
    result = a_job.run({"outputs": ["usdz", "archive"]})
    assert result.files.usdz is not None
    assert result.files.usdz.name == "animated_mesh.usdz"
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert "animated_mesh.usdz" in archive.namelist()
    monkeypatch.setattr("actionmesh_wrapper.export.usdz.usd_is_installed", lambda: False)
    result = a_job.run({"outputs": ["usdz", "meshes"]}, job_id="job-2")
    assert result.files.usdz is None
    assert ("PROGRAM_MISSING", "usdz was not made: this worker lacks usd-core.") in [
        (warning.code, warning.message) for warning in result.warnings
    ]


def test_alembic_fbx_and_obj_are_made_and_archived(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text('#!/bin/sh\nfor last; do :; done\nfor end in abc fbx; do\n'
                             'echo mesh > "$last/animated_mesh.$end"\ndone\n')  # fmt: skip
    a_job.blender.chmod(0o755)
    monkeypatch.setattr("actionmesh_wrapper.export.alembic.alembic_is_installed", lambda: False)
    result = a_job.run({"outputs": ["obj", "alembic", "fbx", "archive"]})
    made = (result.files.alembic, result.files.fbx, result.files.obj, result.files.archive)
    names = ["animated_mesh.abc", "animated_mesh.fbx", "obj_sequence.zip", "archive.zip"]
    assert [file and file.url for file in made] == names
    assert set(result.files.all()) == {*made}
    assert sorted([*names, "result.json"]) == a_job.files()
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert {*names[:3]} < {*archive.namelist()}
        assert b"obj_sequence.zip: one still OBJ per frame" in archive.read("README.txt")


def test_what_a_worker_cannot_make_is_left_out_with_a_warning(
    a_job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actionmesh_wrapper.export.alembic.alembic_is_installed", lambda: False)
    result = a_job.run({"outputs": ["alembic", "fbx", "obj"]})
    assert [file.name for file in result.files.all()] == ["obj_sequence.zip"]
    assert [(warning.code, warning.message) for warning in result.warnings[1:]] == [
        ("PROGRAM_MISSING", "alembic was not made: this worker lacks alembic3d and Blender."),
        ("PROGRAM_MISSING", "fbx was not made: this worker lacks Blender."),
    ]


def test_an_answer_without_room_for_all_keeps_the_animated_mesh(a_job: Job) -> None:
    a_job.storage = Inline()
    mesh, sequence = a_job.run({"outputs": ["obj", "animated_mesh"]}).files.all()
    assert (mesh.name, sequence.name) == ("animated_mesh.glb", "obj_sequence.zip")
    a_job.storage = Inline(answer_bytes=REST_BYTES + len(mesh.url or ""))
    result = a_job.run({"outputs": ["obj", "animated_mesh"]}, job_id="job-2")
    assert [file.name for file in result.files.all() if file.url] == ["animated_mesh.glb"]
    assert result.warnings[-1].code == "FILES_LEFT_OUT"
    assert result.warnings[-1].message.endswith("left out: obj_sequence.zip.")


@pytest.mark.parametrize("outputs", [["fbx"], ["fbx", "masks"]])
def test_a_mesh_of_which_nothing_could_be_made_is_kept(a_job: Job, outputs: list[str]) -> None:
    result = a_job.run({"outputs": outputs})
    assert result.files.animated_mesh is not None
    assert result.files.animated_mesh.url == "animated_mesh.glb"
    assert result.animated_mesh_info is not None
    assert reader.read(a_job.root / "outputs/job-1/animated_mesh.glb")
    assert [warning.message for warning in result.warnings[-2:]] == [
        "fbx was not made: this worker lacks Blender.",
        INSTEAD.message,
    ]


def test_a_mesh_is_kept_in_place_of_an_archive_without_room(a_job: Job) -> None:
    sizes = {
        file.name: file.bytes for file in a_job.run({"outputs": ["animated_mesh", "archive"]}).files.all()
    }
    room = (sizes["animated_mesh.glb"] + sizes["archive.zip"]) // 2
    a_job.storage = Inline(answer_bytes=REST_BYTES + (room + HEADS) * 4 // 3)
    result = a_job.run({"outputs": ["archive"]}, job_id="job-2")
    assert [file.name for file in result.files.all() if file.url] == ["animated_mesh.glb"]
    assert [warning.code for warning in result.warnings[-2:]] == ["OUTPUT_ADDED", "FILES_LEFT_OUT"]
    a_job.storage = Inline()
    result = a_job.run({"outputs": ["archive"]}, job_id="job-3")
    assert [file.name for file in result.files.all()] == ["archive.zip"]


def test_an_alembic_that_fails_costs_its_own_file_alone(
    a_job: Job, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.argv[1:] and sys.exit('out of cheese')"]
    monkeypatch.setattr("actionmesh_wrapper.export.alembic._PROGRAM", failing)
    result = a_job.run({"outputs": ["alembic", "animated_mesh"]})
    assert [file.name for file in result.files.all()] == ["animated_mesh.glb"]
    assert result.warnings[-1].message == "alembic3d failed. alembic is left out."
    assert "out of cheese" in caplog.text


def test_a_cancel_reaches_each_of_these_writers(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text("#!/bin/sh\nexec sleep 60\n")
    a_job.blender.chmod(0o755)
    monkeypatch.setattr("actionmesh_wrapper.export.alembic.alembic_is_installed", lambda: False)

    def cancel(progress: Progress) -> None:
        a_job.progress.append(progress)
        if len([one for one in a_job.progress if one.stage == "export"]) == 2:
            raise Cancelled

    for output in ("alembic", "fbx", "obj"):
        a_job.progress.clear()
        with pytest.raises(Cancelled):
            a_job.run({"outputs": [output]}, job_id=output, report=cancel)
        assert a_job.files(output) == []
    assert list((a_job.root / "jobs").iterdir()) == []


def test_a_rig_is_made_with_its_error_where_it_can_be(a_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("py_dem_bones", reason="py-dem-bones is not installed")
    result = a_job.run({"outputs": ["rig", "archive"]})
    assert result.files.rigged_mesh is not None
    assert result.rigged_mesh_info is not None
    assert result.rigged_mesh_info.bones == 1  # the ball does not bend
    assert result.rigged_mesh_info.max < 1e-6
    with ZipFile(a_job.root / "outputs/job-1/archive.zip") as archive:
        assert "rigged_mesh.glb" in archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["rigged_mesh_info"] == result.rigged_mesh_info.model_dump(mode="json")
    monkeypatch.setattr("actionmesh_wrapper.export.rig.dem_bones_is_installed", lambda: False)
    result = a_job.run({"outputs": ["rig", "meshes"]}, job_id="job-2")
    assert result.files.rigged_mesh is None
    assert result.rigged_mesh_info is None
    assert [warning.code for warning in result.warnings].count("PROGRAM_MISSING") == 1


def test_a_blender_that_fails_costs_its_own_files_alone(a_job: Job, caplog: pytest.LogCaptureFixture) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text("#!/bin/sh\necho 'out of cheese' >&2\nexit 1\n")
    a_job.blender.chmod(0o755)
    result = a_job.run(QUICK | {"blender_export": True})
    assert result.files.blender == ()
    assert result.files.animated_mesh is not None
    assert [(warning.code, warning.message) for warning in result.warnings] == [
        ("BLENDER_FAILED", "Blender failed. The files of blender_export are left out."),
        ("ROUND", "It is a ball."),
    ][::-1]
    assert "out of cheese" in caplog.text


def test_blenders_files_lie_beside_the_others(a_job: Job) -> None:
    a_job.blender = a_job.root / "blender"
    a_job.blender.write_text(
        '#!/bin/sh\nfor last; do :; done\ncp "$last/../animated_mesh.glb" "$last/animated_mesh_blender.glb"\n'
    )
    with a_job.blender.open("a") as file:
        file.write('echo blend > "$last/animated_mesh.blend"\n')
    a_job.blender.chmod(0o755)
    result = a_job.run({"outputs": ["animated_mesh"], "blender_export": True})
    names = ["animated_mesh.blend", "animated_mesh_blender.glb"]
    assert [(file.name, file.url) for file in result.files.blender] == [(name, name) for name in names]
    assert {*names} <= {*a_job.files()}
    assert {file.name for file in result.files.all()} == {*names, "animated_mesh.glb"}
