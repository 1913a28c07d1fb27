"""Films that are made up, their cameras known.

Bodies move, their masks' edges are unsteady, and their meshes a little wrong.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.outline import Outline, covered
from bench.export_rig import SOFTNESS, distances, frame_of
from builder.toy import ORANGE, Pill, mesh, walking_fox

Floats = NDArray[np.float64]
Point = tuple[float, float, float]

FPS = 8.0
WIDTH, HEIGHT = 480, 360
WAVES = 8  # of a shape's noise
CELL = 0.03  # of the bodies' meshes, which are about 2 units long


@dataclass(frozen=True, eq=False)
class Film:
    """A clip whose camera is known.

    Attributes:
        animation: the mesh, with what is wrong with it.
        masks: (T, HEIGHT, WIDTH) uint8.
        camera: the true one.
    """

    animation: Animation
    masks: NDArray[np.uint8]
    camera: FilmCamera


def carried(poses: Sequence[list[Pill]], cell: float = CELL) -> Animation:
    """The surface around the pills of the first pose, carried along by them."""
    vertices, faces = mesh(poses[0], cell)
    rest = vertices.astype(np.float64)
    near = distances(poses[0], rest)
    weights = np.exp((near.min(axis=0) - near) / SOFTNESS)
    weights /= weights.sum(axis=0)
    frames = []
    for pills in poses:
        moved = np.zeros_like(rest)
        for before, after, share in zip(poses[0], pills, weights, strict=True):
            (axes, start), (turned, place) = frame_of(before), frame_of(after)
            moved += share[:, None] * ((rest - start) @ axes @ turned.T + place)
        frames.append(moved)
    return Animation(np.stack(frames).astype(np.float32), faces, FPS)


def fox(count: int = 8, cell: float = CELL) -> Animation:
    """The toy, which looks along +X, through one cycle of its walk."""
    return carried([walking_fox(index / count) for index in range(count)], cell)


def figure(count: int = 8, cell: float = CELL) -> Animation:
    """Somebody who stands, looks along +Z, waves one arm and swings the other."""
    return carried([_person(2 * math.pi * index / count) for index in range(count)], cell)


def hopper(count: int = 8, cell: float = CELL) -> Animation:
    """An upright animal with a thick tail and short arms that looks along +X, and nods."""
    return carried([_hopper(2 * math.pi * index / count) for index in range(count)], cell)


def vase(count: int = 8) -> Animation:
    """A surface of revolution around +Y that is squeezed and let go: no outline tells its azimuth."""
    height = np.linspace(0, 1.6, 60)
    radius = 0.32 + 0.14 * np.sin(height * 4.2) - 0.08 * height
    radius[[0, -1]] = 0.0
    return _squeezed(*_tube(np.stack([0 * height, height, 0 * height], axis=1), radius, 48), count)


def spring(count: int = 8) -> Animation:
    """A box on a coil that is squeezed and let go: nearly the same from most sides."""
    turn = np.linspace(0, 2 * math.pi * 4, 200)
    line = np.stack([0.36 * np.cos(turn), 0.1 + turn * 0.035, 0.36 * np.sin(turn)], axis=1)
    coil, faces = _tube(line, np.full(200, 0.07), 10)
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
    box = corners * [0.42, 0.16, 0.42] + [0, 1.13, 0]
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    box_faces = np.array([t for a, b, c, d in sides for t in ((a, b, c), (a, c, d))]) + len(coil)
    return _squeezed(np.concatenate([coil, box]), np.concatenate([faces, box_faces]), count)


def turned(animation: Animation, degrees: float | Floats) -> Animation:
    """A body turned about +Y, by one angle or by one for each key, counter-clockwise seen from above."""
    angles = np.radians(np.broadcast_to(degrees, animation.num_frames))
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y, z = np.moveaxis(animation.vertices.astype(np.float64), 2, 0)
    moved = np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=2)
    return replace(animation, vertices=moved.astype(np.float32))


def noisy(animation: Animation, share: float, seed: int) -> Animation:
    """A body whose shape is wrong, and wrong alike at each key.

    Args:
        animation: the body.
        share: root mean square of the vertices' displacement, of the longest side of the first key's box.
            What of it would move, turn or scale the whole is taken out.
        seed: of the smooth noise, whose waves are a quarter to the whole of that side long.
    """
    if share == 0:
        return animation
    rng = np.random.default_rng(seed)
    rest = animation.vertices[0].astype(np.float64)
    side = float(np.ptp(rest, axis=0).max())
    field = np.zeros_like(rest)
    for _ in range(WAVES):
        direction, push = rng.normal(size=(2, 3))
        wave = direction / np.linalg.norm(direction) / rng.uniform(0.25, 1) / side
        field += push * np.sin(2 * math.pi * (rest @ wave) + rng.uniform(0, 2 * math.pi))[:, None]
    middle = rest - rest.mean(axis=0)
    moves = [np.tile(axis, (len(rest), 1)) for axis in np.eye(3)]
    moves += [np.cross(axis, middle) for axis in np.eye(3)] + [middle]
    basis = np.stack([move.ravel() for move in moves], axis=1)
    field -= (basis @ np.linalg.lstsq(basis, field.ravel(), rcond=None)[0]).reshape(field.shape)
    field *= share * side / math.sqrt(float((field**2).sum(axis=1).mean()))
    return replace(animation, vertices=(animation.vertices + field).astype(np.float32))


def film_camera(
    animation: Animation,
    azimuth: float,
    elevation: float,
    *,
    roll: float = 0.0,
    closeness: float = 0.2,
    filled: float = 0.62,
) -> FilmCamera:
    """A camera that sees a body in the middle of the frame.

    Args:
        animation: the body.
        azimuth: degrees.
        elevation: degrees.
        roll: degrees.
        closeness: half of the longest side of the joint box over the distance.
        filled: share of the frame's height or width that the body fills.
    """
    low, high = (end(animation.vertices.astype(np.float64), axis=(0, 1)) for end in (np.min, np.max))
    x, y, z = ((low + high) / 2).tolist()
    half = float((high - low).max()) / 2
    camera = FilmCamera((x, y, z), azimuth, elevation, roll, closeness / half, 1.0, (0.0, 0.0))
    seen, _ = camera.project(animation.vertices.astype(np.float64))
    low, high = seen.min(axis=(0, 1)), seen.max(axis=(0, 1))
    scale = filled * float((np.array([WIDTH, HEIGHT]) / (high - low)).min())
    column, row = (np.array([WIDTH - 1, HEIGHT - 1]) / 2 - scale * (low + high) / 2).tolist()
    return replace(camera, scale=scale, centre=(column, row))


def masks_of(animation: Animation, camera: FilmCamera, jitter: float, seed: int) -> NDArray[np.uint8]:
    """Masks (T, HEIGHT, WIDTH) uint8 whose edge strays by some pixels (root mean square), afresh in each."""
    rng = np.random.default_rng(seed)
    outline = Outline(animation.faces)
    masks = []
    for frame in animation.vertices.astype(np.float64):
        seen, _ = camera.project(frame)
        mask = covered(outline.rim(seen), seen, WIDTH, HEIGHT)
        if jitter:
            inside = mask > 0.5
            depth = distance_transform_edt(inside) - distance_transform_edt(~inside)
            noise = gaussian_filter(rng.normal(size=mask.shape), 6)
            mask = np.clip(depth + noise * (jitter / noise.std()) + 0.5, 0, 1)
        masks.append(np.round(mask * 255).astype(np.uint8))
    return np.stack(masks)


def film(
    body: Animation, camera: FilmCamera, *, share: float = 0.0, jitter: float = 1.5, seed: int = 0
) -> Film:
    """The film of a body, and a mesh of it whose shape is wrong by some share; see `noisy`."""
    return Film(noisy(body, share, seed), masks_of(body, camera, jitter, seed), camera)


BODIES: dict[str, Callable[[], Animation]] = {
    "fox, side": fox,
    "fox, 3/4": lambda: turned(fox(), -45),
    "fox, front": lambda: turned(fox(), -90),
    "figure": figure,
    "hopper, 3/4": lambda: turned(hopper(), -40),
}
SYMMETRIC: dict[str, Callable[[], Animation]] = {"spring": spring, "vase": vase}


def _person(turn: float) -> list[Pill]:
    wave, swing = 0.35 * math.sin(turn), 0.25 * math.sin(turn + 1)
    hand = (0.62 + 0.1 * math.cos(turn), 1.35 + wave * 0.5, 0.12)
    other = (-0.33, 0.62 + 0.05 * swing, 0.1 + swing)
    return [
        _pill((0, 0.78, 0), (0, 1.12, 0), 0.17, 0.2),
        _pill((0, 1.3, 0), (0, 1.48, 0.02), 0.08, 0.15),
        _pill((0, 1.47, 0.12), (0, 1.45, 0.2), 0.05, 0.03),
        _pill((0.2, 1.17, 0), (0.44, 1.05 + wave * 0.2, 0.02), 0.08, 0.07),
        _pill((0.44, 1.05 + wave * 0.2, 0.02), hand, 0.07, 0.06),
        _pill((-0.2, 1.17, 0), (-0.31, 0.9, swing * 0.4), 0.08, 0.07),
        _pill((-0.31, 0.9, swing * 0.4), other, 0.07, 0.06),
        _pill((0.1, 0.75, 0), (0.14, 0.4, 0.05 - swing * 0.5), 0.11, 0.08),
        _pill((0.14, 0.4, 0.05 - swing * 0.5), (0.15, 0.06, -swing * 0.8), 0.08, 0.06),
        _pill((0.15, 0.05, -swing * 0.8), (0.16, 0.04, 0.13 - swing * 0.8), 0.06, 0.05),
        _pill((-0.1, 0.75, 0), (-0.13, 0.4, 0.05 + swing * 0.5), 0.11, 0.08),
        _pill((-0.13, 0.4, 0.05 + swing * 0.5), (-0.14, 0.06, swing * 0.8), 0.08, 0.06),
        _pill((-0.14, 0.05, swing * 0.8), (-0.15, 0.04, 0.13 + swing * 0.8), 0.06, 0.05),
    ]


def _hopper(turn: float) -> list[Pill]:
    nod, sway = 0.06 * math.sin(turn), 0.2 * math.sin(turn - 1)
    pills = [
        _pill((-0.1, 0.55, 0), (0.15, 0.95, 0), 0.27, 0.17),
        _pill((0.15, 0.95, 0), (0.32, 1.28 + nod, 0), 0.12, 0.1),
        _pill((0.32, 1.32 + nod, 0), (0.58, 1.24 + 1.5 * nod, 0), 0.12, 0.06),
        _pill((-0.25, 0.45, 0), (-0.65, 0.2, sway * 0.3), 0.16, 0.09),
        _pill((-0.65, 0.2, sway * 0.3), (-1.15, 0.1, sway), 0.09, 0.05),
    ]
    for side in (-1, 1):
        lift = 0.08 * math.sin(turn + side)
        pills += [
            _pill((0.28, 1.38 + nod, side * 0.06), (0.24, 1.62 + nod, side * 0.12), 0.05, 0.03),
            _pill((0.2, 0.9, side * 0.15), (0.4, 0.72 + lift, side * 0.16), 0.06, 0.04),
            _pill((-0.1, 0.5, side * 0.2), (0.18, 0.36, side * 0.24), 0.19, 0.1),
            _pill((0.18, 0.36, side * 0.24), (-0.12, 0.1, side * 0.24), 0.08, 0.06),
            _pill((-0.12, 0.07, side * 0.24), (0.34, 0.05, side * 0.26), 0.06, 0.05),
        ]
    return pills


def _pill(start: Point, end: Point, first: float, last: float) -> Pill:
    return Pill(start, end, (first, last), ORANGE)


def _tube(line: Floats, radius: Floats, around: int) -> tuple[Floats, NDArray[np.int64]]:
    """A closed tube around a line (N, 3) with radii (N,): vertices and faces."""
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, [0.0, 0.01, 1.0])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    angle = 2 * math.pi * np.arange(around) / around
    ring = np.cos(angle)[:, None] * side[:, None] + np.sin(angle)[:, None] * np.cross(along, side)[:, None]
    points = (line[:, None] + radius[:, None, None] * ring).reshape(-1, 3)
    here = (np.arange(len(line) - 1)[:, None] * around + np.arange(around)).ravel()
    beside = here - here % around + (here + 1) % around
    up = np.stack([here, beside, here + around], axis=1)
    down = np.stack([beside, beside + around, here + around], axis=1)
    return points, np.concatenate([up, down])


def _squeezed(points: Floats, faces: NDArray[np.int64], count: int) -> Animation:
    factors = 1 + 0.12 * np.sin(2 * math.pi * np.arange(count) / count)
    frames = np.stack([points * [1 / math.sqrt(f), f, 1 / math.sqrt(f)] for f in factors])
    return Animation(frames.astype(np.float32), faces.astype(np.int32), FPS)
