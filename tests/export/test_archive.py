import json
import os
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest

from actionmesh_wrapper.contract.outputs import FILES
from actionmesh_wrapper.contract.result import AnimatedMeshInfo
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.writing import Profile, Tools, WriteJob, Written
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import write_archive
from actionmesh_wrapper.export.archive import write
from tests.export.samples import ball

MANIFEST = {"engine": "sample", "note": "größer", "frames": [1, 2]}


def results(folder: Path) -> list[Path]:
    names = ["mesh_000.glb", "mesh_001.glb", "animated_mesh.glb", "preview.mp4", "other.xyz"]
    for index, name in enumerate(names):
        (folder / name).write_bytes(os.urandom(index * 100))
    return [folder / name for name in names]


def test_it_holds_every_file_as_it_is(tmp_path: Path) -> None:
    files = results(tmp_path)
    with ZipFile(write_archive(files, tmp_path / "all.zip", manifest=MANIFEST)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["README.txt", "manifest.json", *(file.name for file in files)]
        for file in files:
            assert archive.read(file.name) == file.read_bytes()
        assert json.loads(archive.read("manifest.json")) == MANIFEST
        assert {entry.compress_type for entry in archive.infolist()} == {ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}


def test_the_readme_says_what_each_file_is(tmp_path: Path) -> None:
    with ZipFile(write_archive(results(tmp_path), tmp_path / "all.zip", manifest={})) as archive:
        lines = archive.read("README.txt").decode("ascii").splitlines()
    assert lines[2:7] == [
        "mesh_000.glb to mesh_001.glb (2 files): one still mesh per frame, all in one vertex order",
        "animated_mesh.glb: the moving mesh, with a morph target per frame and an animation that plays them",
        "preview.mp4: the input beside the mesh, from several sides",
        "other.xyz: a result",
        "manifest.json: what was made, from what and with which options",
    ]
    assert any(line.startswith("Blender") for line in lines)


def test_the_readme_knows_usdz_and_blenders_files(tmp_path: Path) -> None:
    files = []
    for name in ("animated_mesh.usdz", "animated_mesh.blend", "animated_mesh_blender.glb"):
        (tmp_path / name).write_bytes(b"x")
        files.append(tmp_path / name)
    with ZipFile(write_archive(files, tmp_path / "all.zip", manifest={})) as archive:
        lines = archive.read("README.txt").decode("ascii").splitlines()
    assert lines[2:5] == [
        "animated_mesh.usdz: the moving mesh for Apple's Quick Look and for tools that speak USD",
        "animated_mesh.blend: the moving mesh as a Blender project, its picture packed",
        "animated_mesh_blender.glb: the moving mesh as Blender's own exporter writes it",
    ]


def test_the_readme_says_how_each_optional_file_is_opened(tmp_path: Path) -> None:
    rows = [file for file in FILES if file.opening]
    assert {"rigged_mesh.glb", "animated_mesh.fbx", "animated_mesh.abc"} <= {row.example for row in rows}
    for row in rows:
        (tmp_path / row.example).write_bytes(b"x")
        path = write_archive([tmp_path / row.example], tmp_path / "all.zip", manifest={})
        with ZipFile(path) as archive:
            text = archive.read("README.txt").decode("ascii").replace("\n", " ")
        assert f" {row.example}: {row.opening} " in text
        assert not any(other.opening in text for other in rows if other is not row)


@pytest.mark.parametrize(
    ("profile", "says", "does_not_say"),
    [
        ("standard", "morph targets and no extension.", "KHR_mesh_quantization"),
        ("quantized", "morph targets and glTF's\nKHR_mesh_quantization.", "setMeshoptDecoder"),
        ("compact", "Blender up to 5.0 does not open animated_mesh.glb", "File > Import"),
    ],
)
def test_the_readme_says_how_to_open_the_profile(
    tmp_path: Path, profile: Profile, says: str, does_not_say: str
) -> None:
    path = write_archive(results(tmp_path), tmp_path / "all.zip", manifest={}, profile=profile)
    with ZipFile(path) as archive:
        text = archive.read("README.txt").decode("ascii")
    assert says in text
    assert does_not_say not in text
    assert max(map(len, text.splitlines())) <= 111


def test_the_readme_is_of_the_profile_that_the_animated_mesh_has(tmp_path: Path) -> None:
    info = AnimatedMeshInfo(profile="compact", max_error=0)
    before = Written(tuple(results(tmp_path)), {"animated_mesh_info": info})
    frames = Frames(np.zeros((1, 8, 8, 4), np.uint8), np.zeros(1), Source(1.0, 8, 8, 8.0, 1))
    job = WriteJob(ball(1), frames, None, tmp_path, {}, "standard", Tools(), lambda _: None, before=before)
    (path,) = write(job).files
    with ZipFile(path) as archive:
        assert "setMeshoptDecoder" in archive.read("README.txt").decode("ascii")
        assert json.loads(archive.read("manifest.json"))["animated_mesh_info"]["profile"] == "compact"


def test_equal_files_give_equal_archives_at_any_time(tmp_path: Path) -> None:
    files = results(tmp_path)
    one = write_archive(files, tmp_path / "one.zip", manifest=MANIFEST).read_bytes()
    for file in files:
        os.utime(file, (10**9, 10**9))
        file.chmod(0o600)
    assert write_archive(files, tmp_path / "two.zip", manifest=MANIFEST).read_bytes() == one


def test_a_missing_file_is_an_export_failure_without_a_trace(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_archive([tmp_path / "gone.glb"], tmp_path / "all.zip", manifest={})
    assert str(caught.value) == "EXPORT_FAILED: The result file all.zip could not be written."
    assert list(tmp_path.iterdir()) == []
