"""The camera's node, looked through as glTF has it: no code is shared with the film camera's projection."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.writing import Profile
from actionmesh_wrapper.export import write_animated_mesh
from actionmesh_wrapper.export.rig import write_rig
from tests.export import reader
from tests.export.blenders import opened, through_blenders_camera
from tests.export.rig.test_file import by_root
from tests.export.samples import EXTRAS, NEAR, PARALLEL, ball, point
from tests.export.validator import assert_valid


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


@pytest.mark.parametrize("film", [NEAR, PARALLEL], ids=["perspective", "parallel"])
def test_the_rigged_mesh_has_the_same_node(tmp_path: Path, film: FilmView) -> None:
    animation = ball(3)
    path = write_rig(by_root(animation), animation, tmp_path / "rigged_mesh.glb", extras={}, film=film)
    assert_valid(path)
    document = reader.read(path)
    nodes = document.json["nodes"]
    assert [nodes[node]["name"] for node in document.json["scenes"][0]["nodes"]][1:] == [
        "rigged_mesh",
        "film_camera",
    ]
    for frame in animation.vertices:
        expected, _ = film.camera.project(frame.astype(np.float64))
        assert np.abs(through_the_node(document, frame.astype(np.float64), film) - expected).max() < 1e-6


@pytest.mark.parametrize("kind", ["animated_mesh", "rigged_mesh"])
def test_blender_looks_through_it(tmp_path: Path, blender: Path, kind: str) -> None:
    animation, path = ball(3), tmp_path / f"{kind}.glb"
    if kind == "animated_mesh":
        write_animated_mesh(animation, path, extras={}, film=NEAR)
    else:
        write_rig(by_root(animation), animation, path, extras={}, film=NEAR)
    scene = opened(blender, path, animation)
    assert scene["shift"].tolist() == [0, 0]
    x, y = scene["principal_point"]
    as_documented = np.array([(0.5 - x) * NEAR.width / NEAR.height, y - 0.5])
    points = animation.vertices[2].astype(np.float64)
    pixels = through_blenders_camera(scene | {"shift": as_documented}, points, NEAR)
    assert np.abs(pixels - NEAR.camera.project(points)[0]).max() < 0.01
