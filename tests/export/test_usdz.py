"""animated_mesh.usdz, opened again by usd-core."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation, vertex_normals
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import usd_is_installed, write_usdz
from actionmesh_wrapper.export.picture import encode
from tests.export.blenders import assert_same, through_blenders_camera
from tests.export.blenders import opened as shown
from tests.export.matching import places_of
from tests.export.reader import angles
from tests.export.samples import EXTRAS, FPS, NEAR, PARALLEL, ball, flawed, painted, ring

pytestmark = pytest.mark.skipif(not usd_is_installed(), reason="usd-core is not installed")


def opened(animation: Animation, folder: Path) -> Any:
    from pxr import Usd

    path = write_usdz(animation, folder / "animated_mesh.usdz", extras=EXTRAS)
    assert [file.name for file in folder.iterdir()] == ["animated_mesh.usdz"]
    return Usd.Stage.Open(str(path))


def mesh_of(stage: Any) -> Any:
    from pxr import UsdGeom

    (prim,) = [prim for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    return UsdGeom.Mesh(prim)


@pytest.mark.parametrize("animation", [ball(16), ball(31), ball(1), flawed(3), ring(70_000)])
def test_every_vertex_of_every_frame_comes_back_exactly(tmp_path: Path, animation: Animation) -> None:
    from pxr import UsdGeom

    stage = opened(animation, tmp_path)
    mesh = mesh_of(stage)
    to_world = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(mesh.GetPrim()))
    assert np.array_equal(to_world, np.eye(4))
    for code, vertices in enumerate(animation.vertices):
        assert np.array_equal(np.array(mesh.GetPointsAttr().Get(code)), vertices)
        normals = np.array(mesh.GetNormalsAttr().Get(code))
        assert angles(normals, vertex_normals(vertices, animation.faces)).max() < 0.01
        extent = np.array(mesh.GetExtentAttr().Get(code))
        assert np.array_equal(extent, [vertices.min(axis=0), vertices.max(axis=0)])
    assert np.array_equal(mesh.GetFaceVertexIndicesAttr().Get(), animation.faces.ravel())
    assert set(mesh.GetFaceVertexCountsAttr().Get()) == {3}
    assert mesh.GetOrientationAttr().Get() == UsdGeom.Tokens.rightHanded


@pytest.mark.parametrize("animation", [ball(2, textured=True), painted(2)], ids=["lit", "unlit"])
def test_usds_own_validators_find_nothing(tmp_path: Path, animation: Animation) -> None:
    from pxr import UsdValidation

    stage = opened(animation, tmp_path)
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    assert len(validators) > 10
    assert [error.GetMessage() for error in UsdValidation.ValidationContext(validators).Validate(stage)] == []


def test_points_move_in_straight_lines_between_frames(tmp_path: Path) -> None:
    animation = ball(3)
    stage = opened(animation, tmp_path)
    points = np.array(mesh_of(stage).GetPointsAttr().Get(1.25))
    assert np.abs(points - (0.75 * animation.vertices[1] + 0.25 * animation.vertices[2])).max() < 1e-6


def test_axes_timing_and_extras(tmp_path: Path) -> None:
    from pxr import UsdGeom

    stage = opened(ball(16), tmp_path)
    assert UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0, 15)
    assert (stage.GetTimeCodesPerSecond(), stage.GetFramesPerSecond()) == (FPS, FPS)
    assert stage.GetDefaultPrim().GetName() == "animated_mesh"
    assert stage.GetRootLayer().customLayerData == EXTRAS


def test_a_list_of_times_is_kept(tmp_path: Path) -> None:
    from pxr import Sdf

    path = write_usdz(ball(1), tmp_path / "a.usdz", extras={"source_timestamps_s": (0, 0.125, 0.25)})
    layer = Sdf.Layer.FindOrOpen(str(path))
    kept = layer.customLayerData["source_timestamps_s"]
    assert list(kept) == [0, 0.125, 0.25]


PICTURES = [ball(2, textured=True), replace(ball(2, textured=True), texture=np.zeros((64, 64, 3), np.uint8))]


@pytest.mark.parametrize("animation", PICTURES, ids=["jpeg", "png"])
def test_the_texture_is_kept_and_lies_as_in_the_glb(tmp_path: Path, animation: Animation) -> None:
    from pxr import UsdGeom, UsdShade

    stage = opened(animation, tmp_path)
    mesh = mesh_of(stage)
    material, _ = UsdShade.MaterialBindingAPI(mesh.GetPrim()).ComputeBoundMaterial()
    surface = material.ComputeSurfaceSource()[0]
    texture = UsdShade.Shader(surface.GetInput("diffuseColor").GetConnectedSources()[0][0].source.GetPrim())
    asset = texture.GetInput("file").Get().resolvedPath
    with ZipFile(tmp_path / "animated_mesh.usdz") as package:
        inside = asset.partition("[")[2].rstrip("]")
        assert package.read(inside) == encode(np.asarray(animation.texture)).data
        assert {entry.compress_type for entry in package.infolist()} == {ZIP_STORED}
    uv = np.array(UsdGeom.PrimvarsAPI(mesh).GetPrimvar("st").Get())
    assert np.abs(uv * [1, -1] + [0, 1] - np.asarray(animation.uv)).max() < 1e-6


@pytest.mark.parametrize("film", [NEAR, PARALLEL], ids=["perspective", "parallel"])
def test_through_the_camera_the_mesh_is_where_the_film_has_it(tmp_path: Path, film: FilmView) -> None:
    from pxr import Gf, Usd, UsdGeom

    animation = ball(3)
    path = write_usdz(animation, tmp_path / "animated_mesh.usdz", extras={}, film=film)
    stage = Usd.Stage.Open(str(path))
    prim = stage.GetPrimAtPath("/animated_mesh/film_camera")
    assert prim.GetTypeName() == "Camera"
    frustum = UsdGeom.Camera(prim).GetCamera(Usd.TimeCode.Default()).frustum
    seen = frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix()
    for frame in animation.vertices.astype(np.float64):
        device = np.array([seen.Transform(Gf.Vec3d(*point)) for point in frame.tolist()])
        assert np.abs(device[:, 2]).max() < 1  # between the planes
        pixels = (device[:, :2] * [0.5, -0.5] + 0.5) * [film.width, film.height] - 0.5
        expected, _ = film.camera.project(frame)
        assert np.abs(pixels - expected).max() < 0.01


def test_usds_own_validators_find_nothing_in_a_file_with_a_camera(tmp_path: Path) -> None:
    from pxr import Usd, UsdValidation

    path = write_usdz(ball(2, textured=True), tmp_path / "animated_mesh.usdz", extras=EXTRAS, film=NEAR)
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    found = UsdValidation.ValidationContext(validators).Validate(Usd.Stage.Open(str(path)))
    assert [error.GetMessage() for error in found] == []


@pytest.mark.parametrize("animation", PICTURES, ids=["jpeg", "png"])
def test_blender_shows_its_texture_and_its_camera(
    tmp_path: Path, blender_with_usd: Path, animation: Animation
) -> None:
    path = write_usdz(animation, tmp_path / "animated_mesh.usdz", extras=EXTRAS, film=NEAR)
    scene = shown(blender_with_usd, path, animation)
    assert_same(scene["frames"], scene["faces"], animation, 1e-6)
    place = places_of(animation.vertices[0], scene["frames"][0])
    assert np.abs(scene["uv"][place] * [1, -1] + [0, 1] - np.asarray(animation.uv)).max() < 1e-6
    texture = np.asarray(animation.texture)
    assert scene["coloured"].tolist() == ["Base Color"]
    assert scene["picture"].shape == texture.shape
    assert np.abs(scene["picture"].astype(np.int16) - texture).mean() < 4
    pixels = through_blenders_camera(scene, animation.vertices[1].astype(np.float64), NEAR)
    assert np.abs(pixels - NEAR.camera.project(animation.vertices[1].astype(np.float64))[0]).max() < 0.01


def test_what_has_the_films_light_in_it_shines_by_itself(tmp_path: Path) -> None:
    from pxr import UsdShade

    stage = opened(painted(2), tmp_path)
    material, _ = UsdShade.MaterialBindingAPI(mesh_of(stage).GetPrim()).ComputeBoundMaterial()
    surface = material.ComputeSurfaceSource()[0]
    assert surface.GetInput("emissiveColor").GetConnectedSources()[0][0].sourceName == "rgb"
    for reflected in ("diffuseColor", "specularColor"):
        assert list(surface.GetInput(reflected).Get()) == [0, 0, 0]
    assert surface.GetInput("useSpecularWorkflow").Get() == 1


def test_without_a_texture_it_is_clay(tmp_path: Path) -> None:
    from pxr import UsdShade

    stage = opened(ball(2), tmp_path)
    mesh = mesh_of(stage)
    material, _ = UsdShade.MaterialBindingAPI(mesh.GetPrim()).ComputeBoundMaterial()
    colour = material.ComputeSurfaceSource()[0].GetInput("diffuseColor").Get()
    assert list(colour) == pytest.approx([0.72, 0.63, 0.55])


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_equal_animations_give_equal_bytes_at_any_time_and_place(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = write_usdz(ball(2), tmp_path / "here.usdz", extras={}).read_bytes()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        there = write_usdz(ball(2), tmp_path / "there.usdz", extras={}).read_bytes()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert there == here
    with ZipFile(tmp_path / "there.usdz") as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_missing_folder_is_an_export_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_usdz(ball(1), tmp_path / "no" / "animated_mesh.usdz", extras={})
    assert str(caught.value) == "EXPORT_FAILED: The result file animated_mesh.usdz could not be written."
