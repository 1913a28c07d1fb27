"""Which of glTF's extensions a file may require: all but those that change its geometry or its pictures.

Source: Khronos, glTF's registry of extensions (github.com/KhronosGroup/glTF, extensions/README.md).
"""

import re
from collections.abc import Iterable

from actionmesh_wrapper.errors import NotAMesh

MESHOPT = "EXT_meshopt_compression"
COMPRESSIONS = ("KHR_draco_mesh_compression", MESHOPT, "KHR_meshopt_compression")
TRANSFORM, WEBP, VISIBILITY = "KHR_texture_transform", "EXT_texture_webp", "KHR_node_visibility"
UNLIT = "KHR_materials_unlit"
_READ = {"KHR_mesh_quantization", TRANSFORM, WEBP, VISIBILITY}
_CHANGES = re.compile("mesh|texture|accessor|buffer|compress|quantiz|voxel|splat|visibility", re.IGNORECASE)
_ADDITIONS = {  # to a mesh that is whole without them, or to what is seen of its edges
    "EXT_bmesh_encoding",
    "EXT_mesh_features",
    "EXT_mesh_manifold",
    "EXT_mesh_primitive_edge_visibility",
}
_LONGEST_NAME = 60


def check_required(names: Iterable[str]) -> None:
    """Refuses what a mesh cannot be read without.

    Lights, cameras, materials, physics and the like are passed over, as three.js, Babylon.js and Blender do
    with extensions that they do not know. The words of a name tell what it changes.

    Raises:
        NotAMesh: naming the first extension that changes geometry or pictures and is not read.
    """
    for name in names:
        if name in _READ | _ADDITIONS or not _CHANGES.search(name):
            continue
        shown = re.sub(r"\W", "?", name, flags=re.ASCII)[:_LONGEST_NAME]
        if "compress" in name.lower():
            raise NotAMesh(f"The mesh is compressed with {shown}; export it without compression.")
        raise NotAMesh(f"The mesh requires the glTF extension {shown}, which is not read; export it without.")
