"""An `Animation` as files: one GLB per frame, one animated GLB, one archive of everything."""

from actionmesh_wrapper.export.animated import write_animated_mesh
from actionmesh_wrapper.export.archive import write_archive
from actionmesh_wrapper.export.meshes import write_meshes

__all__ = ["write_animated_mesh", "write_archive", "write_meshes"]
