"""The base colour of a submesh's material, and the pictures that textures refer to.

Source: Khronos, glTF 2.0 Specification, section 3.9 (materials).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.data_uri import is_data
from actionmesh_wrapper.mesh_file.document import (
    Document,
    Material,
    Texture,
    TextureInfo,
    TextureTransform,
    at,
    parse_property,
)
from actionmesh_wrapper.mesh_file.extensions import TRANSFORM, WEBP
from actionmesh_wrapper.mesh_file.submeshes import Submesh
from actionmesh_wrapper.system import pictures

T = TypeVar("T")

MAX_PIXELS = 4096 * 4096  # of one texture
WHITE = (1.0, 1.0, 1.0)  # linear RGB
_OLDER_KINDS = ("KHR_materials_pbrSpecularGlossiness", "KHR_techniques_webgl")  # of materials


@contextmanager
def _opened(data: memoryview) -> Iterator[Image.Image]:
    """Opens a picture, and tells what is wrong with it as the mesh's."""
    is_open = False
    try:
        with pictures.opened(data, most_pixels=MAX_PIXELS) as picture:
            is_open = True
            yield picture
    except pictures.TooManyPixels as error:
        raise TooLarge(f"A texture of the mesh has {error}; at most 4096 × 4096 are taken.") from error
    except pictures.UnreadablePicture as error:
        what = "broken" if is_open else "no picture in PNG, JPEG or WebP"
        raise NotAMesh(f"A texture of the mesh is {what}.") from error


def picture_size(data: memoryview) -> tuple[int, int]:
    """A picture's width and height in pixels, from its header alone.

    Raises:
        NotAMesh: if it is no PNG, JPEG or WebP.
        TooLarge: if it has more pixels than are taken.
    """
    with _opened(data) as picture:
        return picture.size


def read_picture(data: memoryview) -> NDArray[np.uint8]:
    """Decodes a picture to (H, W, 3) uint8 sRGB; transparency is left out.

    Raises:
        NotAMesh, TooLarge: see `picture_size`; or if it is cut off or garbled.
    """
    with _opened(data) as picture:
        return pictures.stored_rgb(picture)


def tinted(picture: NDArray[np.uint8], factor: tuple[float, float, float]) -> NDArray[np.uint8]:
    """A picture multiplied by a colour.

    Args:
        picture: (H, W, 3) sRGB.
        factor: linear RGB, 0 to 1, as glTF multiplies.
    """
    if factor == (1.0, 1.0, 1.0):
        return picture
    levels = np.arange(256) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    bands = [_srgb(linear * share)[picture[..., band]] for band, share in enumerate(factor)]
    return np.stack(bands, axis=-1)


def _srgb(linear: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Linear light, 0 to 1, as 8 bits of sRGB."""
    curved = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    levels: NDArray[np.uint8] = np.rint(curved * 255).astype(np.uint8)
    return levels


@dataclass(frozen=True)
class Paint:
    """A colour, or a picture multiplied by it.

    Attributes:
        picture: index of its buffer view, or its data URI; None is a plain colour.
        factor: linear RGB, 0 to 1.
        is_mean: whether the picture's mean colour stands for it.
    """

    picture: int | str | None = None
    factor: tuple[float, float, float] = WHITE
    is_mean: bool = False


@dataclass(frozen=True, eq=False)
class Colouring:
    """How a submesh is coloured.

    Attributes:
        paint: its colour or picture.
        uv: (V, 2) float64 texture coordinates, glTF's convention; None with a plain colour.
        lost: which of its colours cannot be kept, in words for the caller.
    """

    paint: Paint
    uv: NDArray[np.float64] | None
    lost: Sequence[str]


def colouring_of(submesh: Submesh, document: Document, accessors: Accessors) -> Colouring:
    """Reads a submesh's colouring.

    Raises:
        NotAMesh: if the document is broken.
    """
    lost: list[str] = []
    if _has_vertex_colours(submesh, accessors):
        lost.append("colours of vertices")
    material = _item(document.materials, submesh.primitive.material)
    if material is None and submesh.primitive.material is not None:
        lost.append("a material that is not in the file")
    material = material or Material()
    lost += [f"a material of the kind {kind}" for kind in _OLDER_KINDS if kind in material.extensions]
    pbr = material.pbr_metallic_roughness
    red, green, blue = pbr.base_color_factor[:3]
    info = pbr.base_color_texture
    if info is None or info.index is None:
        return Colouring(Paint(None, (red, green, blue)), None, lost)
    picture = _picture(_item(document.textures, info.index) or Texture(), document)
    uv = _texture_coordinates(submesh, info, accessors)
    if picture is None:
        lost.append("a texture that is not in the file as PNG, JPEG or WebP")
    if picture is None or uv is None:
        return Colouring(Paint(None, (red, green, blue)), None, lost)
    return Colouring(Paint(picture, (red, green, blue)), uv, lost)


def _has_vertex_colours(submesh: Submesh, accessors: Accessors) -> bool:
    index = submesh.primitive.attributes.get("COLOR_0")
    if index is None or not submesh.rows.size:
        return False
    kind = "VEC3" if at(accessors.document.accessors, index).type == "VEC3" else "VEC4"
    return bool(accessors.numbers(index, kind, submesh.rows)[:, :3].min() < 1)  # all white is none


def _item(items: Sequence[T], index: int | None) -> T | None:
    """The item at an index; None where there is none, as viewers that show a mesh without it have it."""
    return items[index] if index is not None and index < len(items) else None


def _picture(texture: Texture, document: Document) -> int | str | None:
    """Where a texture's picture is (see `Paint`); None if not in the file, or of a kind that is not read."""
    webp = texture.extensions.get(WEBP)
    source = parse_property(Texture, webp).source if webp is not None else texture.source
    image = _item(document.images, source)
    if image is None or image.buffer_view is not None:
        return None if image is None else image.buffer_view
    return image.uri if is_data(image.uri) else None


def _texture_coordinates(
    submesh: Submesh, info: TextureInfo, accessors: Accessors
) -> NDArray[np.float64] | None:
    """The submesh's texture coordinates (V, 2), or None if it has none for this picture."""
    transform = parse_property(TextureTransform, info.extensions.get(TRANSFORM, {}))
    number = info.tex_coord if transform.tex_coord is None else transform.tex_coord
    index = submesh.primitive.attributes.get(f"TEXCOORD_{number}")
    if index is None:
        return None
    uv = accessors.numbers(index, "VEC2", submesh.rows) * transform.scale
    cos, sin = np.cos(transform.rotation), np.sin(transform.rotation)
    moved: NDArray[np.float64] = uv @ np.array([[cos, -sin], [sin, cos]]) + transform.offset
    if not np.isfinite(moved.astype(np.float32)).all():
        raise NotAMesh("The mesh's texture coordinates are not finite.")
    return moved
