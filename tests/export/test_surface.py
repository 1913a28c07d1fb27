from io import BytesIO

import numpy as np
from PIL import Image

from actionmesh_wrapper.export.surface import encode_texture


def test_colours_survive_at_a_sharp_seam() -> None:
    texture = np.zeros((32, 32, 3), np.uint8)
    texture[:, :17] = [220, 30, 40]
    texture[:, 17:] = [20, 60, 210]
    decoded = np.asarray(Image.open(BytesIO(encode_texture(texture))), np.int16)
    assert decoded.shape == texture.shape
    assert np.abs(decoded - texture).max() <= 24


def test_equal_textures_give_equal_bytes() -> None:
    texture = np.random.default_rng(0).integers(0, 256, (30, 20, 3)).astype(np.uint8)
    assert encode_texture(texture) == encode_texture(texture.copy())
