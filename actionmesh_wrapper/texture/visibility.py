"""What one frame shows of a surface: a colour for each texel, and how far it can be trusted."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import vertex_normals
from actionmesh_wrapper.data.arrays import Bytes, Floats, Ints, Singles
from actionmesh_wrapper.preview.rasterise import SAMPLES, rasterise
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.texels import Texels

FINER = 2  # pixels of the depth's picture along a pixel of the frame
LEAST_COSINE = 0.2  # between a surface and the view; below it nothing is seen
TOLERANCE_PX = 1.5  # of the depth's picture, for a surface that is seen straight on
TOLERANCE = 0.002  # of the box's longest side, in depth
DEPTH_STEP = 0.03  # of the box's longest side: a surface in front of another one
RAMP_PX = (1.0, 4.0)  # of the frame, from an outline: nothing is trusted, all is
ROW = 1 << 12  # texels to a row of what cv2.remap is given


@dataclass(frozen=True, eq=False)
class Sight:
    """What a frame shows of N texels.

    Attributes:
        colours: (N, 3) float32 sRGB, 0 to 255.
        weights: (N,) float32, 0 to 1; 0 for what it does not show.
    """

    colours: Singles
    weights: Singles


def look(
    camera: FilmCamera,
    texels: Texels,
    vertices: NDArray[np.float32],
    faces: NDArray[np.int32],
    image: Bytes,
    mask: Bytes,
) -> Sight:
    """Finds what a frame shows.

    Args:
        camera: that filmed it.
        texels: of the surface.
        vertices: (V, 3) of its key.
        faces: (F, 3).
        image: (H, W, ≥3) sRGB.
        mask: (H, W), 255 on the subject.
    """
    weights = np.zeros(len(texels.index), np.float32)
    places = texels.of(vertices)
    (pixels, depth), cosine = camera.project(places), _cosine(camera, texels, vertices, faces, places)
    colours = _sampled(image[..., :3], pixels)
    some = np.flatnonzero(cosine > LEAST_COSINE)
    found, trust = _depth(camera, vertices, faces, mask)
    height, width = found.shape[0], found.shape[2]
    column = np.floor((pixels[some, 0] + 0.5) * FINER).astype(np.int64)
    row = np.floor((pixels[some, 1] + 0.5) * FINER * SAMPLES).astype(np.int64)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height * SAMPLES)
    some, column, row = some[inside], column[inside], row[inside]
    side = float(np.ptp(vertices, axis=0).max())
    unit = (1 + camera.closeness * depth[some]) / (camera.scale * FINER)
    slack = TOLERANCE_PX * unit / cosine[some] + TOLERANCE * side
    is_seen = depth[some] <= found.reshape(-1, width)[row, column] + slack
    some, column, row = some[is_seen], column[is_seen], row[is_seen]
    weights[some] = cosine[some] ** 4 * trust[row // SAMPLES, column]
    return Sight(colours, weights)


def _cosine(
    camera: FilmCamera,
    texels: Texels,
    vertices: NDArray[np.float32],
    faces: NDArray[np.int32],
    places: Singles,
) -> Singles:
    """(N,) between the surface and the view of it."""
    normals = texels.of(vertex_normals(vertices, faces))
    back = camera.axes[2]
    # Towards the camera, times closeness: also right where it is infinitely far away.
    view = back - camera.closeness * (places - np.asarray(camera.target))
    view = view.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", view, view) * np.einsum("ij,ij->i", normals, normals))
    cosine: Singles = np.einsum("ij,ij->i", normals, view) / np.maximum(lengths, 1e-12)
    return cosine


def _depth(
    camera: FilmCamera, vertices: NDArray[np.float32], faces: NDArray[np.int32], mask: Bytes
) -> tuple[Singles, Singles]:
    """The depth (H, 4, W) of the nearest surface, inf for none, and (H, W) how far each pixel can be trusted."""
    pixels, depth = camera.project(vertices)
    far = float(depth.max()) + 1
    # Falls with depth, is positive, and is affine in the picture with and without perspective.
    before = 1 + camera.closeness * depth
    nearness = np.where(before > 0, far - depth, 0) / np.where(before > 0, before, 1)
    points = np.stack([(pixels[:, 0] + 0.5) * FINER, (pixels[:, 1] + 0.5) * FINER, nearness])
    height, width = mask.shape[0] * FINER, mask.shape[1] * FINER
    hits = rasterise(points, np.ascontiguousarray(faces.T, np.int64), width, height)
    inverse = hits.inverse_depth
    found = np.where(hits.face >= 0, (far - inverse) / (1 + camera.closeness * inverse), np.inf)
    found = found.astype(np.float32)
    return found, _trust(found, mask, DEPTH_STEP * float(np.ptp(vertices, axis=0).max()))


def _trust(found: Singles, mask: Bytes, step: float) -> Singles:
    """(H, W) 0 to 1, by the distance from outlines."""
    nearest, is_hit = found.min(axis=1), np.isfinite(found).any(axis=1)
    farthest = np.where(np.isfinite(found), found, -np.inf).max(axis=1)
    box = np.ones((3, 3), np.uint8)
    high = cv2.dilate(np.where(is_hit, farthest, -1e9).astype(np.float32), box)
    low = cv2.erode(np.where(is_hit, nearest, 1e9).astype(np.float32), box)
    size = (found.shape[2], found.shape[0])
    is_subject = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR) >= 128
    inner = (is_subject & ((high - low) < step)).astype(np.uint8)
    distance = cv2.distanceTransform(
        cv2.copyMakeBorder(inner, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5
    )
    from_edge = distance[1:-1, 1:-1] / FINER
    trust: Singles = np.clip((from_edge - RAMP_PX[0]) / (RAMP_PX[1] - RAMP_PX[0]), 0, 1).astype(np.float32)
    return trust


def _sampled(image: Bytes, pixels: Floats) -> Singles:
    """(N, 3) float32: the image at (N, 2) places."""
    count = len(pixels)
    rows = -(-count // ROW)
    where = np.zeros((rows * ROW, 2), np.float32)
    where[:count] = np.clip(pixels, -1e4, 1e4)
    where = where.reshape(rows, ROW, 2)
    picture = np.ascontiguousarray(image)
    found = cv2.remap(picture, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sampled: Singles = found.reshape(-1, 3)[:count].astype(np.float32)
    return sampled


def spread_keys(count: int, anchor: int, most: int) -> Ints:
    """Up to ``most`` of ``count`` keys, evenly in time: the anchor first, then by how near they are to it."""
    picked = np.unique(np.rint(np.linspace(0, count - 1, min(count, most))).astype(np.int64))
    nearest = int(np.argmin(np.abs(picked - anchor)))
    picked[nearest] = anchor
    order = np.argsort(np.abs(picked - anchor), kind="stable")
    return picked[order]
