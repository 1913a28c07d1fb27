import pytest

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.data_uri import decoded, is_data


@pytest.mark.parametrize(
    "uri",
    [
        "data:application/octet-stream;base64,AAH+/w==",
        "data:application/gltf-buffer;base64,AAH+/w",
        "data:;base64,AAH%2B%2Fw%3D%3D",
        "DATA:a/b;charset=x;BASE64,AAH+\n /w==",
        "data:,%00%01%FE%FF",
    ],
)
def test_bytes_come_out(uri: str) -> None:
    assert is_data(uri)
    assert decoded(uri) == b"\0\1\xfe\xff"


@pytest.mark.parametrize("uri", ["data:;base64,A", "data:;base64,AAAAA", "data:;base64,\ud800"])
def test_what_is_no_base64_is_refused(uri: str) -> None:
    with pytest.raises(NotAMesh, match="a data URI in it cannot be decoded"):
        decoded(uri)


@pytest.mark.parametrize("uri", ["", "a.bin", "file:///data:", "https://example.com/", " data:,a", None])
def test_other_addresses_hold_nothing(uri: str | None) -> None:
    assert not is_data(uri)
