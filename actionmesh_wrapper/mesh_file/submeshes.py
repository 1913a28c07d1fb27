"""A scene's primitives as triangles where they stand.

Source: Khronos, glTF 2.0 Specification, section 3.7 (geometry).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import Document, Node, Primitive, at
from actionmesh_wrapper.mesh_file.nodes import NodeTransforms, node_transforms, posed

MAX_VERTICES = 200_000
MAX_FACES = 200_000
MAX_SUBMESHES = 4096

_TRIANGLES, _STRIP = 4, 5  # modes; 6 is a fan, below 4 are points and lines


@dataclass(frozen=True, eq=False)
class Submesh:
    """One primitive, placed.

    Attributes:
        primitive: as the document has it.
        rows: (V,) which elements of its accessors the vertices are.
        vertices: (V, 3) float64 in the scene.
        faces: (F, 3) indices into ``vertices``, counter-clockwise from outside.
    """

    primitive: Primitive
    rows: NDArray[np.intp]
    vertices: NDArray[np.float64]
    faces: NDArray[np.intp]


def read_submeshes(document: Document, accessors: Accessors) -> list[Submesh]:
    """Reads all triangles of the scene.

    A single part keeps all of its vertices in their order; of several, each keeps those that its faces use.

    Raises:
        NotAMesh: if there are none, or the document is broken.
        TooLarge: if there are more than is taken.
    """
    places = node_transforms(document)
    drawn: list[tuple[int, Primitive]] = []
    for item in _drawn(document, places):
        if len(drawn) == MAX_SUBMESHES:
            raise TooLarge(f"The mesh has more than {MAX_SUBMESHES:,} parts.")
        drawn.append(item)
    parts: list[Submesh] = []
    vertices = faces = 0
    for index, primitive in drawn:
        faces += _check_faces(primitive, accessors, faces)
        part = _read(primitive, accessors, whole=len(drawn) == 1, room=MAX_VERTICES - vertices)
        vertices += len(part.rows)
        parts.append(_placed(part, document, accessors, places, index))
    if not parts:
        raise NotAMesh("The mesh's file has no triangles in its scene.")
    return parts


def _drawn(document: Document, places: NodeTransforms) -> Iterator[tuple[int, Primitive]]:
    """Each primitive of triangles with the index of the node that it hangs on."""
    for index in places:
        mesh = document.nodes[index].mesh
        if mesh is not None:
            for primitive in at(document.meshes, mesh).primitives:
                if primitive.mode >= _TRIANGLES and "POSITION" in primitive.attributes:
                    yield index, primitive


def _check_faces(primitive: Primitive, accessors: Accessors, before: int) -> int:
    """How many faces it has, from its header alone."""
    named = primitive.attributes["POSITION"] if primitive.indices is None else primitive.indices
    corners = accessors.count(named)
    faces = corners // 3 if primitive.mode == _TRIANGLES else max(corners - 2, 0)
    if before + faces > MAX_FACES:
        raise TooLarge(f"The mesh has {before + faces:,} faces or more; at most {MAX_FACES:,} are taken.")
    return faces


def _read(primitive: Primitive, accessors: Accessors, *, whole: bool, room: int) -> Submesh:
    """A primitive as stored: faces into its rows, vertices not placed yet."""
    position = primitive.attributes["POSITION"]
    count = accessors.count(position)
    faces = _faces(primitive, accessors, count)
    if faces.size and faces.max() >= count:
        raise NotAMesh("The mesh's file is broken: a face names a vertex that is not there.")
    rows = range(count) if whole else np.unique(faces)
    if len(rows) > room:
        found = MAX_VERTICES - room + len(rows)
        raise TooLarge(f"The mesh has {found:,} vertices or more; at most {MAX_VERTICES:,} are taken.")
    rows = np.asarray(rows, np.intp)
    return Submesh(primitive, rows, accessors.numbers(position, "VEC3", rows), np.searchsorted(rows, faces))


def _faces(primitive: Primitive, accessors: Accessors, count: int) -> NDArray[np.intp]:
    """(F, 3) of its corners."""
    if primitive.indices is None:
        corners = np.arange(count)
    else:
        stored = accessors.raw(primitive.indices, "SCALAR")
        if stored.dtype.kind != "u":
            raise NotAMesh("The mesh's file is broken: its faces' indices are not unsigned integers.")
        corners = stored[:, 0].astype(np.intp)
    if primitive.mode == _TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    first = np.arange(max(len(corners) - 2, 0))
    if primitive.mode == _STRIP:
        odd = first % 2
        return corners[np.column_stack([first, first + 1 + odd, first + 2 - odd])]
    return corners[np.column_stack([first + 1, first + 2, np.zeros_like(first)])]


def _placed(
    part: Submesh, document: Document, accessors: Accessors, places: NodeTransforms, index: int
) -> Submesh:
    """The part where its node, or its bones, have it."""
    node: Node = document.nodes[index]
    if not part.rows.size:
        return part
    if node.skin is not None and "JOINTS_0" in part.primitive.attributes:
        vertices = posed(
            part.vertices,
            part.rows,
            primitive=part.primitive,
            skin=at(document.skins, node.skin),
            accessors=accessors,
            places=places,
        )
        return Submesh(part.primitive, part.rows, vertices, part.faces)
    matrix = places[index]
    vertices = part.vertices @ matrix[:3, :3].T + matrix[:3, 3]
    is_mirrored = np.linalg.det(matrix[:3, :3]) < 0
    return Submesh(part.primitive, part.rows, vertices, part.faces[:, ::-1] if is_mirrored else part.faces)
