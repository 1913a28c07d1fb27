"""Node transforms of a scene, and vertices moved by their bones in the rest pose.

Source: Khronos, glTF 2.0 Specification, sections 3.5 (scenes) and 3.7.3 (skins).
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh, TooLarge
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import Document, Node, Primitive, at

MAX_BONES = 262_144  # of all skins that are used; characters have hundreds
_NODES_A_STEP = 256  # a few milliseconds
_MAX_JOINT_SETS = 4  # JOINTS_0 and so on, each with four bones a vertex

NodeTransforms = Mapping[int, NDArray[np.float64]]
"""By node index, in the order of the tree: the (4, 4) matrix from the node's own space into the scene."""


def node_transforms(document: Document, step: Callable[[], None] = lambda: None) -> NodeTransforms:
    """The transforms of all nodes of the scene, each node before its children.

    Args:
        document: with the nodes.
        step: is called every few nodes; may raise `Cancelled`.

    Raises:
        NotAMesh: if it is no tree.
    """
    transforms: dict[int, NDArray[np.float64]] = {}
    pending = [(root, np.eye(4)) for root in reversed(_roots(document))]
    while pending:
        if len(transforms) % _NODES_A_STEP == 0:
            step()
        index, parent = pending.pop()
        if index in transforms:
            raise NotAMesh("The mesh's file is broken: its nodes are no tree.")
        node = at(document.nodes, index)
        transforms[index] = parent @ _local_transform(node)
        pending += [(child, transforms[index]) for child in reversed(node.children)]
    return transforms


def _roots(document: Document) -> list[int]:
    """The scene's root nodes; without a scene, all nodes that are no other's child."""
    if document.scenes:
        return at(document.scenes, document.scene or 0).nodes
    children = {child for node in document.nodes for child in node.children}
    return [index for index in range(len(document.nodes)) if index not in children]


def _local_transform(node: Node) -> NDArray[np.float64]:
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


class Skeletons:
    """The bones of a document's skins: each skin's matrices are made once, however many parts hang on it."""

    def __init__(self, document: Document, accessors: Accessors, transforms: NodeTransforms) -> None:
        self._document = document
        self._accessors = accessors
        self._transforms = transforms
        self._bones: dict[int, NDArray[np.float64]] = {}
        self._room = MAX_BONES

    def bones(self, skin: int) -> NDArray[np.float64]:
        """A skin's matrices (J, 3, 4) from the vertices as stored into the scene.

        Raises:
            NotAMesh: if a bone is not there.
            TooLarge: if all skins asked for have more bones than are taken.
        """
        if skin not in self._bones:
            self._bones[skin] = self._matrices(skin)
        return self._bones[skin]

    def _matrices(self, index: int) -> NDArray[np.float64]:
        skin = at(self._document.skins, index)
        self._room -= len(skin.joints)
        if self._room < 0:
            raise TooLarge(f"The mesh has more than {MAX_BONES:,} bones.")
        if not skin.joints or not all(joint in self._transforms for joint in skin.joints):
            raise NotAMesh("The mesh's file is broken: a bone is not in its scene.")
        matrices = np.stack([self._transforms[joint] for joint in skin.joints])
        if skin.inverse_bind_matrices is not None:
            rows = np.arange(len(skin.joints))
            stored = self._accessors.numbers(skin.inverse_bind_matrices, "MAT4", rows)
            matrices = matrices @ stored.reshape(-1, 4, 4).transpose(0, 2, 1)  # stored by columns
        return matrices[:, :3].copy()  # which leaves the last rows to be freed


def posed(
    vertices: NDArray[np.float64],
    rows: NDArray[np.intp],
    *,
    primitive: Primitive,
    bones: NDArray[np.float64],
    accessors: Accessors,
) -> NDArray[np.float64]:
    """Moves vertices with their bones.

    Args:
        vertices: (V, 3) as stored.
        rows: (V,) their indices in the primitive's accessors.
        primitive: has ``JOINTS_0`` and ``WEIGHTS_0``.
        bones: (J, 3, 4) of its skin; see `Skeletons`.
        accessors: of the document.

    Returns:
        (V, 3) in the scene; the transform of the mesh's own node does not matter.

    Raises:
        NotAMesh: if a bone is not there.
    """
    sums, total = np.zeros_like(vertices), np.zeros((len(vertices), 1))
    points = np.column_stack([vertices, np.ones(len(vertices))])
    for number in range(_MAX_JOINT_SETS):
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
    boneless = total[:, 0] <= 0  # on no bone: these move with the first
    sums[boneless], total[boneless] = np.einsum("ij,vj->vi", bones[0], points[boneless]), 1
    moved: NDArray[np.float64] = sums / total
    return moved
