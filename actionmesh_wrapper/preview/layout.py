"""What the preview shows, picture by picture, and where: the input on the left, the mesh on the right."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.preview.camera import View

PANEL = 512  # pixels, the side of both panels
MOST_S = 12.0  # that a preview plays
SIDES = {5: 3, 3: 1, 1: 0}  # of pictures for each key: how many sides it plays from before the camera moves
INSET = 52  # pixels kept free around the input: 5 % of the whole picture's width, so that it is title-safe
BACKGROUND = (244, 244, 245)  # sRGB

FRONT = View(0, math.radians(4))
THREE_QUARTER = View(math.radians(38), math.radians(14))
SIDE = View(math.radians(90), math.radians(6))
OTHER_QUARTER = View(-THREE_QUARTER.yaw, THREE_QUARTER.pitch)
PITCH = math.radians(12)  # of the camera that goes around or swings
SWING = math.radians(40)  # to either side: beyond it a 2.5D mesh shows what nobody filmed


@dataclass(frozen=True)
class Shot:
    """One picture: which key of the animation, seen from where."""

    key: int
    view: View


def pictures_per_key(seconds: float) -> int:
    """How many pictures `storyboard` makes for each key of an animation that takes so long to play."""
    return max(count for count in SIDES if count == 1 or count * seconds <= MOST_S)


def storyboard(keys: range, per_key: int, *, loops: bool = False, front_only: bool = False) -> list[Shot]:
    """The pictures in order, as many for each key as `pictures_per_key` says.

    Of five, the animation plays once from the front, as it was filmed, once from three quarters and once from
    the side. Then it plays forwards and backwards while the camera moves: see `moving_camera`. Of three it
    plays from the front alone before that, and of one it plays once while the camera moves.

    Args:
        keys: of the animation.
        per_key: pictures for each of them.
        loops: whether the motion is a cycle.
        front_only: of a 2.5D mesh, which is seen from the other three quarters in place of the side.
    """
    views = (FRONT, THREE_QUARTER, OTHER_QUARTER if front_only else SIDE)[: SIDES[per_key]]
    last = moving_camera(keys, per_key, loops=loops, front_only=front_only)
    return [Shot(key, view) for view in views for key in keys] + last


def moving_camera(keys: range, per_key: int, *, loops: bool = False, front_only: bool = False) -> list[Shot]:
    """The last part of the storyboard, which is played over and over: two pictures for each key, or one.

    The camera goes all around; before a mesh that has only a front it swings, once to either side. A motion
    that loops is played forwards twice.
    """
    again = keys if loops else reversed(keys)
    played = [*keys, *again] if per_key > 1 else [*keys]
    turns = [2 * math.pi * i / len(played) for i in range(len(played))]
    yaws = [SWING * math.sin(turn) for turn in turns] if front_only else turns
    return [Shot(key, View(yaw, PITCH)) for key, yaw in zip(played, yaws, strict=True)]


def blank(side: int) -> NDArray[np.float32]:
    """An empty panel, (side, side, 3) float32 sRGB, 0 to 255."""
    return np.full((side, side, 3), BACKGROUND, np.float32)


def frame_of_key(key: int, keys: int, frames: int) -> int:
    """The input frame that was taken nearest to a key, where keys lie between frames too."""
    return round(key * (frames - 1) / max(keys - 1, 1))


def input_panel(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One input frame (H, W, 4), fitted whole into a panel: (PANEL, PANEL, 3) uint8."""
    frame = Image.fromarray(image)
    scale = (PANEL - 2 * INSET) / max(frame.size)
    width, height = (max(1, round(side * scale)) for side in frame.size)
    fitted = frame.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
    panel = Image.new("RGBA", (PANEL, PANEL), (*BACKGROUND, 255))
    panel.alpha_composite(fitted, ((PANEL - width) // 2, (PANEL - height) // 2))
    return np.asarray(panel.convert("RGB"))
