"""What all frames of an animation share: faces, uv, and a material with its texture, or clay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export.glb import Glb
from actionmesh_wrapper.export.picture import Picture, encode

CLAY = [0.72, 0.63, 0.55, 1.0]  # linear RGBA
ROUGHNESS = 0.8
_UNLIT = "KHR_materials_unlit"
_LINEAR = 9729
_LINEAR_MIPMAP_LINEAR = 9987
_UINT16_ONE = 65_535  # what stands for 1 in a normalized uint16
_UINT16_VERTICES = 65_535  # more need wider indices; the index 65,535 itself is reserved by glTF


def add_material(glb: Glb, picture: Picture | None, *, unlit: bool = False) -> int:
    """Appends a matt, non-metallic material; returns its index.

    Args:
        glb: where it goes.
        picture: the base colour; None for plain clay.
        unlit: whether the picture is shown as it is, by tools that know how.
    """
    surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": ROUGHNESS}
    if picture is None:
        surface["baseColorFactor"] = CLAY
    else:
        surface["baseColorTexture"] = {"index": _add_texture(glb, picture)}
    material: dict[str, Any] = {"name": "surface", "pbrMetallicRoughness": surface}
    if unlit and picture is not None:
        glb.use(_UNLIT)
        material["extensions"] = {_UNLIT: {}}
    return glb.add("materials", material)


def _add_texture(glb: Glb, picture: Picture) -> int:
    image = {"name": "texture", "mimeType": picture.media_type, "bufferView": glb.view(picture.data)}
    sampler = glb.add("samplers", {"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP_LINEAR})
    return glb.add("textures", {"source": glb.add("images", image), "sampler": sampler})


@dataclass(frozen=True, eq=False)
class Surface:
    """The constant part of every primitive.

    Attributes:
        indices: (3 F,) uint16 where they suffice, else uint32; three a face, counter-clockwise.
        uv: (V, 2) float32, or uint16 in 1/65535; or None.
        picture: the encoded texture, or None.
        extras: of the mesh: ``seam_vertices``, `Animation.seams`, where there are any.
        unlit: see `Animation`.
    """

    indices: NDArray[np.unsignedinteger[Any]]
    uv: NDArray[np.float32] | NDArray[np.uint16] | None
    picture: Picture | None
    extras: Mapping[str, object]
    unlit: bool

    @classmethod
    def of(cls, animation: Animation, *, small: bool = False, picture_bytes: int | None = None) -> Self:
        """Encodes the animation's faces and texture.

        Args:
            animation: whose they are.
            small: rounds a uv within the texture to 1/65535.
            picture_bytes: see `encode`.
        """
        texture = animation.texture
        seams = animation.seams.tolist()
        width = np.uint16 if animation.vertices.shape[1] <= _UINT16_VERTICES else np.uint32
        return cls(
            indices=animation.faces.ravel().astype(width),
            uv=_as_uint16(animation.uv) if small else animation.uv,
            picture=None if texture is None else encode(texture, most_bytes=picture_bytes),
            extras={"seam_vertices": seams} if seams else {},
            unlit=animation.unlit,
        )

    def mesh(
        self,
        glb: Glb,
        name: str,
        primitive: Mapping[str, object],
        extras: Mapping[str, object] = {},
        **more: object,
    ) -> int:
        """Appends a mesh of one primitive; returns its index.

        Args:
            glb: where it goes.
            name: of the mesh.
            primitive: from `primitive`.
            extras: beside those of the surface.
            more: of the mesh's properties.
        """
        extras = {**extras, **self.extras}
        mesh = {"name": name, "primitives": [primitive], **more} | ({"extras": extras} if extras else {})
        return glb.add("meshes", mesh)

    def primitive(self, glb: Glb, attributes: Mapping[str, int]) -> dict[str, Any]:
        """Appends the surface to ``glb``; returns a mesh primitive.

        Args:
            glb: where it goes.
            attributes: the accessors of what moves, such as ``POSITION``.
        """
        shared = {}
        if self.uv is not None:
            shared["TEXCOORD_0"] = glb.attribute(self.uv, normalized=self.uv.dtype == np.uint16)
        return {
            "attributes": {**attributes, **shared},
            "indices": glb.indices(self.indices),
            "material": add_material(glb, self.picture, unlit=self.unlit),
        }


def _as_uint16(uv: NDArray[np.float32] | None) -> NDArray[np.float32] | NDArray[np.uint16] | None:
    """The uv in 1/65535 where that can hold it."""
    if uv is None or uv.min() < 0 or uv.max() > 1:
        return uv
    rounded: NDArray[np.uint16] = np.rint(uv * np.float32(_UINT16_ONE)).astype(np.uint16)
    return rounded


def add_scene(glb: Glb, nodes: Iterable[Mapping[str, Any]], extras: Mapping[str, object]) -> None:
    """Makes one scene of these nodes, and puts ``extras`` on it.

    Blender, three.js and trimesh keep a scene's extras; most tools drop those of the asset.
    """
    scene: dict[str, Any] = {"nodes": [glb.add("nodes", dict(node)) for node in nodes]}
    glb.set("scene", glb.add("scenes", scene | ({"extras": dict(extras)} if extras else {})))
