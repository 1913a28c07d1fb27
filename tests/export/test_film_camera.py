"""The camera's node, looked through as glTF has it: no code is shared with the film camera's projection."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.film_camera import FilmCamera, FilmView
from actionmesh_wrapper.data.writing import Profile
from actionmesh_wrapper.export import write_animated_mesh
from tests.export import reader
from tests.export.samples import EXTRAS, ball, point
from tests.export.validator import assert_valid

NEAR = FilmView(FilmCamera((0.25, -0.1, 0.05), 35.0, 12.0, -7.0, 0.3, 90.0, (140.0, 61.0)), 320, 180)
PARALLEL = replace(NEAR, camera=replace(NEAR.camera, closeness=0.0))


def through_the_node(
    document: reader.Document, points: NDArray[np.floating], film: FilmView
) -> NDArray[np.float64]:
    """Pixels of points, by glTF's projections (section 3.10.3) and the shift in the extras."""
    (node,) = [node for node in document.json["nodes"] if "camera" in node]
    camera = document.json["cameras"][node["camera"]]
    seen = Rotation.from_quat(node["rotation"]).inv().apply(points - np.array(node["translation"]))
    assert (seen[:, 2] < 0).all()
    lens = camera[camera["type"]]
    assert lens["znear"] < -seen[:, 2].max()
    assert -seen[:, 2].min() < lens["zfar"]
    x_shift, y_shift = 0.5, 0.5
    if camera["type"] == "perspective":
        assert lens["aspectRatio"] == pytest.approx(film.width / film.height)
        high = np.tan(lens["yfov"] / 2)
        device = seen[:, :2] / -seen[:, 2:] / [high * lens["aspectRatio"], high]
        x_shift, y_shift = camera["extras"]["principal_point"]
    else:
        device = seen[:, :2] / [lens["xmag"], lens["ymag"]]
    shares = device * [0.5, -0.5] + [x_shift, y_shift]
    return np.asarray(shares * [film.width, film.height] - 0.5)


@pytest.mark.parametrize("film", [NEAR, PARALLEL], ids=["perspective", "parallel"])
@pytest.mark.parametrize("profile", PROFILES)
def test_through_the_node_the_mesh_is_where_the_film_has_it(
    tmp_path: Path, film: FilmView, profile: Profile
) -> None:
    animation = ball(5)
    path = tmp_path / "animated_mesh.glb"
    write_animated_mesh(animation, path, extras=EXTRAS, profile=profile, film=film)
    assert_valid(path)
    document = reader.read(path)
    assert document.json["scenes"][0]["nodes"] == [0, 1]
    assert document.json["animations"][0]["channels"][0]["target"]["node"] == 0
    for frame in animation.vertices:
        expected, _ = film.camera.project(frame.astype(np.float64))
        assert np.abs(through_the_node(document, frame.astype(np.float64), film) - expected).max() < 1e-6


def test_a_mesh_in_one_place_gets_a_camera_too(tmp_path: Path) -> None:
    for index, film in enumerate((NEAR, PARALLEL)):
        at_target = replace(film, camera=replace(film.camera, target=(1.0, 1.0, 1.0)))
        path = tmp_path / f"{index}.glb"
        write_animated_mesh(point(2), path, extras={}, film=at_target)
        assert_valid(path)
