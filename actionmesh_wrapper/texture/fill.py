"""Colours for what no frame shows: from near by, from the other side of a mirror plane, or a guess."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from actionmesh_wrapper.data.animation import vertex_normals
from actionmesh_wrapper.data.arrays import Bools, Floats, Ints, Singles
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.mirror import Mirror, find_mirror
from actionmesh_wrapper.texture.texels import Texels
from actionmesh_wrapper.texture.unwrap import neighbours, welded

SEEN = (0.001, 0.004)  # weights from which a texel shows the film a little, and alone
NEAR = (0.03, 0.06)  # along the surface, of the box's longest side: coloured from near by, and no more
MIRROR_CLOSE = 0.03  # of the box's longest side: a mirrored point is this near to the surface
SAME_WAY = 0.3  # cosine between the normals there
MIRROR_DIFFERS = 40.0  # levels of 255: sides that differ by more are not each other's picture
FACES_CAMERA = 0.7  # cosine between the plane's normal and the view
MIRROR_TEXELS = 150_000  # of those seen, among which the mirrored ones are looked up
FEW, MANY = 24, 60  # seen vertices of which a colour is the median: near by, of a guess
SPREAD = 3000  # seen vertices at most among which a guess is looked up: 60 of them are a fiftieth of what is seen
FLATTER = 0.25  # of the depth, where a guess looks for what is next to it in the picture
SMOOTHING = 30  # steps over guessed vertices
CHUNK = 1 << 12  # vertices looked up at once


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


class Surface:
    """The anchor key's surface: its vertices at each place as one.

    Args:
        texels: of the surface.
        vertices: (V, 3).
        faces: (F, 3).
    """

    def __init__(self, texels: Texels, vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> None:
        first, self.place = welded(vertices)
        self.texels = texels
        self.points: Floats = vertices[first].astype(np.float64)
        self.side = float(np.ptp(self.points, axis=0).max())
        self.near = neighbours(self.place[faces], len(first))
        normals = vertex_normals(vertices, faces)
        self.texel_points: Singles = texels.of(vertices)
        self.texel_normals: Singles = texels.of(normals)
        ends = self.near.tocoo()
        lengths = np.linalg.norm(self.points[ends.row] - self.points[ends.col], axis=1)
        self._lengths = csr_array((np.maximum(lengths, 1e-12), (ends.row, ends.col)), shape=self.near.shape)

    def at_vertices(self, colours: Singles, weights: Singles) -> tuple[Singles, Bools]:
        """The (U, 3) colours of vertices by those of (N, 3) texels, and which (U,) have any."""
        some = np.flatnonzero(weights > 0)
        corners = self.place[self.texels.corners[some]]
        shares = (self.texels.shares[some] * weights[some, None]).astype(np.float64)
        flat, count = corners.reshape(-1), len(self.points)
        total = np.bincount(flat, shares.reshape(-1), count)
        sums = [
            np.bincount(flat, (shares * colours[some, channel, None]).reshape(-1), count)
            for channel in range(3)
        ]
        known = total > 0.05
        mean = np.stack(sums, axis=1) / np.where(known, total, 1)[:, None]
        return mean.astype(np.float32), known

    def distances(self, known: Bools) -> tuple[Floats, Ints]:
        """Of each vertex the way along the surface to the nearest known one, inf for none, and that one or -1."""
        way, _, source = dijkstra(
            self._lengths, indices=np.flatnonzero(known), min_only=True, return_predecessors=True
        )
        return way, source.astype(np.int64)

    def to_texels(self, values: NDArray[np.floating]) -> Singles:
        """(N, …) what (U, …) vertices have."""
        return self.texels.of(values[self.place])


def fill(surface: Surface, colours: Singles, weights: Singles, camera: FilmCamera) -> Filled:
    """Colours the texels that no frame shows.

    Args:
        surface: of the anchor key.
        colours: (N, 3) float32 sRGB that the frames show.
        weights: (N,) float32, how well.
        camera: that filmed them.

    Returns:
        All colours. Without a texel that is seen they are grey.
    """
    film = np.clip((weights - SEEN[0]) / (SEEN[1] - SEEN[0]), 0, 1)
    at_vertices, known = surface.at_vertices(colours, film)
    if not known.any():
        return Filled(np.full_like(colours, 128), 0, 0, 1)
    way, source = surface.distances(known)
    far = (surface.to_texels(np.minimum(way / surface.side, 1)) - NEAR[0]) / (NEAR[1] - NEAR[0])
    far = np.clip(far, 0, 1).astype(np.float32)
    hidden = film < 1
    mirror = find_mirror(surface.texel_points)
    has_picture, pictures = _mirrored(surface, mirror, colours, film, hidden & (far > 0))
    by_film = film
    by_mirror = (1 - film) * far * has_picture
    shown = colours * film[:, None] + pictures * by_mirror[:, None]

    reached, from_near = known, at_vertices
    if mirror is not None and has_picture.any():
        from_near, reached = surface.at_vertices(
            np.where(has_picture[:, None], pictures, colours), np.maximum(film, has_picture * far)
        )
        way, source = surface.distances(reached)
    guess = _guessed(surface, from_near, reached, way, source, camera, is_side=_faces(mirror, camera))
    rest = (1 - by_film - by_mirror)[:, None]
    filled = shown + surface.to_texels(guess) * rest
    area = surface.texels.area / surface.texels.area.sum()
    seen, mirrored = float(by_film @ area), float(by_mirror @ area)
    return Filled(filled.astype(np.float32), seen, mirrored, max(1 - seen - mirrored, 0.0))


def _faces(mirror: Mirror | None, camera: FilmCamera) -> bool:
    return mirror is not None and abs(float(mirror.normal @ camera.axes[2])) > FACES_CAMERA


def _mirrored(
    surface: Surface, mirror: Mirror | None, colours: Singles, film: Singles, wanted: Bools
) -> tuple[Singles, Singles]:
    """Which (N,) texels have a picture on the other side that the film shows, 0 or 1, and its (N, 3) colour."""
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
        some, other = some[hit], seen[found[hit]]
        turned = mirror.turned(surface.texel_normals[some])
        alike = np.einsum("ij,ij->i", turned, surface.texel_normals[other]) > SAME_WAY
        return some[alike], other[alike]

    one, other = look_up(seen[:: max(len(seen) // 5000, 1)])
    if len(one) and float(np.abs(colours[one] - colours[other]).mean()) > MIRROR_DIFFERS:
        return has_picture, pictures
    one, other = look_up(np.flatnonzero(wanted))
    has_picture[one] = 1
    pictures[one] = colours[other]
    return has_picture, pictures


def _guessed(
    surface: Surface,
    colours: Singles,
    known: Bools,
    way: Floats,
    source: Ints,
    camera: FilmCamera,
    *,
    is_side: bool,
) -> Singles:
    """(U, 3) colours of vertices: near known ones those of the nearest, farther away a median of many.

    Where a mirror plane faces the camera the nearest are right everywhere: what is left lies between the sides.
    """
    guess = colours.copy()
    unknown = np.flatnonzero(~known)
    if not len(unknown):
        return guess
    flat = surface.points - np.outer(surface.points @ camera.axes[2] * (1 - FLATTER), camera.axes[2])
    sources = np.flatnonzero(known)
    wide = _median(flat, colours, sources[:: -(-len(sources) // SPREAD)], unknown, MANY)
    reached = np.isfinite(way[unknown])
    near = wide.copy()
    ends, back = np.unique(source[unknown[reached]], return_inverse=True)
    if len(ends):
        near[reached] = _median(surface.points, colours, sources, ends, FEW)[back.reshape(-1)]
    share = np.clip((way[unknown] / surface.side - NEAR[0]) / (NEAR[1] - NEAR[0]), 0, 1)
    share = np.where(reached & is_side, 0, share)[:, None]
    guess[unknown] = near * (1 - share) + wide * share
    return _smoothed(surface.near, guess, unknown)


def _median(points: Floats, colours: Singles, sources: Ints, some: Ints, count: int) -> Singles:
    """(M, 3) the median colours of the ``count`` sources nearest to some."""
    tree = KDTree(points[sources])
    count = min(count, len(sources))
    parts = []
    for start in range(0, len(some), CHUNK):
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
