"""The nodes of a scene and where they stand."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.document import Document, Node, at

Places = Mapping[int, NDArray[np.float64]]
"""For each node of the scene, by its index and in the order of the tree, the (4, 4) matrix into the scene."""


def place(document: Document) -> Places:
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
