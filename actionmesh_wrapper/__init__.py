"""ActionMesh as a worker: a short video in, an animated mesh out."""

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.api import run_actionmesh

__all__ = ["Animation", "run_actionmesh"]
