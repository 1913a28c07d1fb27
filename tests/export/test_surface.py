import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export.glb import Glb
from actionmesh_wrapper.export.picture import encode
from actionmesh_wrapper.export.surface import Surface

CORNERS = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]], np.float32)
FACE = np.array([[0, 1, 2]], np.int32)
UV = np.array([[0, 0], [0.5, 0], [0, 1]], np.float32)


def noise(side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(0, 256, (side, side, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("texture", "media_type"), [(noise(64), "image/jpeg"), (np.zeros((64, 64, 3), np.uint8), "image/png")]
)
def test_a_picture_says_what_it_is(
    texture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], media_type: str
) -> None:
    glb = Glb()
    Surface.of(Animation(CORNERS, FACE, 8.0, uv=UV, texture=texture)).primitive(glb, {})
    content = b"".join(glb.chunks())
    assert f'"mimeType":"{media_type}"'.encode() in content.replace(b": ", b":")
    assert encode(texture).data in content


def test_a_uv_is_rounded_where_it_lies_within_the_picture() -> None:
    inside = Animation(CORNERS, FACE, 8.0, uv=UV, texture=noise(8))
    outside = Animation(CORNERS, FACE, 8.0, uv=UV * 2, texture=noise(8))
    rounded = Surface.of(inside, small=True).uv
    assert rounded is not None
    assert rounded.tolist() == [[0, 0], [32768, 0], [0, 65535]]
    assert Surface.of(outside, small=True).uv is outside.uv
    assert Surface.of(inside).uv is inside.uv
