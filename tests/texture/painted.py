"""Bodies of known colours, filmed by known cameras, for what paints films onto meshes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.preview.rasterise import SAMPLE_X, SAMPLES, rasterise
from builder import toy

BACKGROUND = 110.0
BLACK, WHITE = (30, 28, 34), (236, 232, 226)


@dataclass(frozen=True, eq=False)
class Body:
    """A surface and what colour it has: (V, 3) float32, (F, 3) int32, and (V, 3) float32 sRGB."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    colours: NDArray[np.float32]


def fox(cell: float) -> Body:
    """A walking fox that looks along +X: from the front its mirror plane faces the camera."""
    return _of_pills(toy.walking_fox(0.1), cell)


def bear(cell: float) -> Body:
    """A sitting bear that looks along +Z, black and white: its back has other colours than its front."""
    ball, pill = toy._ball, toy.Pill
    pills = [
        pill((0, 0.45, 0), (0, 0.75, 0), (0.34, 0.27), WHITE),
        pill((0, 0.84, -0.02), (0, 0.86, 0.02), (0.24, 0.24), BLACK),
        pill((0, 1.12, 0.04), (0, 1.12, 0.08), (0.27, 0.26), WHITE),
        pill((0, 1.05, 0.24), (0, 1.04, 0.3), (0.13, 0.1), (250, 240, 230)),
        ball((0, 1.09, 0.39), 0.05, (60, 40, 40)),
        pill((0, 0.36, -0.3), (0, 0.36, -0.36), (0.09, 0.07), (150, 60, 40)),
    ]
    for side in (-1, 1):
        pills += [
            ball((side * 0.21, 1.36, 0.02), 0.1, BLACK),
            ball((side * 0.12, 1.15, 0.27), 0.065, BLACK),
            pill((side * 0.26, 0.8, 0.05), (side * 0.42, 0.45, 0.2), (0.11, 0.09), BLACK),
            pill((side * 0.2, 0.2, 0.1), (side * 0.3, 0.16, 0.3), (0.14, 0.11), BLACK),
            ball((side * 0.3, 0.17, 0.37), 0.06, (190, 120, 110)),
        ]
    return _of_pills(pills, cell)


def _of_pills(pills: list[toy.Pill], cell: float) -> Body:
    vertices, faces = toy.mesh(pills, cell)
    return Body(vertices, faces, toy.paint(pills, vertices))


def ball(rings: int = 40) -> Body:
    """A ball of radius 1 whose colour changes slowly all around."""
    polar, around = np.meshgrid(np.linspace(0, math.pi, rings + 1), np.arange(2 * rings) * math.pi / rings)
    places = np.stack(
        [np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], axis=-1
    )
    index = np.arange(places[..., 0].size).reshape(2 * rings, rings + 1)
    a, b = index[:, :-1], index[:, 1:]
    c, d = np.roll(index, -1, axis=0)[:, :-1], np.roll(index, -1, axis=0)[:, 1:]
    faces = np.concatenate([np.stack([a, b, d], -1), np.stack([a, d, c], -1)]).reshape(-1, 3)
    flat = places.reshape(-1, 3)
    return Body(flat.astype(np.float32), faces.astype(np.int32), by_place(flat))


def by_place(points: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N, 3) slow waves of colour over (N, 3) places."""
    waves = np.array([[2.1, 0.7, 0.4], [0.3, 2.6, -0.8], [-0.9, 0.5, 2.3]])
    colours: NDArray[np.float32] = (128 + 90 * np.sin(points @ waves.T)).astype(np.float32)
    return colours


def camera(
    body: Body, azimuth: float = 0, elevation: float = 10, *, side: int = 512, closeness: float = 0.25
) -> FilmCamera:
    """A camera that sees a body from all around at one size; ``closeness`` is of the body's radius."""
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    middle = (low + high) / 2
    radius = max(float(np.linalg.norm(body.vertices - middle, axis=1).max()), 1e-9)
    target = (float(middle[0]), float(middle[1]), float(middle[2]))
    scale = 0.46 * side / radius * math.sqrt(1 - closeness**2)
    centre = ((side - 1) / 2, (side - 1) / 2)
    return FilmCamera(target, azimuth, elevation, 0, closeness / radius, scale, centre)


def turning(body: Body, keys: int, degrees: float, bend: float = 0.0) -> Animation:
    """A body that turns about +Y from -``degrees`` to ``degrees``; the anchor is the key in the middle."""
    middle = (body.vertices.min(axis=0) + body.vertices.max(axis=0)) / 2
    moved = []
    for share in np.linspace(-1, 1, keys) if keys > 1 else [0.0]:
        angle = math.radians(degrees) * share
        turn = np.array(
            [[math.cos(angle), 0, math.sin(angle)], [0, 1, 0], [-math.sin(angle), 0, math.cos(angle)]]
        )
        points = (body.vertices - middle) @ turn.T
        points[:, 0] += bend * share * points[:, 1] ** 2
        moved.append(points + middle)
    return Animation(np.array(moved, np.float32), body.faces, 8.0, anchor=keys // 2)


Paint = Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.floating]]
"""Takes (N,) faces and (N, 3) shares of their corners to (N, 3) colours."""


def by_vertex(faces: NDArray[np.int32], colours: NDArray[np.float32]) -> Paint:
    """Colours between those of the corners."""
    return lambda face, shares: np.einsum("nk,nkc->nc", shares, colours[faces[face]])


def by_texture(made: Animation) -> Paint:
    """The texture's colours, between its texels."""
    import cv2

    assert made.uv is not None
    assert made.texture is not None
    uv, texture = made.uv, made.texture.astype(np.float32)

    def look_up(face: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.floating]:
        where = np.einsum("nk,nkc->nc", shares, uv[made.faces[face]]) * texture.shape[0] - 0.5
        rows = -(-len(where) // 4096)
        padded = np.zeros((2, rows * 4096), np.float32)
        padded[:, : len(where)] = where.T
        x, y = padded.reshape(2, rows, 4096)
        found = cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found.reshape(-1, 3)[: len(where)])

    return look_up


def shot(
    seen_by: FilmCamera, vertices: NDArray[np.float32], faces: NDArray[np.int32], paint: Paint, side: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A picture (side, side, 3) sRGB of a body, and how much of each pixel it covers, 0 to 1."""
    pixels, depth = seen_by.project(vertices)
    far, before = float(depth.max()) + 1, 1 + seen_by.closeness * depth
    columns, rows = pixels.T + 0.5
    points = np.stack([columns, rows, (far - depth) / before])
    face = rasterise(points, np.ascontiguousarray(faces.T, np.int64), side, side).face
    row, sample, column = np.nonzero(face >= 0)
    hit = face[row, sample, column].astype(np.int64)
    place = np.stack([column + np.array(SAMPLE_X)[sample], row + (sample + 0.5) / SAMPLES])
    a, b, c = (points[:2, faces[hit, corner]] for corner in range(3))
    whole = _cross(b - a, c - a)
    whole = np.where(np.abs(whole) < 1e-12, 1, whole)
    beta, gamma = _cross(place - a, c - a) / whole, _cross(b - a, place - a) / whole
    shares = np.clip(np.stack([1 - beta - gamma, beta, gamma], axis=1), 0, 1) / before[faces[hit]]
    picture = np.full((side, SAMPLES, side, 3), BACKGROUND, np.float32)
    picture[row, sample, column] = paint(hit, shares / shares.sum(axis=1, keepdims=True))
    return picture.mean(axis=1), (face >= 0).mean(axis=1).astype(np.float32)


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[0] * other[1] - one[1] * other[0])


def filmed(
    body: Body, animation: Animation, seen_by: FilmCamera, side: int = 512, lights: tuple[float, ...] = ()
) -> tuple[Frames, NDArray[np.uint8]]:
    """The frames that a camera takes of a body, and the body's masks."""
    images, masks = [], []
    for key in range(animation.num_frames):
        paint = by_vertex(body.faces, body.colours)
        picture, cover = shot(seen_by, animation.vertices[key], body.faces, paint, side)
        light = lights[key] if lights else 1.0
        rgb = np.clip(np.rint(picture * light), 0, 255)
        images.append(np.dstack([rgb, np.full((side, side), 255)]).astype(np.uint8))
        masks.append(np.where(cover >= 0.5, 255, 0).astype(np.uint8))
    count = animation.num_frames
    source = Source(count / 8, side, side, 8.0, count)
    return Frames(np.array(images), np.arange(count) / 8.0, source), np.array(masks)


def psnr(
    made: Animation, body: Body, seen_by: FilmCamera, side: int = 512
) -> tuple[float, float, NDArray[np.float32]]:
    """How near a texture comes, at the anchor key, where a camera sees the body whole.

    Returns:
        The PSNR in dB and the mean absolute error in levels, over the body's pixels alone; and the picture.
    """
    key = made.anchor
    truth, cover = shot(seen_by, made.vertices[key], made.faces, _true(made, body), side)
    picture, _ = shot(seen_by, made.vertices[key], made.faces, by_texture(made), side)
    error = (picture - truth)[cover >= 1]
    return 10 * math.log10(255**2 / max(float((error**2).mean()), 1e-9)), float(np.abs(error).mean()), picture


def _true(made: Animation, body: Body) -> Paint:
    return by_vertex(body.faces, body.colours)
