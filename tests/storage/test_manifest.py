from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.outputs import media_type
from actionmesh_wrapper.storage.manifest import Entry, Manifest, is_ours
from actionmesh_wrapper.version import VERSION
from tests.storage.files import a_result, make_files


def test_tells_every_file_the_result_included_and_no_link(tmp_path: Path) -> None:
    result = a_result(make_files(tmp_path, {"mesh_000.glb": b"one"}))
    linked = result.model_copy(update={"expires_at": "2030-01-01T00:00:00+00:00"})
    manifest = Manifest.of(linked, b"{}")
    assert (manifest.job_id, manifest.engine, manifest.worker) == ("job", "ball", VERSION)
    assert manifest.files == (
        Entry(
            name="mesh_000.glb",
            bytes=3,
            sha256=sha256(b"one").hexdigest(),
            content_type="model/gltf-binary",
        ),
        Entry(name="result.json", bytes=2, sha256=sha256(b"{}").hexdigest(), content_type="application/json"),
    )
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.created)
    assert timedelta(0) <= age < timedelta(minutes=1)
    assert "http" not in manifest.model_dump_json()


def test_holds_a_result_with_the_same_files_alone(tmp_path: Path) -> None:
    result = a_result(make_files(tmp_path, {"mesh_000.glb": b"one"}))
    manifest = Manifest.of(result, b"{}")
    assert manifest.holds(result)
    assert not manifest.holds(a_result(make_files(tmp_path, {"mesh_000.glb": b"two"})))
    assert not manifest.holds(a_result(make_files(tmp_path, {"mesh_000.glb": b"one", "mesh_001.glb": b"x"})))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mesh_000.glb", "model/gltf-binary"),
        ("preview.mp4", "video/mp4"),
        ("preview.webp", "image/webp"),
        ("poster.png", "image/png"),
        ("result.json", "application/json"),
        ("archive.zip", "application/zip"),
        ("README", "application/octet-stream"),
    ],
)
def test_by_the_names_ending(name: str, expected: str) -> None:
    assert media_type(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "mesh_000.glb",
        "mask_030.png",
        "anchor_mesh.glb",
        "so_far_016.glb",
        "result.json",
        "manifest.json",
        "archive.zip",
    ],
)
def test_knows_what_a_job_writes(name: str) -> None:
    assert is_ours(name)


@pytest.mark.parametrize(
    "name", ["mesh_0.glb", "Archive.zip", "photo.png", "", "a/archive.zip", "result.json.bak"]
)
def test_and_what_it_does_not(name: str) -> None:
    assert not is_ours(name)
