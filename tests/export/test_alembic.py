"""animated_mesh.abc, opened again by alembic3d, and by Blender where it is installed with Alembic."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation, vertex_normals
from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.export import alembic as module
from actionmesh_wrapper.export import alembic_is_installed, program, write_alembic, write_blender
from tests.export.blenders import WITH_ALEMBIC, assert_same, installed, opened
from tests.export.reader import angles
from tests.export.samples import EXTRAS, ball, flawed, point, ring, still

needs_alembic = pytest.mark.skipif(not alembic_is_installed(), reason="alembic3d is not installed")


def written(animation: Animation, folder: Path) -> Path:
    path = write_alembic(animation, folder / "animated_mesh.abc", extras=EXTRAS)
    assert [file.name for file in folder.iterdir()] == ["animated_mesh.abc"]
    return path


def schema_of(path: Path) -> tuple[Any, Any]:
    """The archive, which must outlive it, and the mesh's schema."""
    from alembic3d import Abc, AbcGeom

    archive = Abc.IArchive(str(path))
    root = archive.getTop().getChild(0)
    assert (root.getName(), root.getChild(0).getName()) == ("animated_mesh", "mesh")
    return archive, AbcGeom.IPolyMesh(root, "mesh").getSchema()


def samples(schema: Any, fps: float) -> Iterator[tuple[Any, Any]]:
    """The points and normals of each sample, asked for by its time."""
    from alembic3d import Abc

    for index in range(schema.getNumSamples()):
        assert schema.getTimeSampling().getSampleTime(index) == pytest.approx(index / fps, abs=1e-9)
        at = Abc.ISampleSelector(index / fps)  # a number is a time in seconds
        normals = schema.getNormalsParam().getExpandedValue(at).getVals()
        yield np.array(schema.getValue(at).getPositions()), np.array(normals)


@needs_alembic
@pytest.mark.parametrize(
    "animation",
    [ball(16, textured=True), ball(31), ball(1), flawed(3), point(2), still(3), ring(70_000)],
)
def test_every_vertex_of_every_frame_comes_back_exactly(tmp_path: Path, animation: Animation) -> None:
    animation = replace(animation, fps=7.66)
    archive, schema = schema_of(written(animation, tmp_path))
    assert archive.valid()
    frames = list(samples(schema, 7.66))
    assert len(frames) == animation.num_frames
    for (points, normals), vertices in zip(frames, animation.vertices, strict=True):
        assert np.array_equal(points, vertices)
        assert angles(normals, vertex_normals(vertices, animation.faces)).max() < 0.01
    sample = schema.getValue()
    assert np.array_equal(np.array(sample.getFaceIndices()).reshape(-1, 3), animation.faces[:, ::-1])
    assert set(np.array(sample.getFaceCounts())) == {3}


@needs_alembic
def test_uv_counts_upwards_and_the_mesh_says_how_it_was_made(tmp_path: Path) -> None:
    from alembic3d import Abc

    animation = ball(2, textured=True)
    archive, schema = schema_of(written(animation, tmp_path))
    assert archive.valid()
    uv = np.array(schema.getUVsParam().getExpandedValue().getVals())
    assert np.array_equal(uv, (np.asarray(animation.uv) * [1, -1] + [0, 1]).astype(np.float32))
    properties = schema.getUserProperties()
    said = {
        name: Abc.IStringProperty(properties, name).getValue()
        for name in (properties.getPropertyHeader(i).getName() for i in range(properties.getNumProperties()))
    }
    assert said == {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in EXTRAS.items()
    }


@needs_alembic
def test_without_a_texture_there_is_no_uv(tmp_path: Path) -> None:
    archive, schema = schema_of(written(ball(2), tmp_path))
    assert archive.valid()
    assert not schema.getUVsParam().valid()


@needs_alembic
def test_it_is_the_same_on_every_run_and_names_no_folder(tmp_path: Path) -> None:
    one, other = (write_alembic(ball(3), tmp_path / name, extras={}) for name in ("a.abc", "b.abc"))
    assert one.read_bytes() == other.read_bytes()
    assert str(tmp_path).encode() not in one.read_bytes()


@needs_alembic
@pytest.mark.parametrize("animation", [ball(5, textured=True), ball(1), still(3)])
def test_blender_plays_it_exactly(tmp_path: Path, blender_with_alembic: Path, animation: Animation) -> None:
    animation = replace(animation, fps=7.66)
    scene = opened(blender_with_alembic, written(animation, tmp_path), animation)
    assert np.array_equal(scene["faces"], animation.faces)
    assert np.abs(scene["frames"] - animation.vertices).max() <= 1e-6
    if animation.uv is not None:
        assert np.abs(scene["uv"] * [1, -1] + [0, 1] - animation.uv).max() < 1e-6


def test_blender_writes_it_too(tmp_path: Path, blender_with_alembic: Path) -> None:
    animation = replace(ball(5, textured=True), fps=7.66)
    names = ["animated_mesh.abc"]
    (path,) = write_blender(animation, tmp_path, names, blender=blender_with_alembic, extras=EXTRAS)
    assert str(tmp_path).encode() not in path.read_bytes()
    scene = opened(blender_with_alembic, path, animation)
    assert_same(scene["frames"], scene["faces"], animation, 1e-6)


def test_a_blender_without_alembic_is_found_out(tmp_path: Path, blender: Path) -> None:
    if installed(WITH_ALEMBIC):
        pytest.skip("Blender has Alembic")
    with pytest.raises(ExportFailed) as caught:
        write_blender(ball(2), tmp_path, ["animated_mesh.abc"], blender=blender, extras={})
    assert caught.value.message == "Blender did not write animated_mesh.abc."
    assert "This Blender was built without Alembic." in caught.value.detail
    assert list(tmp_path.iterdir()) == []


def test_an_empty_release_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alembic3d").mkdir()
    (tmp_path / "alembic3d/__init__.py").write_text('"""See the project\'s page."""\n')
    (tmp_path / "imath.py").touch()
    first = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); runpy.run_path(sys.argv[1])"
    monkeypatch.setattr(module, "_PROGRAM", [sys.executable, "-P", "-c", first, module._PROGRAM[-1]])
    assert not alembic_is_installed()


def test_none_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PROGRAM", [sys.executable, "-I", "-S", module._PROGRAM[-1]])
    assert not alembic_is_installed()


@needs_alembic
def test_it_is_found_where_this_process_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PROGRAM", [sys.executable, "-P", "-S", module._PROGRAM[-1]])
    assert alembic_is_installed()  # by sys.path alone, as if PYTHONPATH named its folder


@needs_alembic
def test_a_file_that_grows_too_large_ends_alembic_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_LIMITS", replace(program._LIMITS, file_bytes=10_000))
    with pytest.raises(ExportFailed) as caught:
        write_alembic(ball(16), tmp_path / "animated_mesh.abc", extras={})
    assert str(caught.value).startswith("EXPORT_FAILED: alembic3d failed: RuntimeError: ")
    assert "iostream error" in caught.value.detail
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_export_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_alembic(ball(1), tmp_path / "no" / "animated_mesh.abc", extras={})
    assert str(caught.value) == "EXPORT_FAILED: Working files could not be written to the worker's disk."


def test_a_cancel_kills_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PROGRAM", [sys.executable, "-c", "import time; time.sleep(60)"])

    def cancel() -> None:
        raise Cancelled

    start = time.monotonic()
    with pytest.raises(Cancelled):
        write_alembic(ball(2), tmp_path / "animated_mesh.abc", extras={}, tick=cancel)
    assert time.monotonic() - start < 30
    assert list(tmp_path.iterdir()) == []
