"""The primitives of a scene as triangles, moved by their nodes' transforms.

Source: Khronos, glTF 2.0 Specification, section 3.7 (geometry).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import (
    Document,
    Node,
    NodeVisibility,
    Primitive,
    at,
    parse_property,
)
from actionmesh_wrapper.mesh_file.extensions import VISIBILITY
from actionmesh_wrapper.mesh_file.nodes import NodeTransforms, Skeletons, node_transforms, posed

MAX_VERTICES = 200_000
MAX_FACES = 200_000
MAX_SUBMESHES = 4096

_TRIANGLES, _STRIP = 4, 5  # modes; 6 is a fan, below 4 are points and lines


@dataclass(frozen=True, eq=False)
class Submesh:
    """The triangles of one primitive in the scene.

    Attributes:
        primitive: as the document has it.
        rows: (V,) the vertices' indices in the primitive's accessors.
        vertices: (V, 3) float64 in the scene.
        faces: (F, 3) indices into ``vertices``, counter-clockwise from outside.
    """

    primitive: Primitive
    rows: NDArray[np.intp]
    vertices: NDArray[np.float64]
    faces: NDArray[np.intp]


def read_submeshes(
    document: Document,
    accessors: Accessors,
    step: Callable[[], None] = lambda: None,
    *,
    max_vertices: int = MAX_VERTICES,
    max_faces: int = MAX_FACES,
) -> list[Submesh]:
    """Reads all visible triangles of the scene.

    A single submesh keeps all of its vertices, in their order. Of several, each keeps the vertices that its
    faces use.

    Args:
        document: to read.
        accessors: of the document.
        step: is called every few nodes and at each primitive; may raise `Cancelled`.
        max_vertices: how many are taken.
        max_faces: the same of faces.

    Raises:
        NotAMesh: if there are no triangles, or the document is broken.
        TooLarge: if there are more vertices, faces or primitives than are taken.
    """
    transforms = node_transforms(document, step)
    skeletons = Skeletons(document, accessors, transforms)
    primitives: list[tuple[int, Primitive]] = []
    for item in _triangle_primitives(document, transforms):
        if len(primitives) == MAX_SUBMESHES:
            raise TooLarge(f"The mesh has more than {MAX_SUBMESHES:,} parts.")
        primitives.append(item)
    submeshes: list[Submesh] = []
    vertices = faces = 0
    for index, primitive in primitives:
        step()
        faces += _count_faces(primitive, accessors)
        _check(faces, max_faces, "faces")
        submesh = _read(
            primitive, accessors, whole=len(primitives) == 1, before=vertices, max_vertices=max_vertices
        )
        vertices += len(submesh.rows)
        node = document.nodes[index]
        submeshes.append(_placed(submesh, node, accessors, skeletons, transforms[index]))
    if not submeshes:
        raise NotAMesh("The mesh's file has no triangles in its scene.")
    return submeshes


def _triangle_primitives(document: Document, transforms: NodeTransforms) -> Iterator[tuple[int, Primitive]]:
    """Each primitive of triangles, with the index of its node; each mesh is looked through once.

    Nodes that are not visible are passed over with all below them.
    """
    of_meshes: dict[int, list[Primitive]] = {}
    hidden: set[int] = set()
    for index in transforms:  # each before its children
        node = document.nodes[index]
        if index in hidden or not _is_visible(node):
            hidden.update(node.children)
            continue
        mesh = node.mesh
        if mesh is None:
            continue
        if mesh not in of_meshes:
            of_meshes[mesh] = [
                primitive
                for primitive in at(document.meshes, mesh).primitives
                if primitive.mode >= _TRIANGLES and "POSITION" in primitive.attributes
            ]
        for primitive in of_meshes[mesh]:
            yield index, primitive


def _is_visible(node: Node) -> bool:
    """Whether a node itself is, by KHR_node_visibility."""
    return VISIBILITY not in node.extensions or (
        parse_property(NodeVisibility, node.extensions[VISIBILITY]).visible
    )


def _count_faces(primitive: Primitive, accessors: Accessors) -> int:
    """How many faces a primitive has, from its header alone."""
    named = primitive.attributes["POSITION"] if primitive.indices is None else primitive.indices
    corners = accessors.count(named)
    return corners // 3 if primitive.mode == _TRIANGLES else max(corners - 2, 0)


def _check(count: int, most: int, what: str) -> None:
    if count > most:
        raise TooLarge(f"The mesh has {count:,} {what} or more; at most {most:,} are taken.")


def _read(
    primitive: Primitive, accessors: Accessors, *, whole: bool, before: int, max_vertices: int
) -> Submesh:
    """A primitive as stored, its vertices not moved into the scene yet.

    Args:
        primitive: of triangles.
        accessors: of the document.
        whole: whether vertices are kept that no face uses.
        before: how many vertices there are already.
        max_vertices: how many there may be with its own.
    """
    position = primitive.attributes["POSITION"]
    count = accessors.count(position)
    faces = _faces(primitive, accessors, count)
    if faces.size and faces.max() >= count:
        raise NotAMesh("The mesh's file is broken: a face names a vertex that is not there.")
    used = np.zeros(0, np.intp) if whole else np.unique(faces)
    kept = count if whole else len(used)
    _check(before + kept, max_vertices, "vertices")
    rows = np.arange(count) if whole else used
    return Submesh(primitive, rows, accessors.numbers(position, "VEC3", rows), np.searchsorted(rows, faces))


def _faces(primitive: Primitive, accessors: Accessors, count: int) -> NDArray[np.intp]:
    """(F, 3) indices into the primitive's accessors."""
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
    submesh: Submesh, node: Node, accessors: Accessors, skeletons: Skeletons, matrix: NDArray[np.float64]
) -> Submesh:
    """The submesh moved by its bones, or by its node's transform (4, 4)."""
    if not submesh.rows.size:
        return submesh
    if node.skin is not None and "JOINTS_0" in submesh.primitive.attributes:
        vertices = posed(
            submesh.vertices,
            submesh.rows,
            primitive=submesh.primitive,
            bones=skeletons.bones(node.skin),
            accessors=accessors,
        )
        return replace(submesh, vertices=vertices)
    vertices = submesh.vertices @ matrix[:3, :3].T + matrix[:3, 3]
    is_mirrored = np.linalg.det(matrix[:3, :3]) < 0
    return replace(submesh, vertices=vertices, faces=submesh.faces[:, ::-1] if is_mirrored else submesh.faces)
