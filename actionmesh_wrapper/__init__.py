"""ActionMesh as a worker: a short video in, an animated mesh out."""

from actionmesh_wrapper.animation import Animation

__all__ = ["Animation"]
