"""Measures of a moving surface, in the picture that it was made from."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tests.engines.silhouette.drawn import Bend

FINENESS = 3  # subpixels a side of a rendered silhouette
SUBPIXEL_BITS = 4  # of cv2's fixed-point corners


def silhouette(
    vertices: NDArray[np.float64], faces: NDArray[np.integer], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """The pixels (H, W) that faces cover, of vertices (V, 3) in pixels, in a picture of that shape."""
    fine = np.zeros((shape[0] * FINENESS, shape[1] * FINENESS), np.uint8)
    positions = (vertices[:, :2] + 0.5) * FINENESS - 0.5
    corners = np.round(positions * 2**SUBPIXEL_BITS).astype(np.int32)[faces]
    for triangle in corners:
        cv2.fillConvexPoly(fine, triangle, 255, cv2.LINE_8, SUBPIXEL_BITS)
    covered: NDArray[np.bool_] = cv2.resize(fine, shape[1::-1], interpolation=cv2.INTER_AREA) > 127
    return covered


def overlaps(
    vertices: NDArray[np.float64], faces: NDArray[np.integer], masks: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Intersection over union (T,) of the silhouettes of (T, V, 3) with masks (T, H, W)."""
    values = []
    for frame_vertices, mask in zip(vertices, masks, strict=True):
        covered = silhouette(frame_vertices, faces, mask.shape)
        values.append((covered & mask).sum() / (covered | mask).sum())
    return np.array(values)


def reversed_share(vertices: NDArray[np.float64], faces: NDArray[np.integer], anchor: int) -> float:
    """The share of faces turned over, as seen from the camera, against the anchor frame; mean over frames."""
    a, b, c = (vertices[:, faces[:, corner], :2] for corner in range(3))
    u, v = b - a, c - a
    area = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return float((area * area[anchor] < 0).mean())


def is_watertight(faces: NDArray[np.integer]) -> bool:
    """Whether every edge is shared by exactly two faces, which run along it in opposite directions."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    there, counts = np.unique(edges, axis=0, return_counts=True)
    back = np.unique(edges[:, ::-1], axis=0)
    return bool((counts == 1).all() and np.array_equal(there, back))


def num_components(faces: NDArray[np.integer]) -> int:
    """How many connected parts the faces make."""
    count = int(faces.max()) + 1
    links = coo_array(
        (np.ones(faces[:, :2].size), (faces[:, :2].ravel(), faces[:, 1:].ravel())), shape=(count, count)
    )
    return int(connected_components(links, directed=False)[0])


def volume(vertices: NDArray[np.floating], faces: NDArray[np.integer]) -> float:
    """The enclosed volume; positive if faces are counter-clockwise from outside in right-handed axes."""
    a, b, c = (vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def drift(
    vertices: NDArray[np.float64], anchor: int, bend: Bend
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far vertices (T, V, 3) are from where a known motion takes them, and how far it takes them.

    Args:
        vertices: pixels.
        anchor: the frame from whose vertices the motion is followed.
        bend: the motion.

    Returns:
        Errors and motions, (T, V) pixels each.
    """
    still = bend.backwards(vertices[anchor, :, :2], anchor)
    truth = np.stack([bend.forwards(still, frame) for frame in range(len(vertices))])
    errors = np.linalg.norm(vertices[..., :2] - truth, axis=2)
    return errors, np.linalg.norm(truth - truth[anchor], axis=2)
