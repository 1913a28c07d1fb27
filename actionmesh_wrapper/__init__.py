"""ActionMesh as a worker: a short video in, an animated mesh out.

Both names are imported when they are first used, so that `actionmesh_wrapper.weights` needs no NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actionmesh_wrapper.api import run_actionmesh
    from actionmesh_wrapper.data.animation import Animation

__all__ = ["Animation", "run_actionmesh"]

HOMES = {"Animation": "actionmesh_wrapper.data.animation", "run_actionmesh": "actionmesh_wrapper.api"}


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
