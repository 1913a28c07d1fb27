"""A caller's own mesh: a GLB file from anywhere → an `Animation` of one key.

The reader is our own: it decodes nothing but positions, faces and base colours, checks every length before it
reserves memory for it, follows no address, and keeps the file's vertices in their order. What it does not
need may be wrong: it reads what three.js, Babylon.js or Blender read.
"""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import DEFAULT_FPS
from actionmesh_wrapper.data.progress import Notice, StageStep, Warn
from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.gltf import unpack
from actionmesh_wrapper.mesh_file import document as gltf
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.submeshes import Submesh, read_submeshes
from actionmesh_wrapper.mesh_file.texture import colours_of

MIN_FACES = 4  # that have an area
SMALLEST, LARGEST = 1e-9, 1e9  # of the box's longest side and of any coordinate, in the file's unit


def read_mesh(path: Path, *, warn: Warn, step: StageStep = lambda _done, _of: None) -> Animation:
    """Reads a GLB: all triangles of its scene, moved by their nodes' transforms, as one mesh.

    A mesh with bones, morph targets or animations is read in its rest pose: each bone as its node's transform
    has it, and no morph target. Of materials the base colour is kept: its texture and its factor, as one RGB
    texture.

    Args:
        path: the file, of any origin.
        warn: takes a notice of what is not kept.
        step: is called many times a second, with 0 of 1 until all is read; may raise `Cancelled`.

    Returns:
        One key in the file's own unit and axes. A file of one primitive keeps all its vertices, in their
        order. Of several, each keeps the vertices that its faces use; they follow each other as the nodes do
        in the tree. Faces are in the file's order; those without an area stay.

    Raises:
        NotAMesh: if it is no GLB, a broken or compressed one, or has no surface.
        TooLarge: if it has more vertices, faces, bones or pixels than the worker takes, or a picture in it
            takes more work than its size is worth.
    """
    alive = partial(step, 0, 1)
    alive()
    tree, binary = unpack(path.read_bytes())
    alive()
    document = gltf.parse(tree)
    accessors = Accessors(document, binary)
    with np.errstate(all="ignore"):  # numbers may be any; what they come to is checked
        submeshes = read_submeshes(document, accessors, alive)
        vertices = np.concatenate([submesh.vertices for submesh in submeshes])
        faces = _joined_faces(submeshes)
        check_surface(vertices, faces)
        colours = colours_of(submeshes, document, accessors, warn, alive)
    step(1, 1)
    if _has_other_poses(document, submeshes):
        warn(Notice("MESH_AT_REST", "The mesh's rest pose is taken, without its bones and animations."))
    return Animation(
        vertices[None].astype(np.float32),
        faces.astype(np.int32),
        DEFAULT_FPS,
        uv=None if colours is None else colours.uv,
        texture=None if colours is None else colours.texture,
    )


def _joined_faces(submeshes: list[Submesh]) -> NDArray[np.intp]:
    """The faces (F, 3) of all submeshes, as indices into the vertices of all of them."""
    starts = np.cumsum([0, *(len(submesh.vertices) for submesh in submeshes)])
    return np.concatenate(
        [submesh.faces + start for submesh, start in zip(submeshes, starts[:-1], strict=True)]
    )


def check_surface(vertices: NDArray[np.float64], faces: NDArray[np.intp]) -> None:
    """Raises NotAMesh unless there is a surface, of a size that float32 can hold."""
    if not (np.abs(vertices) <= LARGEST).all():  # which NaN is not either
        raise NotAMesh(f"The mesh's positions must be finite and at most {LARGEST:g}.")
    corners = vertices.astype(np.float32).astype(np.float64)[faces]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    if np.count_nonzero(areas) < MIN_FACES:
        raise NotAMesh(f"The mesh has no surface: at least {MIN_FACES} faces with an area are needed.")
    if np.ptp(corners.reshape(-1, 3), axis=0).max() < SMALLEST:
        raise NotAMesh(f"The mesh is too small: its longest side must be at least {SMALLEST:g}.")


def _has_other_poses(document: gltf.Document, submeshes: list[Submesh]) -> bool:
    """Whether the file has more poses than the rest pose."""
    has_bones = any("JOINTS_0" in submesh.primitive.attributes for submesh in submeshes)
    return bool(document.animations) or has_bones or any(submesh.primitive.targets for submesh in submeshes)
