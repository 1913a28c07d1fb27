"""The rig, solved in a process of its own: Dem Bones holds the interpreter, and cannot be stopped otherwise.

It has one thread, for with more Dem Bones gives other bits on every run.
"""

import sys
from collections.abc import Callable
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.program import workplace
from actionmesh_wrapper.export.rig.build import build_rig
from actionmesh_wrapper.export.rig.model import Rig, Skeleton, Skin
from actionmesh_wrapper.system.contained import LimitExceeded, Limits, paths_of_ours, run

_INPUT, _OUTPUT = "animation.npz", "rig.npz"
_GIB = 1 << 30
_LIMITS = Limits(
    seconds=900, cpu_seconds=900, memory_bytes=8 * _GIB, output_bytes=1 << 16, file_bytes=2 * _GIB
)
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def dem_bones_is_installed() -> bool:
    """Whether `solve_rig` can work here."""
    return find_spec("py_dem_bones") is not None


def solve_rig(animation: Animation, folder: Path, *, tick: Callable[[], None] = lambda: None) -> Rig:
    """Finds a rig for an animation, in another process; see `build_rig`.

    Args:
        animation: T frames.
        folder: an existing folder, for what is handed over.
        tick: is called several times a second; what it raises passes through, and the process is killed.

    Raises:
        ExportFailed: if the process failed or took too long, its stderr is the detail; or if the folder could
            not be written.
    """
    with workplace(folder) as place:
        made = place / _OUTPUT
        np.savez(place / _INPUT, vertices=animation.vertices, faces=animation.faces, rest=animation.anchor)
        # -P: it must not take a module from the folder where the worker was started
        command = [sys.executable, "-P", "-m", "actionmesh_wrapper.export.rig", str(place)]
        try:
            done = run(
                command,
                limits=_LIMITS,
                tick=lambda _: tick(),
                environment=_ONE_THREAD | paths_of_ours(),
            )
        except LimitExceeded as error:
            raise ExportFailed("The rig took too long.", detail=error.log) from error
        if done.code != 0 or not made.is_file():
            raise ExportFailed("No rig was found: the solver failed.", detail=done.log)
        return _load(made)


def _save(rig: Rig, path: Path) -> None:
    arrays: dict[str, Any] = vars(rig) | vars(rig.skeleton) | vars(rig.skin)
    np.savez(path, **{name: array for name, array in arrays.items() if name not in {"skeleton", "skin"}})


def _load(path: Path) -> Rig:
    with np.load(path) as stored:
        arrays: dict[str, Any] = {
            name: array if array.ndim else array.item() for name, array in stored.items()
        }
    arrays["names"] = tuple(arrays["names"].tolist())
    skeleton = Skeleton(**{field.name: arrays.pop(field.name) for field in fields(Skeleton)})
    skin = Skin(**{field.name: arrays.pop(field.name) for field in fields(Skin)})
    return Rig(skeleton, skin, **arrays)


def main(folder: Path) -> None:
    """Reads an animation from a folder, and writes its rig there."""
    with np.load(folder / _INPUT) as stored:
        animation = Animation(stored["vertices"], stored["faces"], 1.0, anchor=int(stored["rest"]))
    _save(build_rig(animation), folder / _OUTPUT)
