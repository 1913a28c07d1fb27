"""A job's files: a GLB per frame, the animation as GLB, as USDZ and by Blender, masks, an archive of all."""

from actionmesh_wrapper.export.animated import AnimatedMesh, write_animated_mesh
from actionmesh_wrapper.export.archive import write_archive
from actionmesh_wrapper.export.blender import write_blender
from actionmesh_wrapper.export.masks import write_masks
from actionmesh_wrapper.export.meshes import write_mesh, write_meshes
from actionmesh_wrapper.export.usdz import usd_is_installed, write_usdz

__all__ = [
    "AnimatedMesh",
    "usd_is_installed",
    "write_animated_mesh",
    "write_archive",
    "write_blender",
    "write_masks",
    "write_mesh",
    "write_meshes",
    "write_usdz",
]
