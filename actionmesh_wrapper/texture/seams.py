"""The order of vertices in a mesh that an unwrapping has taken apart at seams."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation


def with_uv(
    animation: Animation,
    faces: NDArray[np.int32],
    origin: NDArray[np.int32],
    uv: NDArray[np.float32],
    texture: NDArray[np.uint8],
) -> Animation:
    """A mesh with its uv and texture, its own vertices first and in their order, and then those of the seams.

    Args:
        animation: the mesh, T keys of V vertices.
        faces: (F, 3) the same faces in the same order, as indices into W vertices.
        origin: (W,) which vertex of ``animation`` each is.
        uv: (W, 2), as `Animation` has it.
        texture: (H, W, 3), likewise.

    Returns:
        V + S vertices: vertex i < V is vertex i of ``animation``, at all keys. One that no face uses has
        (0, 0) for uv. ``Animation.seams`` tells of the S others. The texture is to be shown unlit.

    Raises:
        ValueError: if these are not the mesh's faces.
    """
    if not np.array_equal(origin[faces], animation.faces):
        raise ValueError("the unwrapped faces are not those of the mesh")
    count = animation.vertices.shape[1]
    used, first = np.unique(origin, return_index=True)
    is_seam = np.ones(len(origin), np.bool_)
    is_seam[first] = False
    place = np.empty(len(origin), np.int32)
    place[first] = used
    place[is_seam] = np.arange(count, count + np.count_nonzero(is_seam))
    placed = np.zeros((count + np.count_nonzero(is_seam), 2), np.float32)
    placed[place] = uv
    whole = np.concatenate([np.arange(count, dtype=np.int32), origin[is_seam]])
    return replace(
        animation,
        vertices=np.ascontiguousarray(animation.vertices[:, whole]),
        faces=place[faces],
        uv=placed,
        texture=texture,
        origin=whole,
        unlit=True,
    )
