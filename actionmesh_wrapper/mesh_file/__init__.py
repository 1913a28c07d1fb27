"""A caller's own mesh: a GLB file from anywhere → an `Animation` of one key.

The reader is our own: it decodes nothing but positions, faces and base colours, checks every length before it
reserves memory for it, follows no address, and keeps the file's vertices in their order.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import DEFAULT_FPS
from actionmesh_wrapper.data.progress import Notice, Warn
from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.gltf import unpack
from actionmesh_wrapper.mesh_file import document as gltf
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.submeshes import Submesh, read_submeshes
from actionmesh_wrapper.mesh_file.texture import colours_of

MIN_FACES = 4  # with an area
SMALLEST, LARGEST = 1e-9, 1e9  # of the box's longest side and of any coordinate, in the file's unit


def read_mesh(path: Path, *, warn: Warn) -> Animation:
    """Reads a GLB: all triangles of its scene, where the nodes have them, as one mesh.

    Of bones, morph targets and animations the rest pose is taken: bones where their nodes stand, no morph
    target. Of materials the base colour is kept: its texture and its factor, as one RGB texture.

    Args:
        path: the file, of any origin.
        warn: is told of what is not kept.

    Returns:
        One key in the file's own unit and axes. A file of one primitive keeps all vertices, in their order;
        of several they follow each other as the nodes do in the tree, each with those alone that its faces
        use. Faces are in the file's order; those without an area stay.

    Raises:
        NotAMesh: if it is no GLB, a broken or compressed one, or has no surface.
        TooLarge: if it has more vertices, faces or pixels than the worker takes.
    """
    tree, binary = unpack(path.read_bytes())
    document = gltf.parse(tree)
    accessors = Accessors(document, binary)
    with np.errstate(all="ignore"):  # numbers may be any; what they come to is checked
        parts = read_submeshes(document, accessors)
        vertices = np.concatenate([part.vertices for part in parts])
        faces = _joined(parts)
        _check(vertices, faces)
        colours = colours_of(parts, document, accessors, warn)
    if _moves(document, parts):
        warn(Notice("MESH_AT_REST", "The mesh's rest pose is taken, without its bones and animations."))
    return Animation(
        vertices[None].astype(np.float32),
        faces.astype(np.int32),
        DEFAULT_FPS,
        uv=None if colours is None else colours.uv,
        texture=None if colours is None else colours.texture,
    )


def _joined(parts: list[Submesh]) -> NDArray[np.intp]:
    """(F, 3) into the vertices of all parts."""
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return np.concatenate([part.faces + start for part, start in zip(parts, starts[:-1], strict=True)])


def _check(vertices: NDArray[np.float64], faces: NDArray[np.intp]) -> None:
    """Raises NotAMesh unless there is a surface, of a size that float32 can hold."""
    if not (np.abs(vertices) <= LARGEST).all():  # which NaN is not either
        raise NotAMesh(f"The mesh's positions must be finite and at most {LARGEST:g}.")
    corners = vertices.astype(np.float32).astype(np.float64)[faces]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    if np.count_nonzero(areas) < MIN_FACES:
        raise NotAMesh(f"The mesh has no surface: at least {MIN_FACES} faces with an area are needed.")
    if np.ptp(corners.reshape(-1, 3), axis=0).max() < SMALLEST:
        raise NotAMesh(f"The mesh is too small: its longest side must be at least {SMALLEST:g}.")


def _moves(document: gltf.Document, parts: list[Submesh]) -> bool:
    """Whether the file has more poses than the one taken."""
    has_bones = any("JOINTS_0" in part.primitive.attributes for part in parts)
    return bool(document.animations) or has_bones or any(part.primitive.targets for part in parts)
