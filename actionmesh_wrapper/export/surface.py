"""What all frames of an animation share, made ready once: faces, uv and texture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.export.glb import Glb
from actionmesh_wrapper.export.material import add_material, encode_texture

_UINT16_VERTICES = 65_535  # more need wider indices; the index 65,535 itself is reserved by glTF


@dataclass(frozen=True, eq=False)
class Surface:
    """The constant part of every primitive.

    Attributes:
        indices: (3 F,) uint16 where they suffice, else uint32; three a face, counter-clockwise.
        uv: (V, 2) float32 or None.
        jpeg: the encoded texture, or None.
    """

    indices: NDArray[np.unsignedinteger[Any]]
    uv: NDArray[np.float32] | None
    jpeg: bytes | None

    @classmethod
    def of(cls, animation: Animation) -> Self:
        """Encodes the animation's faces and texture."""
        width = np.uint16 if animation.vertices.shape[1] <= _UINT16_VERTICES else np.uint32
        return cls(
            indices=animation.faces.ravel().astype(width),
            uv=animation.uv,
            jpeg=None if animation.texture is None else encode_texture(animation.texture),
        )

    def primitive(self, glb: Glb, attributes: Mapping[str, int]) -> dict[str, Any]:
        """Appends the surface to ``glb``; returns a mesh primitive.

        Args:
            glb: where it goes.
            attributes: the accessors of what moves, such as ``POSITION``.
        """
        shared = {} if self.uv is None else {"TEXCOORD_0": glb.attribute(self.uv)}
        return {
            "attributes": {**attributes, **shared},
            "indices": glb.indices(self.indices),
            "material": add_material(glb, self.jpeg),
        }


def add_scene(glb: Glb, node: Mapping[str, Any], extras: Mapping[str, object]) -> None:
    """Makes ``node`` the one node of the one scene, and puts ``extras`` on that scene.

    Blender, three.js and trimesh keep a scene's extras; most tools drop those of the asset.
    """
    scene = {"nodes": [glb.add("nodes", dict(node))]}
    glb.set("scene", glb.add("scenes", scene | ({"extras": dict(extras)} if extras else {})))
