"""The animation as Alembic, a cache of points; needs alembic3d (extra ``alembic``), or Blender."""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.blender import written_by_blender
from actionmesh_wrapper.export.film_camera import lens_of
from actionmesh_wrapper.export.program import (
    Tick,
    lay,
    made_or_left_out,
    run_program,
    workplace,
)
from actionmesh_wrapper.system.contained import paths_of_ours

_NAME = "animated_mesh.abc"
_PROGRAM = [sys.executable, "-P", str(Path(__file__).with_name("alembic_file.py"))]


def write(job: WriteJob) -> Written:
    """Writes the kind ``alembic``; without alembic3d by Blender; without both it is left out."""
    if not alembic_is_installed():
        why = "alembic was not made: this worker lacks alembic3d and Blender."
        return written_by_blender(job, (_NAME,), Notice("PROGRAM_MISSING", why), "alembic is left out.")

    def make(tick: Tick) -> Path:
        return write_alembic(job.animation, job.folder / _NAME, extras=job.extras, film=job.film, tick=tick)

    path = made_or_left_out(
        job, make, lambda error: Notice("OUTPUT_LEFT_OUT", f"{error.message} alembic is left out.")
    )
    return Written() if path is None else Written((path,))


def alembic_is_installed() -> bool:
    """Whether `write_alembic` can work here.

    alembic3d is imported for that: where it has no wheel, pip may have taken an older release that is empty.
    """
    try:
        run_program("alembic3d", _PROGRAM, Path(), [], environment=paths_of_ours())
    except ExportFailed:
        return False
    return True


def write_alembic(
    animation: Animation,
    path: Path,
    *,
    extras: Mapping[str, object],
    film: FilmView | None = None,
    tick: Tick = lambda: None,
) -> Path:
    """Writes one Alembic file (Ogawa): a mesh with a sample of points and normals per frame, and uv.

    Sample i lies at i / ``animation.fps`` seconds and shows frame i. Values are float32 as they are, axes,
    vertices and their order those of ``animation``; faces are the same, clockwise as Alembic has them. There
    is no material and no texture. Equal input gives equal bytes.

    Args:
        animation: T frames.
        path: the file, in an existing folder.
        extras: JSON values that become user properties of the mesh, text as it is and others as JSON.
        film: the camera that filmed the subject, which becomes a camera beside the mesh; see `lens_of`.
        tick: see `Tick`.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if the file could not be written.
    """
    with workplace(path.parent) as place:
        normals = np.stack(animation.normals())
        facts = {
            "file": path.name,
            "extras": dict(extras),
            "camera": film and lens_of(film, animation.vertices),
        }
        lay(animation, place, facts=facts, normals=normals)
        command = [*_PROGRAM, str(place)]
        (made,) = run_program("alembic3d", command, place, [path.name], tick, environment=paths_of_ours())
        return made.replace(path)
