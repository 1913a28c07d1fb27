"""The camera's node, looked through as glTF has it: no code is shared with the film camera's projection."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.writing import Profile
from actionmesh_wrapper.export import alembic_is_installed, write_alembic, write_animated_mesh, write_blender
from actionmesh_wrapper.export.film_camera import lens_of
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


UPRIGHT = FilmView(replace(NEAR.camera, scale=70.0, centre=(80.0, 190.0)), 180, 320)
VIEWS = pytest.mark.parametrize("film", [NEAR, PARALLEL, UPRIGHT], ids=["perspective", "parallel", "upright"])
needs_alembic = pytest.mark.skipif(not alembic_is_installed(), reason="alembic3d is not installed")


def through_the_lens(path: Path, points: NDArray[np.float64], film: FilmView) -> NDArray[np.float64]:
    """Pixels of points through an Alembic file's camera: lengths in cm but for the focal length, in mm."""
    from alembic3d import Abc, AbcGeom

    archive = Abc.IArchive(str(path))
    place = AbcGeom.IXform(archive.getTop(), "film_camera")
    matrix = np.array([[place.getSchema().getValue().getMatrix()[i][j] for j in range(4)] for i in range(4)])
    lens = AbcGeom.ICamera(place, "camera").getSchema().getValue()
    assert np.allclose(np.linalg.det(matrix), 1)
    seen = (np.hstack([points, np.ones((len(points), 1))]) @ np.linalg.inv(matrix))[:, :3]
    assert lens.getNearClippingPlane() < -seen[:, 2].max()
    assert -seen[:, 2].min() < lens.getFarClippingPlane()
    film_place = seen[:, :2] / -seen[:, 2:] * lens.getFocalLength() / 10
    film_place -= [lens.getHorizontalFilmOffset(), lens.getVerticalFilmOffset()]
    aperture = np.array([lens.getHorizontalAperture(), lens.getVerticalAperture()])
    assert aperture[0] / aperture[1] == pytest.approx(film.width / film.height)
    shares = film_place / aperture * [1, -1] + 0.5
    return np.asarray(shares * [film.width, film.height] - 0.5)


@needs_alembic
@VIEWS
def test_alembics_camera_has_the_shift_in_its_lens(tmp_path: Path, film: FilmView) -> None:
    animation = ball(3)
    path = write_alembic(animation, tmp_path / "animated_mesh.abc", extras={}, film=film)
    points = animation.vertices[2].astype(np.float64)
    assert np.abs(through_the_lens(path, points, film) - film.camera.project(points)[0]).max() < 0.1


@needs_alembic
@VIEWS
def test_blender_looks_through_alembics(tmp_path: Path, blender_with_alembic: Path, film: FilmView) -> None:
    animation = ball(3)
    path = write_alembic(animation, tmp_path / "animated_mesh.abc", extras={}, film=film)
    assert_looks_through(blender_with_alembic, path, animation, film)


@VIEWS
@pytest.mark.parametrize("name", ["animated_mesh.blend", "animated_mesh.fbx"])
def test_blender_looks_through_its_own(tmp_path: Path, blender: Path, name: str, film: FilmView) -> None:
    animation = ball(3, textured=True)
    (path,) = write_blender(animation, tmp_path, [name], blender=blender, extras={}, film=film)
    assert_looks_through(blender, path, animation, film)


@pytest.mark.parametrize("film", [NEAR, PARALLEL], ids=["perspective", "parallel"])
def test_an_fbx_of_a_rig_has_the_lens_that_the_rigs_file_cannot_have(
    tmp_path: Path, blender: Path, film: FilmView
) -> None:
    animation = ball(3)
    rig = write_rig(by_root(animation), animation, tmp_path / "rigged_mesh.glb", extras={}, film=film)
    (path,) = write_blender(
        animation, tmp_path, ["animated_mesh.fbx"], blender=blender, extras={}, rig=rig, film=film
    )
    assert_looks_through(blender, path, animation, film)


def assert_looks_through(blender: Path, path: Path, animation: Animation, film: FilmView) -> None:
    """Blender's camera sees where the film's does; importers forget that a sensor fits along its width."""
    scene = opened(blender, path, animation)
    if path.suffix == ".blend":
        assert str(scene["fit"]) == "HORIZONTAL"
        assert scene["picture_size"].tolist() == [film.width, film.height]
    along_width = scene | {"fit": "HORIZONTAL"}
    for points in animation.vertices.astype(np.float64):
        pixels = through_blenders_camera(along_width, points, film)
        assert np.abs(pixels - film.camera.project(points)[0]).max() < 0.2


def test_the_picture_of_a_frame_of_which_only_the_shape_is_known_is_large_enough_to_be_seen() -> None:
    for width, height, picture in ((16, 9, [1072, 603]), (3, 4, [810, 1080]), (1, 1, [1080, 1080])):
        scale = NEAR.camera.scale * width / NEAR.width
        film = FilmView(replace(NEAR.camera, scale=scale), width, height)
        assert lens_of(film, ball(1).vertices)["picture"] == picture
    assert lens_of(NEAR, ball(1).vertices)["picture"] == [NEAR.width, NEAR.height]
