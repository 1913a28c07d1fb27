"""Colour from the video: the camera that filmed the subject, and the frames painted onto the mesh."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.result import FilmCameraInfo, TextureInfo
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera, FilmView
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Notice, StageStep, Warn
from actionmesh_wrapper.errors import DiskFull
from actionmesh_wrapper.texture.bake import Baked, bake
from actionmesh_wrapper.texture.register import Registration, find_camera
from actionmesh_wrapper.texture.seams import with_uv
from actionmesh_wrapper.texture.unwrap import Unwrap, Unwrapping

__all__ = ["Coloured", "ahead", "camera_info", "colour"]

log = logging.getLogger(__name__)

_PARTS = 100
_FINDING = 15  # parts that finding the camera takes; measured: 1.3 s of about 9


class FindCamera(Protocol):
    """As `register.find_camera`."""

    def __call__(
        self, animation: Animation, masks: NDArray[np.uint8], *, step: StageStep
    ) -> Registration: ...


class Bake(Protocol):
    """As `bake.bake`."""

    def __call__(
        self,
        animation: Animation,
        frames: Frames,
        masks: NDArray[np.uint8],
        camera: FilmCamera,
        *,
        size: int,
        lay_flat: Unwrap | None,
        step: StageStep,
    ) -> Baked: ...


@dataclass(frozen=True, eq=False)
class Coloured:
    """A mesh, with the colours of the video or as it was.

    Attributes:
        animation: the mesh.
        film: the camera that filmed it; None where the mesh is as it was.
        result_fields: what the result says of both, by its fields' names.
    """

    animation: Animation
    film: FilmView | None = None
    result_fields: Mapping[str, object] = field(default_factory=dict)


class _Skipped(Exception):
    """The mesh stays as it was; the message says why, for the caller."""


def ahead(mesh: Animation, recipe: Recipe) -> Unwrapping | None:
    """Begins what of `colour` needs no more than the anchor frame's mesh; the caller closes it.

    Args:
        mesh: whose anchor key has the faces that the animation will have.
        recipe: as in `colour`.

    Returns:
        What `colour` takes; None where nothing is to be painted.
    """
    if recipe.texture == "none" or (recipe.texture == "auto" and mesh.texture is not None):
        return None
    return Unwrapping(mesh.vertices[mesh.anchor], mesh.faces, recipe.texture_size)


def colour(
    animation: Animation,
    frames: Frames,
    masks: NDArray[np.uint8] | None,
    recipe: Recipe,
    *,
    step: StageStep,
    warn: Warn,
    begun: Unwrapping | None = None,
    find: FindCamera = find_camera,
    paint: Bake = bake,
) -> Coloured:
    """Paints the frames onto the mesh.

    Args:
        animation: a key a frame, or with as many keys more between any two.
        frames: T pictures.
        masks: (T, H, W) uint8, 255 on the subject; None: nobody knows where it is.
        recipe: with its ``texture``, of which ``auto`` leaves the mesh as it is where it has a texture or
            anything is in doubt, and ``video`` does not; and its ``texture_size``.
        step: is called with what is done, of how much; may raise `Cancelled`.
        warn: takes TEXTURE_SKIPPED with the reason where the mesh stays as it is, whatever stopped it; and
            TEXTURE_DOUBTFUL.
        begun: what was begun ahead.
        find: finds the camera.
        paint: makes the texture.

    Returns:
        The mesh with its texture, or as it was. Its vertices keep their places in the order; those that seams
        add come after them, see `Animation.seams`.

    Raises:
        DiskFull: from ``step`` alone, like `Cancelled`.
    """
    if recipe.texture == "none":
        return Coloured(animation)
    size, is_wary = recipe.texture_size, recipe.texture == "auto"
    step(0, _PARTS)
    has_colours = "It has colours already; texture: video paints over them."
    try:
        _check(has_colours if animation.texture is not None else None, is_wary=is_wary)
        filmed = _at_frames(animation, len(frames))
        found = find(filmed, _known(masks), step=_part_of(step, 0, _FINDING))
        _check(found.doubt, is_wary=is_wary)
        baking = _part_of(step, _FINDING, _PARTS)
        lay_flat = begun.unwrap if begun else None
        baked = paint(filmed, frames, _known(masks), found.camera, size=size, lay_flat=lay_flat, step=baking)
        _check(baked.doubt, is_wary=is_wary or baked.animation.texture is None)
        whole = _with_texture(animation, baked)
    except DiskFull:
        raise
    except Exception as error:
        if not isinstance(error, _Skipped):
            log.exception("the mesh could not be coloured")
        why = error if isinstance(error, _Skipped) else "An error stopped it; the worker's log has more."
        warn(Notice("TEXTURE_SKIPPED", f"The mesh was not coloured from the video. {why}"))
        return Coloured(animation)
    doubts = [found.doubt, baked.doubt]
    if doubt := " ".join(filter(None, doubts)):
        warn(Notice("TEXTURE_DOUBTFUL", f"The colours may lie in the wrong places. {doubt}"))
    height, width = frames.images.shape[1:3]
    film = FilmView(found.camera, width, height)
    return Coloured(whole, film, {"texture": _texture_info(found, baked), "camera": camera_info(film)})


def _check(doubt: str | None, *, is_wary: bool) -> None:
    """Raises `_Skipped` at a doubt that the caller does not take on."""
    if doubt and is_wary:
        raise _Skipped(doubt)


def _known(masks: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    if masks is None:
        raise _Skipped("There are no masks that tell the subject.")
    return masks


def _at_frames(animation: Animation, count: int) -> Animation:
    """The keys that so many frames have."""
    stride, rest = divmod(animation.num_frames - 1, max(count - 1, 1))
    if rest or animation.num_frames < count:
        raise ValueError(f"{animation.num_frames} keys do not fit {count} frames")
    if stride <= 1:
        return animation
    return replace(animation, vertices=animation.vertices[::stride], anchor=animation.anchor // stride)


def _with_texture(animation: Animation, baked: Baked) -> Animation:
    """The animation, all of its keys, with what was baked onto some."""
    made = baked.animation
    assert made.uv is not None
    assert made.texture is not None
    return with_uv(animation, made.faces, baked.origin, made.uv, made.texture)


def _part_of(step: StageStep, start: int, end: int) -> StageStep:
    """A `StageStep` of the parts from one to another."""
    return lambda index, of: step(round(start + (end - start) * index / of), _PARTS)


def _texture_info(found: Registration, baked: Baked) -> TextureInfo:
    shares = {name: round(getattr(baked, name), 4) for name in ("seen", "mirrored", "guessed")}
    return TextureInfo(**shares, overlap=round(found.overlap, 4), disagreement=round(baked.disagreement, 2))


def camera_info(film: FilmView) -> FilmCameraInfo:
    """What the result says of a camera."""
    camera = film.camera
    return FilmCameraInfo(
        azimuth_deg=round(camera.azimuth_deg, 3),
        elevation_deg=round(camera.elevation_deg, 3),
        roll_deg=round(camera.roll_deg, 3),
        target=tuple(round(value, 6) for value in camera.target),
        distance=film.distance,
        yfov_deg=film.yfov and round(math.degrees(film.yfov), 4),
        frame_height=film.frame_height,
        aspect_ratio=film.aspect_ratio,
        principal_point=film.principal_point,
    )
