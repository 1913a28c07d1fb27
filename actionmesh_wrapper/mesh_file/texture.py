"""The colours of all submeshes → one texture and its coordinates; several pictures become an atlas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.data.progress import Notice, Warn
from actionmesh_wrapper.errors import TooLarge
from actionmesh_wrapper.mesh_file.accessors import Accessors
from actionmesh_wrapper.mesh_file.document import Document
from actionmesh_wrapper.mesh_file.materials import (
    MAX_PIXELS,
    Colouring,
    Paint,
    colouring_of,
    picture_size,
    read_picture,
    tinted,
)
from actionmesh_wrapper.mesh_file.submeshes import Submesh

MAX_PAINTS = 1024
MAX_PIXELS_IN_ALL = 4 * MAX_PIXELS  # of all textures of the file
MAX_PICTURE_BYTES_IN_ALL = 200_000_000
MAX_SIDE_PX = 4096  # of the atlas
PADDING_PX = 4  # each picture's edge, repeated: filters read a little beyond it
_SHRINKAGE = 0.97  # of the pictures, per try, until they fit
_PLAIN_PX = 8  # side of a plain colour's tile
_SLACK = 1e-3  # how far coordinates may lie beyond a picture's edge and still not repeat it


@dataclass(frozen=True)
class Tile:
    """A picture's rectangle in the atlas, without its padding: pixels from the upper left."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Atlas:
    """Where several pictures lie in one.

    Attributes:
        width: pixels.
        height: pixels.
        tiles: one for each picture, in their order.
    """

    width: int
    height: int
    tiles: Sequence[Tile]

    @classmethod
    def of(cls, sizes: Sequence[tuple[int, int]]) -> Self:
        """Lays out pictures of these widths and heights (pixels), all shrunk by one factor until they fit."""
        scale = 1.0
        while True:
            scaled = [(max(1, int(width * scale)), max(1, int(height * scale))) for width, height in sizes]
            atlas = cls._in_rows(scaled)
            if max(atlas.width, atlas.height) <= MAX_SIDE_PX:
                return atlas
            scale *= _SHRINKAGE

    @classmethod
    def _in_rows(cls, sizes: Sequence[tuple[int, int]]) -> Self:
        """Lays out pictures in rows from the top, the tallest first."""
        padded = [(width + 2 * PADDING_PX, height + 2 * PADDING_PX) for width, height in sizes]
        area = sum(width * height for width, height in padded)
        row_width = max(int(area**0.5), *(width for width, _ in padded))
        corners: dict[int, tuple[int, int]] = {}
        left = top = row_height = 0
        for index in sorted(range(len(padded)), key=lambda index: -padded[index][1]):
            width, height = padded[index]
            if left + width > row_width:
                left, top, row_height = 0, top + row_height, 0
            corners[index] = (left, top)
            left, row_height = left + width, max(row_height, height)
        tiles = [
            Tile(corners[index][0] + PADDING_PX, corners[index][1] + PADDING_PX, *size)
            for index, size in enumerate(sizes)
        ]
        return cls(row_width, top + row_height, tiles)

    def blank(self) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 without any picture yet."""
        return np.zeros((self.height, self.width, 3), np.uint8)

    def uv(self, index: int, uv: NDArray[np.float64]) -> NDArray[np.float64]:
        """A picture's texture coordinates as the atlas's; both (V, 2), glTF's convention, 0 to 1."""
        tile = self.tiles[index]
        pixels = uv * (tile.width, tile.height) + (tile.left, tile.top)
        return pixels / (self.width, self.height)


def paste(canvas: NDArray[np.uint8], tile: Tile, picture: NDArray[np.uint8]) -> None:
    """Lays a picture of the tile's size into the atlas, with its padding."""
    padded = np.pad(picture, ((PADDING_PX, PADDING_PX), (PADDING_PX, PADDING_PX), (0, 0)), mode="edge")
    rows = slice(tile.top - PADDING_PX, tile.top + tile.height + PADDING_PX)
    canvas[rows, tile.left - PADDING_PX : tile.left + tile.width + PADDING_PX] = padded


@dataclass(frozen=True, eq=False)
class Colours:
    """A texture and its coordinates.

    Attributes:
        uv: (V, 2) float32, glTF's convention, for the vertices of all submeshes in their order.
        texture: (H, W, 3) uint8 sRGB.
    """

    uv: NDArray[np.float32]
    texture: NDArray[np.uint8]


def colours_of(
    submeshes: Sequence[Submesh],
    document: Document,
    accessors: Accessors,
    warn: Warn,
    step: Callable[[], None] = lambda: None,
) -> Colours | None:
    """The base colours as one texture: the file's own where it has a single one, else an atlas of all.

    Args:
        submeshes: of the mesh.
        document: that they are from.
        accessors: of the document.
        warn: takes a notice of the colours that are lost.
        step: is called before each picture and each of its uses; may raise `Cancelled`.

    Returns:
        None where all of the mesh is white.

    Raises:
        NotAMesh: if a picture is broken.
        TooLarge: if there are too many pictures, or too large ones.
    """
    colourings = [colouring_of(submesh, document, accessors) for submesh in submeshes]
    if len({colouring.paint for colouring in colourings}) > 1:
        colourings = [_unrepeated(colouring) for colouring in colourings]
    if lost := list(dict.fromkeys(loss for colouring in colourings for loss in colouring.lost)):
        warn(Notice("MESH_COLOURS_DROPPED", f"Not kept of the mesh's colours: {', '.join(lost)}."))
    paints = list(dict.fromkeys(colouring.paint for colouring in colourings))
    if paints == [Paint()]:
        return None
    if len(paints) > MAX_PAINTS:
        raise TooLarge(
            f"The mesh has {len(paints):,} colours and textures; at most {MAX_PAINTS:,} are taken."
        )
    step()
    if colourings[0].uv is not None and len(paints) == 1:
        uv = np.concatenate([colouring.uv for colouring in colourings if colouring.uv is not None])
        picture = _picture(paints[0].picture, accessors)
        return Colours(uv.astype(np.float32), _painted(paints[0], picture))
    return _painted_atlas(submeshes, colourings, paints, accessors, step)


def _unrepeated(colouring: Colouring) -> Colouring:
    """A colouring whose coordinates lie in 0 to 1; a picture that repeats itself becomes its mean colour."""
    if colouring.uv is None or not colouring.uv.size:
        return colouring
    uv = colouring.uv - np.floor(colouring.uv.min(axis=0) + _SLACK)
    if uv.max() <= 1 + _SLACK:
        return replace(colouring, uv=np.clip(uv, 0, 1))
    lost = [*colouring.lost, "a texture that repeats itself beside others, of which the mean colour stays"]
    return Colouring(replace(colouring.paint, is_mean=True), None, lost)


def _painted_atlas(
    submeshes: Sequence[Submesh],
    colourings: Sequence[Colouring],
    paints: Sequence[Paint],
    accessors: Accessors,
    step: Callable[[], None],
) -> Colours:
    """Every paint as a tile of one picture; each picture is decoded once."""
    atlas = Atlas.of(_sizes(paints, accessors, step))
    texture = atlas.blank()
    of_pictures: dict[int | str | None, list[tuple[Paint, Tile]]] = {}
    for paint, tile in zip(paints, atlas.tiles, strict=True):
        of_pictures.setdefault(paint.picture, []).append((paint, tile))
    for source, uses in of_pictures.items():
        step()
        picture = _picture(source, accessors)
        for paint, tile in uses:
            step()
            painted = Image.fromarray(_painted(paint, picture))
            paste(texture, tile, np.asarray(painted.resize((tile.width, tile.height), Image.Resampling.BOX)))
    indices = {paint: index for index, paint in enumerate(paints)}
    uv = [
        atlas.uv(
            indices[colouring.paint],
            np.full((len(submesh.rows), 2), 0.5) if colouring.uv is None else colouring.uv,
        )
        for submesh, colouring in zip(submeshes, colourings, strict=True)
    ]
    return Colours(np.concatenate(uv).astype(np.float32), texture)


def _sizes(paints: Sequence[Paint], accessors: Accessors, step: Callable[[], None]) -> list[tuple[int, int]]:
    """Width and height of each paint's tile in pixels, before the atlas shrinks them."""
    pictures = {
        paint.picture: accessors.picture(paint.picture) for paint in paints if paint.picture is not None
    }
    if sum(map(len, pictures.values())) > MAX_PICTURE_BYTES_IN_ALL:
        raise TooLarge(f"The mesh's textures have more than {MAX_PICTURE_BYTES_IN_ALL:,} bytes.")
    of_pictures = {}
    for source, data in pictures.items():
        step()
        of_pictures[source] = picture_size(data)
    areas = [np.prod(of_pictures[paint.picture]) for paint in paints if paint.picture is not None]
    if (pixels := int(sum(areas))) > MAX_PIXELS_IN_ALL:
        raise TooLarge(
            f"The mesh's textures have {pixels:,} pixels; at most {MAX_PIXELS_IN_ALL:,} are taken."
        )
    plain = (_PLAIN_PX, _PLAIN_PX)
    return [
        plain if paint.picture is None or paint.is_mean else of_pictures[paint.picture] for paint in paints
    ]


def _picture(source: int | str | None, accessors: Accessors) -> NDArray[np.uint8]:
    """A picture, (H, W, 3) uint8 sRGB; a white pixel for none."""
    return np.full((1, 1, 3), 255, np.uint8) if source is None else read_picture(accessors.picture(source))


def _painted(paint: Paint, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A paint's picture in its colour, (H, W, 3) uint8 sRGB; a single pixel for a mean colour."""
    picture = tinted(picture, paint.factor)
    if paint.is_mean:
        mean: NDArray[np.uint8] = np.rint(picture.mean(axis=(0, 1), keepdims=True)).astype(np.uint8)
        return mean
    return picture
