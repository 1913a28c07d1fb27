import pytest

from actionmesh_wrapper.storage.media_types import media_type


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
