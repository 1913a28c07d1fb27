"""Whether the outlines fit nearly as well from somewhere else, as those of symmetric subjects do."""

from collections.abc import Iterator
from dataclasses import replace

from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.contours import Contour, moved
from actionmesh_wrapper.texture.poses import angle_between
from actionmesh_wrapper.texture.views import Body, Window, distance

TURNS_DEG = (-90, -70, -50, -35, 35, 50, 70, 90)  # of azimuth, from where rivals are looked for
LIFT_DEG = 25  # of elevation: what one outline tells least
ROUNDS = 8
# A rival is so many degrees away, and its outlines so many times as far apart as the camera's, at most.
TIES = ((45.0, 1.7), (20.0, 1.5), (12.0, 1.2))


def rival(
    body: Body, window: Window, contours: list[Contour | None], camera: FilmCamera
) -> FilmCamera | None:
    """The pose that fits best of those far from a camera that fit nearly as well as it; None: there is none.

    Args:
        body: the mesh.
        window: the masks.
        contours: of the masks.
        camera: the one found, in the window's pixels.
    """
    apart = distance(body, window, camera)
    found: list[tuple[float, FilmCamera]] = []
    for start in _starts(camera):
        other = moved(body, window, contours, start, ROUNDS)
        angle = angle_between(other, camera)
        ties = [times for degrees, times in TIES if angle >= degrees]
        if ties and (fit := distance(body, window, other)) < max(ties) * apart:
            found.append((fit, other))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _starts(camera: FilmCamera) -> Iterator[FilmCamera]:
    azimuth, elevation = camera.azimuth_deg, camera.elevation_deg
    for turn in TURNS_DEG:
        yield replace(camera, azimuth_deg=azimuth + turn)
    yield replace(camera, azimuth_deg=-azimuth, elevation_deg=-elevation)  # the twin, of mirrored depth
    yield replace(camera, elevation_deg=elevation + LIFT_DEG)
