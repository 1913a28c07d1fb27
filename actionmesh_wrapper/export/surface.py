"""What all frames of an animation share, made ready once: faces, uv and texture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.export.glb import Glb
from actionmesh_wrapper.export.material import add_material, encode_texture

_UINT16_ONE = 65_535  # what stands for 1 in a normalized uint16
_UINT16_VERTICES = 65_535  # more need wider indices; the index 65,535 itself is reserved by glTF


@dataclass(frozen=True, eq=False)
class Surface:
    """The constant part of every primitive.

    Attributes:
        indices: (3 F,) uint16 where they suffice, else uint32; three a face, counter-clockwise.
        uv: (V, 2) float32, or uint16 in 1/65535; or None.
        jpeg: the encoded texture, or None.
    """

    indices: NDArray[np.unsignedinteger[Any]]
    uv: NDArray[np.float32] | NDArray[np.uint16] | None
    jpeg: bytes | None

    @classmethod
    def of(cls, animation: Animation, *, small: bool = False) -> Self:
        """Encodes the animation's faces and texture; ``small`` rounds a uv within the texture to 1/65535."""
        width = np.uint16 if animation.vertices.shape[1] <= _UINT16_VERTICES else np.uint32
        return cls(
            indices=animation.faces.ravel().astype(width),
            uv=_rounded(animation.uv) if small else animation.uv,
            jpeg=None if animation.texture is None else encode_texture(animation.texture),
        )

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
            "material": add_material(glb, self.jpeg),
        }


def _rounded(uv: NDArray[np.float32] | None) -> NDArray[np.float32] | NDArray[np.uint16] | None:
    """The uv in 1/65535 where that can hold it."""
    if uv is None or uv.min() < 0 or uv.max() > 1:
        return uv
    rounded: NDArray[np.uint16] = np.rint(uv * np.float32(_UINT16_ONE)).astype(np.uint16)
    return rounded


def add_scene(glb: Glb, node: Mapping[str, Any], extras: Mapping[str, object]) -> None:
    """Makes ``node`` the one node of the one scene, and puts ``extras`` on that scene.

    Blender, three.js and trimesh keep a scene's extras; most tools drop those of the asset.
    """
    scene = {"nodes": [glb.add("nodes", dict(node))]}
    glb.set("scene", glb.add("scenes", scene | ({"extras": dict(extras)} if extras else {})))
