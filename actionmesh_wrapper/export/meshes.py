"""One GLB per frame, in the plainest form that every tool reads: float32, no extension."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice, StageStep, Warn
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.export.glb import Glb
from actionmesh_wrapper.export.surface import Surface, add_scene
from actionmesh_wrapper.system.files import whole_file

COPIES_BYTES = 64 << 20  # that all files' pictures may have together


def write(job: WriteJob) -> Written:
    """Writes the kind ``meshes``; see `write_meshes`."""
    return Written(
        tuple(write_meshes(job.animation, job.folder, extras=job.extras, step=job.step, warn=job.warn))
    )


def write_meshes(
    animation: Animation,
    folder: Path,
    *,
    extras: Mapping[str, object],
    step: StageStep,
    warn: Warn = lambda _notice: None,
) -> list[Path]:
    """Writes ``mesh_000.glb`` and so on, one static mesh per frame.

    Positions are exact. Normals are smooth. Vertex and face order are those of ``animation`` in every
    file, so vertex i is the same point of the subject in all of them.

    Each file holds the texture itself. A picture beside them would save the copies, but stored in a bucket
    each file has a signed link of its own, from which no other's follows. So the copies are bounded instead:
    if all together had more than `COPIES_BYTES`, they are a half or a quarter as wide, with a warning.

    Args:
        animation: T frames.
        folder: an existing folder.
        extras: JSON values that go into each file as extras of its scene.
        step: is called with (files done, T) after each file. What it raises passes through, and the files
            written so far are removed.
        warn: takes SMALLER_TEXTURE.

    Returns:
        T paths, in the order of the frames.

    Raises:
        ExportFailed: if a file could not be written.
    """
    surface = Surface.of(animation, picture_bytes=COPIES_BYTES // animation.num_frames)
    _tell(animation, surface, warn)
    frames = zip(animation.vertices, animation.normals(), strict=True)
    paths: list[Path] = []
    try:
        for index, (vertices, normals) in enumerate(frames):
            path = folder / f"mesh_{index:03d}.glb"
            _write(path, vertices, normals, surface, extras)
            paths.append(path)
            step(index + 1, animation.num_frames)
    except BaseException:
        for path in paths:
            path.unlink()
        raise
    return paths


def _tell(animation: Animation, surface: Surface, warn: Warn) -> None:
    """Warns where the picture had to be made smaller."""
    if surface.picture is not None and animation.texture is not None:
        height, width = animation.texture.shape[:2]
        made = surface.picture
        if (made.width, made.height) != (width, height):
            sizes = f"{made.width} × {made.height} pixels, not {width} × {height}"
            what = f"The texture in each of {animation.num_frames} mesh files has {sizes}"
            warn(Notice("SMALLER_TEXTURE", f"{what}; in the other files it is whole."))


def write_mesh(animation: Animation, path: Path, *, extras: Mapping[str, object]) -> Path:
    """Writes the first frame alone, in the same form; see `write_meshes`. Returns ``path``."""
    (normals,) = animation.normals([0])
    _write(path, animation.vertices[0], normals, Surface.of(animation), extras)
    return path


def _write(
    path: Path,
    vertices: NDArray[np.float32],
    normals: NDArray[np.float32],
    surface: Surface,
    extras: Mapping[str, object],
) -> None:
    with whole_file(path) as file:
        file.writelines(_static(path.stem, vertices, normals, surface, extras).chunks())


def _static(
    name: str,
    vertices: NDArray[np.float32],
    normals: NDArray[np.float32],
    surface: Surface,
    extras: Mapping[str, object],
) -> Glb:
    glb = Glb()
    attributes = {"POSITION": glb.attribute(vertices, bounded=True), "NORMAL": glb.attribute(normals)}
    mesh = surface.mesh(glb, name, surface.primitive(glb, attributes))
    add_scene(glb, [{"name": name, "mesh": mesh}], extras)
    return glb
