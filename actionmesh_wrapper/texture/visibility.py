"""What one frame shows of a surface: a colour for each texel, and how far it can be trusted."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import vertex_normals
from actionmesh_wrapper.data.arrays import Bytes, Floats, Ints, Singles
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.preview.rasterise import SAMPLES, rasterise
from actionmesh_wrapper.texture.texels import Texels

FINER = 2  # pixels of the depth's picture along a pixel of the frame
LEAST_WEIGHT = 0.001
LEAST_COSINE = 0.2  # between a surface and the view; below it nothing is seen
TOLERANCE_PX = 1.5  # of the depth's picture, for a surface that is seen straight on
TOLERANCE = 0.002  # of the box's longest side, in depth
DEPTH_STEP = 0.03  # of the box's longest side: a surface in front of another one
RAMP_PX = (1.5, 4.0)  # of the frame, from an outline: nothing is trusted, all is
CHUNK = 1 << 16  # texels looked up at once
ROW = 1 << 12  # texels to a row of what cv2.remap is given


@dataclass(frozen=True, eq=False)
class Shot:
    """One key as it was filmed.

    Attributes:
        camera: that filmed it.
        vertices: (V, 3) float32.
        faces: (F, 3) int32.
        image: (H, W, ≥3) uint8 sRGB.
        mask: (H, W) uint8, 255 on the subject.
    """

    camera: FilmCamera
    vertices: Singles
    faces: NDArray[np.int32]
    image: Bytes
    mask: Bytes


@dataclass(frozen=True, eq=False)
class Sight:
    """What a frame shows of a surface.

    Attributes:
        texels: (M,) int64, those of the surface's that it shows.
        colours: (M, 3) float32 sRGB, 0 to 255.
        weights: (M,) float32, above 0, up to 1.
    """

    texels: Ints
    colours: Singles
    weights: Singles


def look(shot: Shot, texels: Texels, *, tick: Callable[[], None]) -> Sight:
    """Finds what a frame shows.

    Args:
        shot: the frame and its mesh.
        texels: of the surface.
        tick: is called several times a second; what it raises passes through.
    """
    camera, vertices = shot.camera, shot.vertices
    normals = vertex_normals(vertices, shot.faces)
    cosine = _cosine(camera, vertices, normals)
    found, trust = _depth(shot)
    facing = np.flatnonzero((cosine > LEAST_COSINE)[texels.corners].any(axis=1))
    slack = TOLERANCE * float(np.ptp(vertices, axis=0).max())
    parts = []
    for start in range(0, len(facing), CHUNK):
        tick()
        some = texels.some(facing[start : start + CHUNK])
        places = some.of(vertices)
        parts.append(_seen(camera, places, _cosine(camera, places, some.of(normals)), found, slack))
    where = np.concatenate([start * CHUNK + seen for start, (seen, _, _) in enumerate(parts)] or [facing])
    pixels = np.concatenate([pixels for _, pixels, _ in parts] or [np.zeros((0, 2))])
    weights = np.concatenate([weights for *_, weights in parts] or [np.zeros(0, np.float32)])
    cell = np.floor((pixels + 0.5) * FINER).astype(np.int64)
    weights = (weights * trust[cell[:, 1], cell[:, 0]]).astype(np.float32)
    shown = weights > LEAST_WEIGHT
    return Sight(facing[where[shown]], _sampled(shot.image[..., :3], pixels[shown]), weights[shown])


def _seen(
    camera: FilmCamera, places: Singles, cosine: Singles, found: Singles, slack: float
) -> tuple[Ints, Floats, Singles]:
    """Which of (N, 3) places nothing hides, where each is in the frame, and a weight by its slope."""
    pixels, depth = camera.project(places)
    height, width = found.shape[0], found.shape[2]
    fine = (pixels + 0.5) * FINER
    inside = ((fine >= 0) & (fine < (width, height))).all(axis=1)
    some = np.flatnonzero((cosine > LEAST_COSINE) & inside)
    pixels, depth, cosine = pixels[some], depth[some], cosine[some]
    column = fine[some, 0].astype(np.int64)
    row = np.minimum((fine[some, 1] * SAMPLES).astype(np.int64), height * SAMPLES - 1)
    unit = (1 + camera.closeness * depth) / (camera.scale * FINER)
    is_seen = depth <= found.reshape(-1, width)[row, column] + TOLERANCE_PX * unit / cosine + slack
    return some[is_seen], pixels[is_seen], cosine[is_seen] ** 4


def _cosine(camera: FilmCamera, places: Singles, normals: Singles) -> Singles:
    """(N,) between the normals of (N, 3) places and the way to the camera."""
    # Towards the camera, times closeness: also right where it is infinitely far away.
    view = camera.axes[2] - camera.closeness * (places - np.asarray(camera.target))
    lengths = np.sqrt(np.einsum("ij,ij->i", view, view) * np.einsum("ij,ij->i", normals, normals))
    cosine: Singles = (np.einsum("ij,ij->i", normals, view) / np.maximum(lengths, 1e-12)).astype(np.float32)
    return cosine


def _depth(shot: Shot) -> tuple[Singles, Singles]:
    """The depth (H, 4, W) of the nearest surface, inf for none, and (H, W) how far each is to be trusted."""
    camera, vertices, mask = shot.camera, shot.vertices, shot.mask
    pixels, depth = camera.project(vertices)
    far = float(depth.max()) + 1
    # Falls with depth, is positive, and is affine in the picture with and without perspective.
    before = 1 + camera.closeness * depth
    nearness = np.where(before > 0, far - depth, 0) / np.where(before > 0, before, 1)
    points = np.stack([(pixels[:, 0] + 0.5) * FINER, (pixels[:, 1] + 0.5) * FINER, nearness])
    height, width = mask.shape[0] * FINER, mask.shape[1] * FINER
    hits = rasterise(points, np.ascontiguousarray(shot.faces.T, np.int64), width, height)
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
    if not count:
        return np.zeros((0, 3), np.float32)
    rows = -(-count // ROW)
    where = np.zeros((2, rows * ROW), np.float32)
    where[:, :count] = pixels.T
    x, y = where.reshape(2, rows, ROW)
    picture = np.ascontiguousarray(image)
    found = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sampled: Singles = found.reshape(-1, 3)[:count].astype(np.float32)
    return sampled


def spread_keys(count: int, anchor: int, most: int) -> Ints:
    """Up to ``most`` of ``count`` keys, evenly in time: the anchor first, then by how near they are to it."""
    picked = np.unique(np.rint(np.linspace(0, count - 1, min(count, most))).astype(np.int64))
    nearest = int(np.argmin(np.abs(picked - anchor)))
    picked[nearest] = anchor
    order = np.argsort(np.abs(picked - anchor), kind="stable")
    return picked[order]
