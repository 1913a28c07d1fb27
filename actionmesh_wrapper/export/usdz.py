"""The animation as USDZ, for Apple's devices and tools that speak USD; needs usd-core (extra ``usdz``)."""

import math
import os
from collections.abc import Mapping
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import CAMERA_NAME, FilmView
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.film_camera import Stand
from actionmesh_wrapper.export.picture import Picture, encode
from actionmesh_wrapper.export.surface import CLAY, ROUGHNESS

_ROOT = "/animated_mesh"
_LAYER, _PACKAGE = "animated_mesh.usdc", "animated_mesh.usdz"
_UV = "st"


def write(job: WriteJob) -> Written:
    """Writes the kind ``usdz``; see `write_usdz`. Without usd-core it is left out, with a warning."""
    if not usd_is_installed():
        job.warn(Notice("PROGRAM_MISSING", "usdz was not made: this worker lacks usd-core."))
        return Written()
    return Written((write_usdz(job.animation, job.folder / _PACKAGE, extras=job.extras, film=job.film),))


def usd_is_installed() -> bool:
    """Whether `write_usdz` can work here."""
    return find_spec("pxr") is not None


def write_usdz(
    animation: Animation, path: Path, *, extras: Mapping[str, object], film: FilmView | None = None
) -> Path:
    """Writes one USDZ: a mesh with a time sample of points, normals and extent per frame, and its texture.

    Time code i shows frame i, at ``animation.fps`` codes a second; between two of them every vertex moves in
    a straight line. Values are float32 as they are, axes those of ``animation`` (Y up), a unit is a metre.

    Args:
        animation: T frames.
        path: the file, in an existing folder.
        extras: JSON values that go into the file as custom data of its layer.
        film: the camera that filmed the subject, which becomes a camera beside the mesh. Its aperture is
            shifted to where its axis meets the frame, so that its picture is the frame's.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if the file could not be written.
    """
    from pxr import Tf, UsdUtils  # noqa: PLC0415 – large, and not installed everywhere

    try:
        with TemporaryDirectory(dir=path.parent, prefix=".usdz-") as name:
            folder = Path(name)
            picture = None if animation.texture is None else encode(animation.texture)
            if picture is not None:
                (folder / picture.name).write_bytes(picture.data)
            _write_layer(animation, picture, film, folder / _LAYER, extras)
            _date_alike(folder)
            if not UsdUtils.CreateNewUsdzPackage(str(folder / _LAYER), str(folder / _PACKAGE)):
                raise ExportFailed(f"The result file {path.name} could not be written.")
            (folder / _PACKAGE).replace(path)
    except (OSError, Tf.ErrorException) as error:
        raise ExportFailed(f"The result file {path.name} could not be written.") from error
    return path


def _date_alike(folder: Path) -> None:
    """Dates the files 1980-01-01: the package keeps their times, and equal input is to give equal bytes."""
    date = datetime(1980, 1, 1).timestamp()  # noqa: DTZ001 – local, as a zip's times are
    for file in folder.iterdir():
        os.utime(file, (date, date))


def _write_layer(
    animation: Animation,
    picture: Picture | None,
    film: FilmView | None,
    path: Path,
    extras: Mapping[str, object],
) -> None:
    from pxr import Usd, UsdGeom  # noqa: PLC0415 – as above

    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetTimeCodesPerSecond(animation.fps)
    stage.SetFramesPerSecond(animation.fps)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(animation.num_frames - 1)
    stage.GetRootLayer().customLayerData = {key: _plain(value) for key, value in extras.items()}
    root = UsdGeom.Xform.Define(stage, _ROOT).GetPrim()
    stage.SetDefaultPrim(root)
    _bind_material(stage, _define_mesh(stage, animation), picture, unlit=animation.unlit)
    if film is not None:
        _define_camera(stage, film, animation.vertices)
    stage.GetRootLayer().Save()


def _define_mesh(stage: Any, animation: Animation) -> Any:
    """Adds the moving mesh; returns it."""
    from pxr import Sdf, UsdGeom, Vt  # noqa: PLC0415 – as above

    mesh = UsdGeom.Mesh.Define(stage, f"{_ROOT}/mesh")
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(animation.faces), 3, np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(animation.faces.ravel()))
    if animation.uv is not None:
        upwards = (animation.uv * [1, -1] + [0, 1]).astype(np.float32)  # USD counts v from the lower edge
        uv = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(
            _UV, Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex
        )
        uv.Set(Vt.Vec2fArray.FromNumpy(upwards))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    points, normals, extent = mesh.CreatePointsAttr(), mesh.CreateNormalsAttr(), mesh.CreateExtentAttr()
    for code, (frame, normal) in enumerate(zip(animation.vertices, animation.normals(), strict=True)):
        points.Set(_vectors(frame), code)
        normals.Set(_vectors(normal), code)
        extent.Set(_vectors(np.stack([frame.min(axis=0), frame.max(axis=0)])), code)
    return mesh


def _define_camera(stage: Any, film: FilmView, vertices: NDArray[np.float32]) -> None:
    """Adds the film's camera; USD's looks along its -Z, too, and may look past the middle of its picture."""
    from pxr import Gf, Usd, UsdGeom  # noqa: PLC0415 – as above

    stand, lens = Stand.of(film, vertices), Gf.Camera()
    if film.yfov is None:
        way = Gf.Camera.FOVVertical
        lens.SetOrthographicFromAspectRatioAndSize(film.aspect_ratio, film.frame_height, way)
    else:
        angle = math.degrees(film.yfov)
        lens.SetPerspectiveFromAspectRatioAndFieldOfView(film.aspect_ratio, angle, Gf.Camera.FOVVertical)
        x, y = film.principal_point
        lens.horizontalApertureOffset = (0.5 - x) * lens.horizontalAperture
        lens.verticalApertureOffset = (y - 0.5) * lens.verticalAperture
    lens.clippingRange = Gf.Range1f(stand.near, stand.far)
    placement = np.eye(4)
    placement[:3, :3], placement[3, :3] = film.camera.axes, stand.place
    lens.transform = Gf.Matrix4d(placement.tolist())
    UsdGeom.Camera.Define(stage, f"{_ROOT}/{CAMERA_NAME}").SetFromCamera(lens, Usd.TimeCode.Default())


def _bind_material(stage: Any, mesh: Any, picture: Picture | None, *, unlit: bool) -> None:
    """Adds the material that the GLBs have; an unlit one shines by itself, and reflects nothing."""
    from pxr import Gf, Sdf, UsdShade  # noqa: PLC0415 – as above

    material = UsdShade.Material.Define(stage, f"{_ROOT}/surface")
    shader = UsdShade.Shader.Define(stage, f"{_ROOT}/surface/shader")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(ROUGHNESS)
    shader.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(0.0)
    colour = shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f)
    if unlit and picture is not None:
        black = Gf.Vec3f(0, 0, 0)
        colour.Set(black)
        shader.CreateInput("useSpecularWorkflow", Sdf.ValueTypeNames.Int).Set(1)
        shader.CreateInput("specularColor", Sdf.ValueTypeNames.Color3f).Set(black)
        colour = shader.CreateInput("emissiveColor", Sdf.ValueTypeNames.Color3f)
    if picture is not None:
        colour.ConnectToSource(_texture(stage, picture).CreateOutput("rgb", Sdf.ValueTypeNames.Float3))
    else:
        colour.Set(tuple(CLAY[:3]))
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)


def _texture(stage: Any, picture: Picture) -> Any:
    """Adds the texture's shader, which reads it at the mesh's uv; returns it."""
    from pxr import Sdf, UsdShade  # noqa: PLC0415 – as above

    reader = UsdShade.Shader.Define(stage, f"{_ROOT}/surface/uv")
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set(_UV)
    texture = UsdShade.Shader.Define(stage, f"{_ROOT}/surface/texture")
    texture.CreateIdAttr("UsdUVTexture")
    texture.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(picture.name)
    texture.CreateInput("sourceColorSpace", Sdf.ValueTypeNames.Token).Set("sRGB")
    place = texture.CreateInput("st", Sdf.ValueTypeNames.Float2)
    place.ConnectToSource(reader.CreateOutput("result", Sdf.ValueTypeNames.Float2))
    return texture


def _vectors(values: NDArray[np.float32]) -> Any:
    from pxr import Vt  # noqa: PLC0415 – as above

    return Vt.Vec3fArray.FromNumpy(values)


def _plain(value: object) -> object:
    """A JSON value as USD takes it: it has arrays of numbers, but no tuples."""
    from pxr import Vt  # noqa: PLC0415 – as above

    if isinstance(value, list | tuple) and all(isinstance(item, int | float) for item in value):
        return Vt.DoubleArray([float(item) for item in value])
    return value
