from dataclasses import replace

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera
from actionmesh_wrapper.texture.contours import contours_of
from actionmesh_wrapper.texture.poses import angle_between
from actionmesh_wrapper.texture.rivals import rival
from actionmesh_wrapper.texture.views import Body, Window, cut
from tests.texture.bodies import film_camera, fox, masks_of, noisy, turned, vase


def found(body: Animation, azimuth: float, share: float = 0.02) -> tuple[FilmCamera, FilmCamera | None]:
    """The true camera of a film, in the window's pixels, and its rival; the mesh is a little wrong."""
    camera = film_camera(body, azimuth, 8)
    window: Window = cut(masks_of(body, camera, 1.5, 0), 160)
    points = noisy(body, share, 3).vertices.astype(np.float64)
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    unit = float((high - low).max()) / 2
    x, y = ((np.array(camera.centre) + 0.5 - [window.left, window.top]) / window.pixel - 0.5).tolist()
    here = replace(
        camera,
        target=(0.0, 0.0, 0.0),
        closeness=camera.closeness * unit,
        scale=camera.scale * unit / window.pixel,
        centre=(x, y),
    )
    body_in_unit = Body.of((points - (low + high) / 2) / unit, body.faces.astype(np.int64))
    return here, rival(body_in_unit, window, contours_of(window), here)


def test_a_fox_seen_from_three_quarters_has_none() -> None:
    assert found(turned(fox(count=2, cell=0.05), -45), 10)[1] is None


def test_a_square_tower_looks_the_same_after_a_quarter_turn() -> None:
    box = trimesh.creation.box((1, 1.6, 1)).subdivide().subdivide().subdivide()
    tower = Animation(np.asarray(box.vertices, np.float32)[None], np.asarray(box.faces, np.int32), 8.0)
    camera, other = found(tower, 20, share=0)
    assert other is not None
    assert angle_between(camera, other) == pytest.approx(90, abs=4)


def test_a_vase_looks_the_same_from_all_around() -> None:
    camera, other = found(vase(count=2), 10)
    assert other is not None
    assert angle_between(camera, other) > 20
