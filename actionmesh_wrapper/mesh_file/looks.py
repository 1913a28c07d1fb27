"""What a primitive's material says of its colour.

Source: Khronos, glTF 2.0 Specification, section 3.9 (materials).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import (
    TRANSFORM,
    WEBP,
    Document,
    Material,
    Texture,
    TextureInfo,
    TextureTransform,
    at,
    part,
)
from actionmesh_wrapper.mesh_file.parts import Part

WHITE = (1.0, 1.0, 1.0)
_OLD_WORKFLOW = "KHR_materials_pbrSpecularGlossiness"


@dataclass(frozen=True)
class Paint:
    """A colour, or a picture multiplied by it.

    Attributes:
        picture: index of its buffer view; None is a plain colour.
        factor: linear RGB, 0 to 1.
        is_mean: whether the picture's mean colour stands for it.
    """

    picture: int | None = None
    factor: tuple[float, float, float] = WHITE
    is_mean: bool = False


@dataclass(frozen=True, eq=False)
class Look:
    """How a part is painted.

    Attributes:
        paint: with what.
        uv: (V, 2) float64, glTF's convention; None with a plain colour.
        lost: what of its colours cannot be kept, in words for the caller.
    """

    paint: Paint
    uv: NDArray[np.float64] | None
    lost: Sequence[str]


def look_of(given: Part, document: Document, accessors: Accessors) -> Look:
    """Reads a part's look.

    Raises:
        NotAMesh: if the document is broken.
    """
    lost: list[str] = []
    if _has_vertex_colours(given, accessors):
        lost.append("colours of vertices")
    index = given.primitive.material
    material = Material() if index is None else at(document.materials, index)
    if _OLD_WORKFLOW in material.extensions:
        lost.append(f"a material of the kind {_OLD_WORKFLOW}")
    surface = material.pbr_metallic_roughness
    red, green, blue, _ = surface.base_color_factor
    info = surface.base_color_texture
    if info is None:
        return Look(Paint(None, (red, green, blue)), None, lost)
    picture = _picture(at(document.textures, info.index), document)
    uv = _uv(given, info, accessors)
    if picture is None:
        lost.append("a texture that is not in the file as PNG, JPEG or WebP")
    if picture is None or uv is None:
        return Look(Paint(None, (red, green, blue)), None, lost)
    return Look(Paint(picture, (red, green, blue)), uv, lost)


def _has_vertex_colours(given: Part, accessors: Accessors) -> bool:
    index = given.primitive.attributes.get("COLOR_0")
    if index is None or not given.rows.size:
        return False
    kind = "VEC3" if at(accessors.document.accessors, index).type == "VEC3" else "VEC4"
    return bool(accessors.numbers(index, kind, given.rows)[:, :3].min() < 1)  # all white is none


def _picture(texture: Texture, document: Document) -> int | None:
    """The buffer view of a texture's picture, or None where it is elsewhere or of a kind that is not read."""
    webp = texture.extensions.get(WEBP)
    source = part(Texture, webp).source if webp is not None else texture.source
    return None if source is None else at(document.images, source).buffer_view


def _uv(given: Part, info: TextureInfo, accessors: Accessors) -> NDArray[np.float64] | None:
    """(V, 2) where the picture lies on the part."""
    transform = part(TextureTransform, info.extensions.get(TRANSFORM, {}))
    number = info.tex_coord if transform.tex_coord is None else transform.tex_coord
    index = given.primitive.attributes.get(f"TEXCOORD_{number}")
    if index is None:
        return None
    uv = accessors.numbers(index, "VEC2", given.rows) * transform.scale
    cos, sin = np.cos(transform.rotation), np.sin(transform.rotation)
    moved: NDArray[np.float64] = uv @ np.array([[cos, -sin], [sin, cos]]) + transform.offset
    if not np.isfinite(moved.astype(np.float32)).all():
        raise NotAMesh("The mesh's texture coordinates are not finite.")
    return moved
