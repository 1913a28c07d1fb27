import pytest

from actionmesh_wrapper.storage.names import is_ours


@pytest.mark.parametrize(
    "name", ["mesh_000.glb", "mask_030.png", "anchor_mesh.glb", "result.json", "manifest.json", "archive.zip"]
)
def test_knows_what_a_job_writes(name: str) -> None:
    assert is_ours(name)


@pytest.mark.parametrize(
    "name", ["mesh_0.glb", "Archive.zip", "photo.png", "", "a/archive.zip", "result.json.bak"]
)
def test_and_what_it_does_not(name: str) -> None:
    assert not is_ours(name)
