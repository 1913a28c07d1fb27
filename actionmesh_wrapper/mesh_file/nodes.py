"""The nodes of a scene, where they stand, and meshes on bones as they stand in the file."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import Document, Node, Primitive, Skin, at

NodeTransforms = Mapping[int, NDArray[np.float64]]
"""For each node of the scene, by its index and in the order of the tree, the (4, 4) matrix into the scene."""
_MAX_SETS = 4  # of four bones each


def node_transforms(document: Document) -> NodeTransforms:
    """Walks the scene's tree, each node before its children.

    Raises:
        NotAMesh: if it is no tree.
    """
    places: dict[int, NDArray[np.float64]] = {}
    waiting = [(root, np.eye(4)) for root in reversed(_roots(document))]
    while waiting:
        index, above = waiting.pop()
        if index in places:
            raise NotAMesh("The mesh's file is broken: its nodes are no tree.")
        node = at(document.nodes, index)
        places[index] = above @ _local(node)
        waiting += [(child, places[index]) for child in reversed(node.children)]
    return places


def _roots(document: Document) -> list[int]:
    if document.scenes:
        return at(document.scenes, document.scene or 0).nodes
    children = {child for node in document.nodes for child in node.children}
    return [index for index in range(len(document.nodes)) if index not in children]


def _local(node: Node) -> NDArray[np.float64]:
    """(4, 4) matrix of a node within its parent."""
    if node.matrix is not None:
        return np.array(node.matrix, np.float64).reshape(4, 4).T  # stored by columns
    local = np.eye(4)
    local[:3, :3] = _rotation(np.array(node.rotation, np.float64)) * node.scale
    local[:3, 3] = node.translation
    return local


def _rotation(quaternion: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) matrix of a quaternion (x, y, z, w) of any length; NaN for that of length 0."""
    x, y, z, w = quaternion / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def posed(
    vertices: NDArray[np.float64],
    rows: NDArray[np.intp],
    *,
    primitive: Primitive,
    skin: Skin,
    accessors: Accessors,
    places: NodeTransforms,
) -> NDArray[np.float64]:
    """Moves vertices with their bones.

    Args:
        vertices: (V, 3) as stored.
        rows: (V,) their place in the primitive's accessors.
        primitive: has ``JOINTS_0`` and ``WEIGHTS_0``.
        skin: the bones.
        accessors: of the document.
        places: of its nodes.

    Returns:
        (V, 3) in the scene; where the mesh's own node stands does not matter.

    Raises:
        NotAMesh: if a bone is not there.
    """
    bones = _bones(skin, accessors, places)
    sums, total = np.zeros_like(vertices), np.zeros((len(vertices), 1))
    points = np.column_stack([vertices, np.ones(len(vertices))])
    for number in range(_MAX_SETS):
        if f"JOINTS_{number}" not in primitive.attributes:
            break
        joints = accessors.numbers(primitive.attributes[f"JOINTS_{number}"], "VEC4", rows)
        if (
            f"WEIGHTS_{number}" not in primitive.attributes
            or not (joints >= 0).all()
            or joints.max() >= len(bones)
        ):
            raise NotAMesh("The mesh's file is broken: a vertex hangs on a bone that is not there.")
        weights = accessors.numbers(primitive.attributes[f"WEIGHTS_{number}"], "VEC4", rows)
        for bone, weight in zip(joints.T.astype(np.intp), weights.T, strict=True):
            sums += weight[:, None] * np.einsum("vij,vj->vi", bones[bone], points)
            total += weight[:, None]
    loose = total[:, 0] <= 0  # on no bone: these go with the first
    sums[loose], total[loose] = np.einsum("ij,vj->vi", bones[0], points[loose]), 1
    moved: NDArray[np.float64] = sums / total
    return moved


def _bones(skin: Skin, accessors: Accessors, places: NodeTransforms) -> NDArray[np.float64]:
    """(J, 3, 4) matrices from the mesh as stored into the scene."""
    if not skin.joints or not all(joint in places for joint in skin.joints):
        raise NotAMesh("The mesh's file is broken: a bone is not in its scene.")
    stand = np.stack([places[joint] for joint in skin.joints])
    if skin.inverse_bind_matrices is not None:
        stored = accessors.numbers(skin.inverse_bind_matrices, "MAT4", np.arange(len(skin.joints)))
        stand = stand @ stored.reshape(-1, 4, 4).transpose(0, 2, 1)  # stored by columns
    return stand[:, :3]
