"""ActionMesh as a worker: a short video in, an animated mesh out."""

from actionmesh_wrapper.api import run_actionmesh
from actionmesh_wrapper.data.animation import Animation

__all__ = ["Animation", "run_actionmesh"]
