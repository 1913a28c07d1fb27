"""Colours for what no frame shows: from near by, from the other side of a mirror plane, or a guess."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from actionmesh_wrapper.data.arrays import Bools, Floats, Ints, Singles
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.mirror import Mirror, find_mirror
from actionmesh_wrapper.texture.surface import Surface

SEEN = (0.001, 0.004)  # weights from which a texel shows the film a little, and alone
NEAR = (0.03, 0.06)  # along the surface, of the box's longest side: coloured from near by, and no more
NEAR_MIRROR = (0.01, 0.03)  # likewise: coloured from near by, and by its mirror picture where it has one
FAR = (0.06, 0.15)  # likewise: a guess, and no more
MIRROR_CLOSE = 0.03  # of the box's longest side: a mirrored point is this near to the surface
SAME_WAY = 0.3  # cosine between the normals there
MIRROR_DIFFERS = 40.0  # levels of 255: sides that differ by more are not each other's picture
FACES_CAMERA = 0.7  # cosine between the plane's normal and the view
MIRROR_TEXELS = 150_000  # of those seen, among which the mirrored ones are looked up
FEW, MANY = 24, 60  # seen vertices of which a colour is the median: near by, of a guess
SPREAD = (
    3000  # seen vertices at most among which a guess is looked up: 60 of them are a fiftieth of what is seen
)
FLATTER = 0.25  # of the depth, where a guess looks for what is next to it in the picture
SMOOTHING = 30  # steps over guessed vertices
GREY = 128  # of a surface of which the film shows nothing
CHUNK = 1 << 13  # places looked up at once


@dataclass(frozen=True, eq=False)
class Filled:
    """The colours of all N texels.

    Attributes:
        colours: (N, 3) float32 sRGB, 0 to 255.
        seen: share of the area that shows the film.
        mirrored: share that shows the film of its other side.
        guessed: all others.
    """

    colours: Singles
    seen: float
    mirrored: float
    guessed: float


def fill(
    surface: Surface, colours: Singles, weights: Singles, camera: FilmCamera, *, tick: Callable[[], None]
) -> Filled:
    """Colours the texels that no frame shows.

    Args:
        surface: of the anchor key.
        colours: (N, 3) float32 sRGB that the frames show.
        weights: (N,) float32, how well.
        camera: that filmed them.
        tick: is called several times a second; what it raises passes through.

    Returns:
        All colours. Without a texel that is seen they are grey.
    """
    film = np.clip((weights - SEEN[0]) / (SEEN[1] - SEEN[0]), 0, 1)
    at_vertices, known = surface.at_vertices(colours, film)
    if not known.any():
        return Filled(np.full_like(colours, GREY), 0, 0, 1)
    tick()
    way, source = surface.distances(known)
    start, end = NEAR_MIRROR
    far = np.clip((surface.to_texels(np.minimum(way / surface.side, 1)) - start) / (end - start), 0, 1)
    mirror = find_mirror(surface.texel_points, tick=tick)
    has_picture, pictures = _mirrored(surface, mirror, colours, film, (film < 1) & (far > 0), tick=tick)
    by_mirror = (1 - film) * far * has_picture
    if has_picture.any():
        both = np.where(has_picture[:, None], pictures, colours)
        at_vertices, known = surface.at_vertices(both, np.maximum(film, far * has_picture))
        tick()
        way, source = surface.distances(known)
    ways = Ways(way / surface.side, source, known)
    area = surface.texels.area / surface.texels.area.sum()
    tone = None if _faces(mirror, camera) else ((film * area) @ colours / (film @ area)).astype(np.float32)
    guess = _guessed(surface, at_vertices, ways, camera, tone=tone, tick=tick)
    filled = surface.to_texels(guess) * (1 - film - by_mirror)[:, None]
    filled += colours * film[:, None] + pictures * by_mirror[:, None]
    seen, mirrored = float(film @ area), float(by_mirror @ area)
    return Filled(filled, seen, mirrored, max(1 - seen - mirrored, 0.0))


@dataclass(frozen=True, eq=False)
class Ways:
    """How far U vertices are from those whose colour is known.

    Attributes:
        length: (U,) float64 along the surface, of the box's longest side; inf where none is reached.
        source: (U,) int64, the nearest known vertex.
        known: (U,) bool.
    """

    length: Floats
    source: Ints
    known: Bools


def _faces(mirror: Mirror | None, camera: FilmCamera) -> bool:
    return mirror is not None and abs(float(mirror.normal @ camera.axes[2])) > FACES_CAMERA


def _mirrored(
    surface: Surface,
    mirror: Mirror | None,
    colours: Singles,
    film: Singles,
    wanted: Bools,
    *,
    tick: Callable[[], None],
) -> tuple[Singles, Singles]:
    """Which (N,) texels the film shows on their other side, 0 or 1, and the (N, 3) colours there.

    Of those that are ``wanted``; none if the film shows that the sides differ.
    """
    has_picture, pictures = np.zeros(len(film), np.float32), np.zeros_like(colours)
    seen = np.flatnonzero(film >= 1)
    if mirror is None or not len(seen) or not wanted.any():
        return has_picture, pictures
    seen = seen[:: -(-len(seen) // MIRROR_TEXELS)]
    tree = KDTree(surface.texel_points[seen])
    reach = MIRROR_CLOSE * surface.side

    def look_up(some: Ints) -> tuple[Ints, Ints]:
        """Of some texels those with a picture, and the texel that it is."""
        way, found = tree.query(mirror.reflected(surface.texel_points[some]), distance_upper_bound=reach)
        hit = np.isfinite(way)
        some, other = some[hit], seen[np.asarray(found)[hit]]
        turned = mirror.turned(surface.texel_normals[some])
        alike = np.einsum("ij,ij->i", turned, surface.texel_normals[other]) > SAME_WAY
        return some[alike], other[alike]

    one, other = look_up(seen[:: max(len(seen) // 5000, 1)])
    if len(one) and float(np.abs(colours[one] - colours[other]).mean()) > MIRROR_DIFFERS:
        return has_picture, pictures
    some = np.flatnonzero(wanted)
    for start in range(0, len(some), CHUNK):
        tick()
        one, other = look_up(some[start : start + CHUNK])
        has_picture[one] = 1
        pictures[one] = colours[other]
    return has_picture, pictures


def _guessed(
    surface: Surface,
    colours: Singles,
    ways: Ways,
    camera: FilmCamera,
    *,
    tone: Singles | None,
    tick: Callable[[], None],
) -> Singles:
    """(U, 3) colours of vertices: near known ones those of the nearest, farther away a median of many.

    Where nothing known is within reach, one even tone: nobody filmed it, and its colours say so. Without a
    tone, as where the sides of a mirror plane face the camera, the nearest's everywhere: the rest is between
    them.
    """
    guess = colours.copy()
    sources, unknown = np.flatnonzero(ways.known), np.flatnonzero(~ways.known)
    if not len(unknown):
        return guess
    away = camera.axes[2]
    flat = surface.points - np.outer(surface.points @ away * (1 - FLATTER), away)
    some = sources[:: -(-len(sources) // SPREAD)]
    wide = _median(flat, colours, some, unknown, MANY, tick=tick)
    reached = np.isfinite(ways.length[unknown])
    near = wide.copy()
    ends, back = np.unique(ways.source[unknown[reached]], return_inverse=True)
    if len(ends):
        near[reached] = _median(surface.points, colours, sources, ends, FEW, tick=tick)[back.reshape(-1)]
    length = ways.length[unknown]
    share, farther = (
        np.clip((length - start) / (end - start), 0, 1)[:, None].astype(np.float32)
        for start, end in (NEAR, FAR)
    )
    if tone is None:
        guess[unknown] = np.where(reached[:, None], near, wide)
    else:
        guess[unknown] = (near * (1 - share) + wide * share) * (1 - farther) + tone * farther
    return _smoothed(surface.near, guess, unknown)


def _median(
    points: Floats, colours: Singles, sources: Ints, some: Ints, count: int, *, tick: Callable[[], None]
) -> Singles:
    """(M, 3) the median colours of the ``count`` sources nearest to some."""
    tree = KDTree(points[sources])
    count = min(count, len(sources))
    parts = []
    for start in range(0, len(some), CHUNK):
        tick()
        _, found = tree.query(points[some[start : start + CHUNK]], k=np.arange(1, count + 1))
        parts.append(np.median(colours[sources[found]], axis=1))
    return np.concatenate(parts).astype(np.float32)


def _smoothed(near: csr_array, colours: Singles, some: Ints) -> Singles:
    """Colours (U, 3) of which some are drawn towards their neighbours'."""
    rows = near[some]
    count = np.maximum(rows.sum(axis=1), 1)[:, None]
    has_any = rows.sum(axis=1) > 0
    some, rows, count = some[has_any], rows[np.flatnonzero(has_any)], count[has_any]
    colours = colours.astype(np.float64)
    for _ in range(SMOOTHING):
        colours[some] = (colours[some] + (rows @ colours) / count) / 2
    smoothed: Singles = colours.astype(np.float32)
    return smoothed
