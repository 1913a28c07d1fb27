"""A toy fox made of pills (capsules whose two ends may differ in size), and how it walks.

Axes are the worker's: Y up, the ground at 0, and the fox looks along +X. It is about 2 units long.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

Point = tuple[float, float, float]
Colour = tuple[int, int, int]

ORANGE: Colour = (236, 118, 44)
CREAM: Colour = (255, 240, 220)
BROWN: Colour = (88, 54, 44)
BLACK: Colour = (34, 28, 30)
WHITE: Colour = (255, 255, 255)

BLEND = 0.022  # how far a pill's surface flows into its neighbour's
REACH = 6 * BLEND  # beyond this distance a pill no longer counts
PAINT_BLEND = 0.0025  # width of the seam between two colours
BOX = (np.array([-1.45, -0.06, -0.5]), np.array([1.25, 1.72, 0.5]))  # holds the fox in every pose

THIGH, SHIN = 0.285, 0.285
HIP_HEIGHT = 0.57
STRIDE = 0.2  # how far a paw goes forward and back from below its hip
LIFT = 0.14
TAIL, TAIL_PARTS = 0.85, 11
STANCE = 0.6  # share of the cycle for which a paw is on the ground


@dataclass(frozen=True)
class Pill:
    """A capsule from one point to another with a radius at each, of one colour."""

    start: Point
    end: Point
    radii: tuple[float, float]
    colour: Colour

    def distance(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """(…,) signed distance of places (…, 3) from its surface, negative inside."""
        start, along = np.array(self.start), np.subtract(self.end, self.start)
        length = max(float(along @ along), 1e-12)
        share = np.clip((places - start) @ along / length, 0, 1)
        away = np.linalg.norm(places - start - share[..., None] * along, axis=-1)
        distance: NDArray[np.float64] = away - self.radii[0] - share * (self.radii[1] - self.radii[0])
        return distance


def walking_fox(cycle: float) -> list[Pill]:
    """The fox at a moment of its walk; ``cycle`` 0 and 1 are the same pose."""
    turn = 2 * math.pi * cycle
    bob = 0.018 * math.sin(2 * turn)
    return [*_body(bob), *_head(turn, bob), *_tail(turn, bob), *_legs(cycle, bob)]


def _ball(centre: Point, radius: float, colour: Colour) -> Pill:
    return Pill(centre, centre, (radius, radius), colour)


def _body(bob: float) -> list[Pill]:
    y = 0.69 + bob
    return [
        Pill((-0.4, y + 0.01, 0), (0.28, y + 0.03, 0), (0.2, 0.22), ORANGE),
        Pill((-0.28, y - 0.06, 0), (0.24, y - 0.08, 0), (0.15, 0.18), CREAM),
        Pill((0.3, y - 0.04, 0), (0.44, y + 0.12, 0), (0.19, 0.16), CREAM),
    ]


def _head(turn: float, bob: float) -> list[Pill]:
    """Neck, head and face; the head nods twice a cycle, a little after the body."""
    x, y = 0.64 + 0.015 * math.cos(2 * turn), 1.09 + bob + 0.035 * math.sin(2 * turn - 0.9)
    nod = 0.03 * math.sin(2 * turn - 1.4)
    pills = [
        Pill((0.28, 0.77 + bob, 0), (x - 0.08, y - 0.04, 0), (0.2, 0.16), ORANGE),
        Pill((x, y, -0.06), (x, y, 0.06), (0.225, 0.225), ORANGE),
        Pill((x + 0.1, y - 0.05, 0), (x + 0.36, y - 0.09 + nod, 0), (0.14, 0.055), ORANGE),
        Pill((x + 0.1, y - 0.115, 0), (x + 0.32, y - 0.125 + nod, 0), (0.125, 0.05), CREAM),
        _ball((x + 0.415, y - 0.07 + nod, 0), 0.046, BLACK),
    ]
    for side in (-1, 1):
        pills += [
            Pill((x + 0.09, y - 0.1, side * 0.11), (x - 0.03, y - 0.11, side * 0.18), (0.125, 0.08), CREAM),
            Pill((x - 0.05, y + 0.15, side * 0.12), (x - 0.1, y + 0.4, side * 0.19), (0.105, 0.022), ORANGE),
            Pill((x - 0.08, y + 0.32, side * 0.172), (x - 0.1, y + 0.41, side * 0.19), (0.06, 0.024), BROWN),
            Pill((x + 0.0, y + 0.17, side * 0.14), (x - 0.06, y + 0.31, side * 0.182), (0.07, 0.02), CREAM),
            _ball((x + 0.135, y + 0.04, side * 0.185), 0.05, BLACK),
            _ball((x + 0.152, y + 0.064, side * 0.221), 0.011, WHITE),
        ]
    return pills


def _tail(turn: float, bob: float) -> list[Pill]:
    """A bushy tail, whose wave runs from its root to its white tip."""
    x, y, z = -0.5, 0.75 + bob, 0.0
    pills = []
    for part in range(TAIL_PARTS):
        along = part / TAIL_PARTS
        lift = 0.1 + 1.15 * along + 0.3 * math.sin(2 * turn - 4.5 * along)
        sway = 0.5 * math.sin(2 * turn - 3 * along)
        step = TAIL / TAIL_PARTS
        end = (
            x - step * math.cos(lift) * math.cos(sway),
            y + step * math.sin(lift),
            z + step * math.cos(lift) * math.sin(sway),
        )
        white = along >= 0.64
        radii = (_tail_radius(along) + 0.018 * white, _tail_radius(along + 1 / TAIL_PARTS) + 0.018 * white)
        pills.append(Pill((x, y, z), end, radii, CREAM if white else ORANGE))
        x, y, z = end
    return pills


def _tail_radius(along: float) -> float:
    """Thin at the root, thick beyond the middle, pointed at the end; ``along`` is 0 to 1."""
    return 0.06 + 0.1 * math.sin(math.pi * along**1.3) - 0.035 * along**4


def _legs(cycle: float, bob: float) -> list[Pill]:
    """Four legs in the order of a walk: each a quarter of the cycle after the one before."""
    pills = []
    for hip_x, side, delay, bend in (
        (-0.4, 1, 0.0, -1),
        (0.33, 1, 0.25, 1),
        (-0.4, -1, 0.5, -1),
        (0.33, -1, 0.75, 1),
    ):
        z = side * 0.14
        hip = (hip_x, HIP_HEIGHT + bob, z)
        forward, up = _paw((cycle - delay) % 1)
        paw = (hip_x + forward, 0.05 + up, z)
        knee = _knee(hip, paw, bend)
        pills += [
            Pill(hip, knee, (0.12, 0.066), ORANGE),
            Pill(knee, paw, (0.064, 0.046), BROWN),
            Pill(paw, (paw[0] + 0.07, paw[1] - 0.005, z), (0.052, 0.045), BROWN),
        ]
    return pills


def _paw(cycle: float) -> tuple[float, float]:
    """How far forward of its hip and above the ground a paw is: back evenly, then forward in an arc."""
    if cycle < STANCE:
        return STRIDE * (1 - 2 * cycle / STANCE), 0.0
    swing = (cycle - STANCE) / (1 - STANCE)
    return -STRIDE * math.cos(math.pi * swing), LIFT * math.sin(math.pi * swing)


def _knee(hip: Point, paw: Point, bend: int) -> Point:
    """Where thigh and shin meet: forward of the line from hip to paw with bend 1, behind it with -1."""
    x, y = paw[0] - hip[0], paw[1] - hip[1]
    span = min(math.hypot(x, y), (THIGH + SHIN) * 0.999)
    along = (span**2 + THIGH**2 - SHIN**2) / (2 * span)
    out = bend * math.sqrt(THIGH**2 - along**2)
    return hip[0] + (x * along - y * out) / span, hip[1] + (y * along + x * out) / span, hip[2]


def mesh(pills: Sequence[Pill], cell: float) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """The surface around pills that flow into each other: a smooth union by the sum of exponentials.

    Args:
        pills: within `BOX`.
        cell: side of the grid's cells for marching cubes.

    Returns:
        (V, 3) float32 vertices and (F, 3) int32 faces, counter-clockwise seen from outside.
    """
    low, high = BOX
    shape = np.ceil((high - low) / cell).astype(int)
    total = np.full(shape, math.exp(-REACH / BLEND))
    for pill in pills:
        reach = max(pill.radii) + REACH
        first = np.maximum((np.minimum(pill.start, pill.end) - reach - low) // cell, 0).astype(int)
        last = np.minimum((np.maximum(pill.start, pill.end) + reach - low) // cell + 2, shape).astype(int)
        axes = [low[i] + cell * np.arange(first[i], last[i]) for i in range(3)]
        places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        box = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
        total[box] += np.exp(-pill.distance(places) / BLEND)
    field = -BLEND * np.log(total)
    vertices, faces, _, _ = marching_cubes(field, 0.0, spacing=(cell,) * 3)  # type: ignore[no-untyped-call]  # untyped
    return (vertices + low).astype(np.float32), faces.astype(np.int32)


def paint(pills: Sequence[Pill], vertices: NDArray[np.float32]) -> NDArray[np.float32]:
    """The colours of vertices (V, 3), each of the pill that it is nearest to: (V, 3) float32 sRGB."""
    distance = np.stack([pill.distance(vertices.astype(np.float64)) for pill in pills], axis=1)
    weights = np.exp((distance.min(axis=1, keepdims=True) - distance) / PAINT_BLEND)
    colours = np.array([pill.colour for pill in pills], np.float64)
    mixed: NDArray[np.float32] = (weights @ colours / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return mixed
