"""A mesh on bones, as they stand in the file.

Source: Khronos, glTF 2.0 Specification, section 3.7.3 (skins).
"""

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.errors import NotAMesh
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import Primitive, Skin
from actionmesh_wrapper.mesh_file.nodes import Places

_MAX_SETS = 4  # of four bones each


def posed(
    vertices: NDArray[np.float64],
    rows: NDArray[np.intp],
    *,
    primitive: Primitive,
    skin: Skin,
    accessors: Accessors,
    places: Places,
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


def _bones(skin: Skin, accessors: Accessors, places: Places) -> NDArray[np.float64]:
    """(J, 3, 4) matrices from the mesh as stored into the scene."""
    if not skin.joints or not all(joint in places for joint in skin.joints):
        raise NotAMesh("The mesh's file is broken: a bone is not in its scene.")
    stand = np.stack([places[joint] for joint in skin.joints])
    if skin.inverse_bind_matrices is not None:
        stored = accessors.numbers(skin.inverse_bind_matrices, "MAT4", np.arange(len(skin.joints)))
        stand = stand @ stored.reshape(-1, 4, 4).transpose(0, 2, 1)  # stored by columns
    return stand[:, :3]
