"""The frames of a clip painted onto the mesh that was made of it."""

import logging
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.texture.fill import fill
from actionmesh_wrapper.texture.fuse import Fusion
from actionmesh_wrapper.texture.surface import Surface
from actionmesh_wrapper.texture.texels import texels_of
from actionmesh_wrapper.texture.unwrap import Unwrap, UnwrapFailed, Unwrapped, unwrap
from actionmesh_wrapper.texture.visibility import Shot, look, spread_keys

log = logging.getLogger(__name__)

KEYS = 8  # of which the frames are taken; more cost time and show little more
LEAST_SEEN = 0.1  # of the area, below which the colours are hardly the film's
MOST_DISAGREEMENT = 12.0  # levels of 255 between keys, above which the camera is wrong or the mesh is
_UNWRAP, _LOOK, _FILL = 8, 8, 4  # parts of the time


@dataclass(frozen=True, eq=False)
class Baked:
    """A mesh with the colours of the film.

    Attributes:
        animation: the mesh with uv and texture; as it was, without, where no texture could be made.
        origin: (W,) int32, which of the mesh's V vertices each of the new ones is.
        seen: share of the surface's area at the anchor key that shows the film, 0 to 1.
        mirrored: share that shows the film of its other side; 0 where the shape has no mirror plane.
        guessed: share that has colours from near by. The three sum up to 1.
        disagreement: mean difference of colours, 0 to 255, where several keys show the same place clearly.
        doubt: why the colours may be wrong, a sentence; None: nothing was found.
    """

    animation: Animation
    origin: NDArray[np.int32]
    seen: float
    mirrored: float
    guessed: float
    disagreement: float
    doubt: str | None


def bake(
    animation: Animation,
    frames: Frames,
    masks: NDArray[np.uint8],
    camera: FilmCamera,
    *,
    size: int = 1024,
    lay_flat: Unwrap | None = None,
    step: StageStep = lambda _done, _of: None,
) -> Baked:
    """Paints frames onto a mesh.

    The surface is cut into charts; up to `KEYS` frames are looked up for each texel, and those that show it
    best give its colour; what none shows is filled. The same to the last bit from run to run.

    Args:
        animation: T keys; a texture that it has is not used.
        frames: T pictures, one a key.
        masks: (T, H, W) uint8 of the frames' size, 255 on the subject.
        camera: that filmed them.
        size: texels along each side, a multiple of 4.
        lay_flat: cuts the surface into charts; None: `unwrap` does.
        step: is called with what is done, of how much; what it raises passes through at once.

    Raises:
        ValueError: if keys, frames and masks do not fit each other, or the size is no multiple of 4.
    """
    _check(animation, frames, masks, size)
    of = _UNWRAP + _LOOK + _FILL
    step(0, of)
    anchor, faces = animation.vertices[animation.anchor], animation.faces
    try:
        made = (lay_flat or unwrap)(anchor, faces, size, tick=partial(step, 0, of))
    except UnwrapFailed as error:
        log.warning("no texture: %s %s", error, error.log)
        return _plain(animation, error.reason)
    step(_UNWRAP - 1, of)
    texels = texels_of(made, anchor, size, tick=partial(step, _UNWRAP - 1, of))
    if not len(texels.index) or not texels.area.sum() > 0:
        return _plain(animation, "The mesh has no surface that could be laid flat.")
    step(_UNWRAP, of)
    keys = spread_keys(len(frames), animation.anchor, KEYS)
    fusion = Fusion(len(texels.index))
    for done, key in enumerate(keys.tolist()):
        now = _UNWRAP + _LOOK * done // len(keys)
        step(now, of)
        shot = Shot(camera, animation.vertices[key], faces, frames.images[key], masks[key])
        fusion.add(look(shot, texels, tick=partial(step, now, of)))
    filling = _UNWRAP + _LOOK
    step(filling, of)
    surface = Surface(texels, anchor, faces)
    filled = fill(surface, fusion.mean, fusion.weights, camera, tick=partial(step, filling, of))
    step(of - 1, of)
    whole = _textured(animation, made, texels.picture(filled.colours))
    step(of, of)
    disagreement = fusion.disagreement
    doubt = _doubt(filled.seen, disagreement)
    return Baked(whole, made.origin, filled.seen, filled.mirrored, filled.guessed, disagreement, doubt)


def _check(animation: Animation, frames: Frames, masks: NDArray[np.uint8], size: int) -> None:
    if not animation.num_frames == len(frames) == len(masks):
        raise ValueError(f"{animation.num_frames} keys, {len(frames)} frames, {len(masks)} masks")
    if masks.shape[1:] != frames.images.shape[1:3]:
        raise ValueError("masks must have the size of the frames")
    if size < 4 or size % 4:
        raise ValueError("size must be a multiple of 4")


def _plain(animation: Animation, doubt: str) -> Baked:
    """The mesh as it was."""
    origin = np.arange(animation.vertices.shape[1], dtype=np.int32)
    return Baked(replace(animation, uv=None, texture=None), origin, 0.0, 0.0, 1.0, 0.0, doubt)


def _textured(animation: Animation, made: Unwrapped, texture: NDArray[np.uint8]) -> Animation:
    return replace(
        animation,
        vertices=np.ascontiguousarray(animation.vertices[:, made.origin]),
        faces=made.faces,
        uv=made.uv,
        texture=texture,
    )


def _doubt(seen: float, disagreement: float) -> str | None:
    if seen < LEAST_SEEN:
        return f"The film shows {seen:.0%} of the surface."
    if disagreement > MOST_DISAGREEMENT:
        return f"Frames disagree on the colours of the same place, by {disagreement:.0f} levels of 255."
    return None
