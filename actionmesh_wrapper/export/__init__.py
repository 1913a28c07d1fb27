"""A job's files: a mesh per frame, the animation as GLB, USDZ, Alembic and by Blender, masks, an archive."""

from actionmesh_wrapper.export.alembic import alembic_is_installed, write_alembic
from actionmesh_wrapper.export.animated import AnimatedMesh, write_animated_mesh, write_some_keys
from actionmesh_wrapper.export.archive import write_archive
from actionmesh_wrapper.export.blender import write_blender
from actionmesh_wrapper.export.masks import write_masks
from actionmesh_wrapper.export.meshes import write_mesh, write_meshes
from actionmesh_wrapper.export.obj import write_obj
from actionmesh_wrapper.export.usdz import usd_is_installed, write_usdz

__all__ = [
    "AnimatedMesh",
    "alembic_is_installed",
    "usd_is_installed",
    "write_alembic",
    "write_animated_mesh",
    "write_archive",
    "write_blender",
    "write_masks",
    "write_mesh",
    "write_meshes",
    "write_obj",
    "write_some_keys",
    "write_usdz",
]
