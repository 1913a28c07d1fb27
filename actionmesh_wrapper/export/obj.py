"""The animation as a sequence of OBJ files in one zip, for tools that know nothing else."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.export.archive import dateless
from actionmesh_wrapper.export.picture import encode
from actionmesh_wrapper.system.files import whole_file

_MATERIAL = "mesh.mtl"
_SMOOTH = "s 1\n"  # has tools make normals: in the files these would take as much room as all else
_LEVEL = 3  # of deflate: three times as fast as the usual 6, and a twentieth larger


def write(job: WriteJob) -> Written:
    """Writes the kind ``obj``; see `write_obj`."""
    path = job.folder / "obj_sequence.zip"
    return Written((write_obj(job.animation, path, extras=job.extras, step=job.step),))


def write_obj(
    animation: Animation,
    path: Path,
    *,
    extras: Mapping[str, object],
    step: StageStep = lambda _done, _of: None,
) -> Path:
    """Writes one zip with ``mesh_000.obj`` and so on, and with ``mesh.mtl`` and the texture if there is one.

    Positions are exact: read as float32 they are those of ``animation``. Vertices and faces are in its order
    in all files, each vertex once, at seams of the uv too; uv counts v upwards, as OBJ has it. There are no
    normals, but one smoothing group, for tools to make them. Equal input gives equal bytes.

    Args:
        animation: T frames.
        path: the zip, in an existing folder.
        extras: JSON values that stand as comments in each OBJ.
        step: is called with (files done, T) after each file; what it raises passes through.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if the file could not be written.
    """
    with whole_file(path) as target, ZipFile(target, "w", compresslevel=_LEVEL) as archive:
        if animation.texture is not None:
            picture = encode(animation.texture)
            archive.writestr(dateless(_MATERIAL), _material(picture.name, unlit=animation.unlit))
            archive.writestr(dateless(picture.name), picture.data)
        for index, text in enumerate(_files(animation, extras)):
            archive.writestr(dateless(f"mesh_{index:03d}.obj", ZIP_DEFLATED), text, compresslevel=_LEVEL)
            step(index + 1, animation.num_frames)
    return path


def _material(picture: str, *, unlit: bool) -> str:
    light = 0 if unlit else 1  # of MTL's models, 0 is colour as it is
    return f"newmtl surface\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nillum {light}\nmap_Kd {picture}\n"


def _files(animation: Animation, extras: Mapping[str, object]) -> Iterator[str]:
    """The text of each frame's OBJ."""
    said = {**extras, "keys_per_second": animation.fps}
    head = "".join(f"# {name}: {json.dumps(value)}\n" for name, value in said.items())
    uv, mesh = "", animation.joined()
    faces = mesh.faces + 1
    if animation.uv is None:
        corners = _rows("f %d %d %d", faces)
    else:
        head += f"mtllib {_MATERIAL}\nusemtl surface\n"
        uv = _rows("vt %.9g %.9g", animation.uv * [1.0, -1.0] + [0.0, 1.0])
        corners = _rows("f %d/%d %d/%d %d/%d", np.stack([faces, animation.faces + 1], axis=2))
    for points in mesh.vertices:
        yield f"{head}{_rows('v %.9g %.9g %.9g', points)}{uv}{_SMOOTH}{corners}"


def _rows(form: str, values: NDArray[Any]) -> str:
    """A line for each row of (N, D) values. With nine digits any float32 comes back as it was."""
    return f"{form}\n" * len(values) % tuple(values.ravel().tolist())
