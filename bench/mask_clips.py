"""Clips that are drawn, so that their masks are known: subjects that move over backgrounds of many kinds.

What each clip shows is chosen at random by its number, so that nobody's choice favours a method.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import data

from tests.engines.silhouette.drawn import Bend, animal

FRAMES, SIZE = 16, 384
SCENES = ("one", "one", "one", "rests", "two", "crossed", "cut")
BACKGROUNDS = ("plain", "room", "noise", "clouds", "leaves", "photo", "pan", "shake")
PHOTOS = ("astronaut", "coffee", "chelsea", "rocket", "stereo_motorcycle", "retina")

Images = NDArray[np.uint8]
Clip = NDArray[np.uint8]
"""(T, SIZE, SIZE, 4) uint8 RGBA, a subject that moves in its place."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A clip with its truth.

    Attributes:
        name: what it shows.
        images: (T, H, W, 3) uint8.
        truth: (T, H, W) bool, what is seen of the largest subject.
    """

    name: str
    images: Images
    truth: NDArray[np.bool_]


def subjects() -> dict[str, Clip]:
    """The subjects that need no file: a drawn animal, and a horse's outline in a drawn coat."""
    horse = np.logical_not(data.horse())  # type: ignore[no-untyped-call]  # skimage has no types
    side = np.zeros((400, 400), np.uint8)
    side[36 : 36 + horse.shape[0]] = np.where(horse, 255, 0)
    still = animal(SIZE, seed=5)
    still[..., 3] = cv2.resize(side, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    bend = Bend(size=SIZE, strength=0.6)
    return {"animal": bend.clip(animal(SIZE)), "horse": bend.clip(still)}


def draw(number: int, cast: dict[str, Clip]) -> Drawn:
    """The clip of a number, with one of the cast as its subject."""
    rng = np.random.default_rng(number)
    name = str(rng.choice(sorted(cast)))
    scene, background = str(rng.choice(SCENES)), str(rng.choice(BACKGROUNDS))
    scale = float(rng.choice([0.35, 0.6, 0.8]))
    frames = _background(background, rng)
    colour = _coat_colour(rng)
    shown = [(_painted(cast[name], colour, rng), scale, *_path(scene, scale, rng))]
    if scene in ("two", "crossed"):
        other = _painted(cast[str(rng.choice(sorted(cast)))], _coat_colour(rng), rng)
        shown.append((other, 0.55 * scale if scene == "crossed" else 0.95 * scale, *_path("one", scale, rng)))
    images, truth = _lay(frames, shown)
    label = f"{number} {name}, {scene}, {background}, {scale:.2f}"
    return _with_noise(label, number, images, truth)


def draw_part(number: int, cast: dict[str, Clip]) -> Drawn:
    """A clip in which one end of the subject, as a head or a limb, sways and the rest of it rests."""
    rng = np.random.default_rng(777_000 + number)
    name = str(rng.choice(sorted(cast)))
    background = str(rng.choice(["room", "noise", "clouds", "photo", "photo", "pan", "shake"]))
    scale = float(rng.choice([0.6, 0.8, 0.95]))
    still = _painted(cast[name], _coat_colour(rng), rng)[0]
    frames = _background(background, rng)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle), np.sin(angle)
    rows, columns = np.indices((SIZE, SIZE), np.float32)
    reach, body = columns * along[0] + rows * along[1], still[..., 3] > 127
    start, end = np.quantile(reach[body], rng.uniform(0.6, 0.85)), reach[body].max()
    sways = np.clip((reach - start) / max(1, 0.35 * (end - start)), 0, 1)
    most, phase, period = rng.uniform(0.05, 0.13) * SIZE, rng.uniform(0, 6.3), rng.uniform(6, 12)
    shifts = most * np.sin(2 * np.pi * np.arange(FRAMES) / period + phase)
    bent = [
        (
            (columns + sways * shift * along[1]).astype(np.float32),
            (rows - sways * shift * along[0]).astype(np.float32),
        )
        for shift in shifts
    ]
    clip = np.stack([cv2.remap(still, x, y, cv2.INTER_LINEAR) for x, y in bent]).astype(np.uint8)
    middle = np.full(2, 0.5)
    images, truth = _lay(frames, [(clip, scale, middle, middle)])
    return _with_noise(f"{number} {name}, part, {background}, {scale:.2f}", number, images, truth)


def _with_noise(name: str, number: int, images: NDArray[np.float64], truth: NDArray[np.bool_]) -> Drawn:
    """A clip as a camera gives it, with a little noise."""
    noisy = images + np.random.default_rng(number).normal(0, 2, images.shape)
    return Drawn(name, np.clip(noisy, 0, 255).astype(np.uint8), truth)


def _coat_colour(rng: np.random.Generator) -> NDArray[np.float64] | None:
    """A colour to which a coat is shifted, or None: it keeps its own."""
    return None if rng.random() < 0.5 else rng.uniform(30, 225, 3)


def _painted(clip: Clip, colour: NDArray[np.float64] | None, rng: np.random.Generator) -> Clip:
    """A subject in another mean colour, perhaps seen from the other side."""
    painted = clip[:, :, ::-1].copy() if rng.random() < 0.5 else clip.copy()
    if colour is not None:
        mean = painted[painted[..., 3] > 127][:, :3].mean(axis=0)
        painted[..., :3] = np.clip(painted[..., :3] + (colour - mean), 0, 255).astype(np.uint8)
    return painted


def _path(
    scene: str, scale: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the middle of a subject is in the first frame and in the last, shares of the picture."""
    room = max(0.0, 0.5 - scale / 2)
    start = 0.5 + rng.uniform(-room, room, 2)
    if scene == "rests":
        return start, start
    if scene == "cut":
        start[0] = float(rng.choice([0.12, 0.88]))
        return start, start + np.array([0.05, 0])
    return start, np.clip(start + rng.uniform(-0.3, 0.3, 2), 0.5 - room, 0.5 + room)


def _lay(
    frames: NDArray[np.float64], shown: Sequence[tuple[Clip, float, NDArray[np.float64], NDArray[np.float64]]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Lays subjects over frames, one over the other; and where the first is seen."""
    truth = np.zeros(frames.shape[:3], bool)
    for index, (clip, scale, start, end) in enumerate(shown):
        for frame, share in enumerate(np.linspace(0, 1, len(frames))):
            centre = (start + share * (end - start)) * SIZE
            shift = centre - scale * SIZE / 2
            matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
            placed = cv2.warpAffine(clip[frame % len(clip)], matrix, (SIZE, SIZE), flags=cv2.INTER_AREA)
            alpha = cv2.GaussianBlur(placed[..., 3], (0, 0), 0.7)[..., None] / 255
            frames[frame] += alpha * (placed[..., :3] - frames[frame])
            truth[frame] = truth[frame] & (alpha[..., 0] < 0.5) if index else alpha[..., 0] >= 0.5
    return frames, truth


def _background(kind: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """(FRAMES, SIZE, SIZE, 3) without a subject."""
    still = np.broadcast_to(rng.uniform(60, 240, 3), (SIZE, SIZE, 3)).copy()
    if kind == "room":
        still[int(0.7 * SIZE) :] = rng.uniform(60, 240, 3)
        still *= np.linspace(0.85, 1.1, SIZE)[:, None]
    elif kind == "noise":
        still += rng.normal(0, 30, still.shape)
    elif kind == "clouds":
        still = _clouds(rng)
    if kind == "leaves":
        return _leaves(rng)
    if kind not in ("photo", "pan", "shake"):
        return np.repeat(np.clip(still, 0, 255)[None], FRAMES, axis=0)
    photo = np.asarray(_photo(str(rng.choice(PHOTOS))), np.float64)
    steps = {
        "photo": 0 * np.arange(FRAMES),
        "pan": 6 * np.arange(FRAMES),
        "shake": 8 + 4 * np.sin(np.arange(FRAMES)),
    }
    return np.stack([photo[:, int(step) : int(step) + SIZE] for step in steps[kind]])


def _photo(name: str) -> Images:
    """A photograph that scikit-image ships, SIZE high and at least 96 wider."""
    picture = getattr(data, name)()
    picture = np.asarray(picture[0] if isinstance(picture, tuple) else picture)[..., :3]
    wide = max(SIZE + 96, round(picture.shape[1] * SIZE / picture.shape[0]))
    return np.asarray(cv2.resize(picture, (wide, SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def _clouds(rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise of several sizes in any colours."""
    total = np.zeros((SIZE, SIZE, 3))
    for size in (2, 4, 8, 16, 32, 64):
        noise = rng.standard_normal((SIZE // size + 2, SIZE // size + 2, 3))
        total += cv2.resize(noise, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC) * size**0.5
    return np.asarray(total / total.std() * 28 + rng.uniform(80, 180, 3), np.float64)


def _leaves(rng: np.random.Generator) -> NDArray[np.float64]:
    """Leaves that sway, each in its own time."""
    frames = np.full((FRAMES, SIZE, SIZE, 3), rng.uniform(40, 120, 3))
    places, phases = rng.uniform(0, SIZE, (500, 2)), rng.uniform(0, 2 * np.pi, 500)
    colours = rng.uniform(0.5, 1.3, (500, 1)) * np.array([70, 120, 50])
    for frame, picture in enumerate(frames):
        for place, phase, colour in zip(places, phases, colours, strict=True):
            sway = 5 * np.sin(phase + frame * 0.8)
            centre = (int(place[0] + sway), int(place[1]))
            cv2.ellipse(
                picture, centre, (14, 6), float(np.degrees(phase)) + 3 * sway, 0, 360, colour.tolist(), -1
            )
    return np.asarray(ndimage.gaussian_filter(frames, (0, 0.7, 0.7, 0)), np.float64)
