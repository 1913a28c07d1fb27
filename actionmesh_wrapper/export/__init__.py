"""A job's files: one GLB per frame, one animated GLB, masks, one archive of everything."""

from actionmesh_wrapper.export.animated import write_animated_mesh
from actionmesh_wrapper.export.archive import write_archive
from actionmesh_wrapper.export.masks import write_masks
from actionmesh_wrapper.export.meshes import write_mesh, write_meshes

__all__ = ["write_animated_mesh", "write_archive", "write_masks", "write_mesh", "write_meshes"]
