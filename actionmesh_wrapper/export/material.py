"""How the mesh looks: its picture where there is one, clay otherwise."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.export.glb import Glb

# The textures are photographs: at this quality a JPEG looks the same and has a fraction of a PNG's bytes.
_JPEG_QUALITY = 90
_JPEG_FULL_COLOUR = 0  # no chroma subsampling, which would bleed colours over the seams of the uv
_LINEAR = 9729
_LINEAR_MIPMAP_LINEAR = 9987
CLAY = [0.72, 0.63, 0.55, 1.0]  # linear RGBA
ROUGHNESS = 0.8


def encode_texture(texture: NDArray[np.uint8]) -> bytes:
    """Encodes a texture as JPEG.

    Args:
        texture: (H, W, 3) uint8 sRGB.
    """
    file = BytesIO()
    Image.fromarray(texture).save(
        file, "JPEG", quality=_JPEG_QUALITY, subsampling=_JPEG_FULL_COLOUR, optimize=True
    )
    return file.getvalue()


def add_material(glb: Glb, jpeg: bytes | None) -> int:
    """Appends a matt, non-metallic material; returns its index.

    Args:
        glb: where it goes.
        jpeg: the base colour as `encode_texture` returns it; None for plain clay.
    """
    surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": ROUGHNESS}
    if jpeg is None:
        surface["baseColorFactor"] = CLAY
    else:
        surface["baseColorTexture"] = {"index": _add_texture(glb, jpeg)}
    return glb.add("materials", {"name": "surface", "pbrMetallicRoughness": surface})


def _add_texture(glb: Glb, jpeg: bytes) -> int:
    image = glb.add("images", {"name": "texture", "mimeType": "image/jpeg", "bufferView": glb.view(jpeg)})
    sampler = glb.add("samplers", {"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP_LINEAR})
    return glb.add("textures", {"source": image, "sampler": sampler})
