"""The GLB per frame, read back by trimesh."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from actionmesh_wrapper.data.animation import Animation, vertex_normals
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.export import write_animated_mesh, write_meshes
from actionmesh_wrapper.export.picture import encode
from tests.export.reader import angles, read, volume
from tests.export.samples import EXTRAS, FPS, ball, flawed, ring


def no_step(index: int, of: int) -> None:
    """Progress that nobody looks at."""


def written(animation: Animation, folder: Path) -> list[Path]:
    return write_meshes(animation, folder, extras=EXTRAS, step=no_step)


def opened(path: Path) -> Any:
    (mesh,) = trimesh.load_scene(path, process=False).geometry.values()
    return mesh


@pytest.mark.parametrize("animation", [ball(1), ball(3), flawed(2), ring(66_000), ball(2, scale=1e-6)])
def test_every_frame_comes_back_exactly(tmp_path: Path, animation: Animation) -> None:
    paths = written(animation, tmp_path)
    assert len(paths) == animation.num_frames
    for path, vertices in zip(paths, animation.vertices, strict=True):
        mesh = opened(path)
        assert np.array_equal(mesh.vertices.astype(np.float32), vertices)
        assert np.array_equal(mesh.faces, animation.faces)


def test_normals_are_smooth_and_point_outwards(tmp_path: Path) -> None:
    animation = ball(2)
    for path, vertices in zip(written(animation, tmp_path), animation.vertices, strict=True):
        document = read(path)
        normals = document.values(document.primitive["attributes"]["NORMAL"])
        assert np.array_equal(normals, vertex_normals(vertices, animation.faces))
        assert (np.einsum("ij,ij->i", normals, vertices - vertices.mean(axis=0)) > 0).all()


def test_handedness_is_that_of_the_animated_mesh(tmp_path: Path) -> None:
    animation = ball(3)
    moving = read(write_animated_mesh(animation, tmp_path / "animated_mesh.glb", extras={}).path)
    for key, path in enumerate(written(animation, tmp_path)):
        still = opened(path)
        positions, normals = moving.frame(key)
        assert still.volume > 0
        assert volume(positions, animation.faces) == pytest.approx(still.volume, rel=1e-4)
        assert angles(normals, still.vertex_normals).max() < 2.01


def test_uv_and_texture_come_back(tmp_path: Path) -> None:
    animation = ball(2, textured=True)
    assert animation.uv is not None
    assert animation.texture is not None
    for path in written(animation, tmp_path):
        visual = opened(path).visual
        upright = visual.uv * [1, -1] + [0, 1]  # trimesh counts v from below
        picture = np.asarray(visual.material.baseColorTexture.convert("RGB"), np.int16)
        assert np.abs(upright - animation.uv).max() < 1e-6
        assert np.abs(picture - animation.texture).mean() < 4


def test_only_what_differs_differs(tmp_path: Path) -> None:
    first, second = (read(path) for path in written(ball(2, textured=True), tmp_path))
    picture = first.json["images"][0]["bufferView"]
    for view in (first.primitive["indices"], first.primitive["attributes"]["TEXCOORD_0"]):
        assert np.array_equal(first.raw(view), second.raw(view))
    assert first.view(picture) == second.view(picture)
    assert Image.open(BytesIO(first.view(picture))).format == "JPEG"
    assert first.json["materials"] == second.json["materials"]


def test_copies_of_a_large_picture_are_smaller_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grain = np.random.default_rng(0).integers(0, 256, (512, 512, 3)).astype(np.uint8)
    animation = replace(ball(4, textured=True), texture=grain)
    whole = len(encode(grain).data)
    monkeypatch.setattr("actionmesh_wrapper.export.meshes.COPIES_BYTES", 4 * whole - 1)
    told: list[Notice] = []
    paths = write_meshes(animation, tmp_path, extras=EXTRAS, step=no_step, warn=told.append)
    assert [notice.code for notice in told] == ["SMALLER_TEXTURE"]
    assert told[0].message == (
        "The texture in each of 4 mesh files has 256 × 256 pixels, not 512 × 512; "
        "in the other files it is whole."
    )
    pictures = {opened(path).visual.material.baseColorTexture.size for path in paths}
    assert pictures == {(256, 256)}
    assert sum(path.stat().st_size for path in paths) < 4 * whole
    monkeypatch.setattr("actionmesh_wrapper.export.meshes.COPIES_BYTES", 4 * whole)
    write_meshes(animation, tmp_path, extras=EXTRAS, step=no_step, warn=told.append)
    assert len(told) == 1


def test_names_and_extras(tmp_path: Path) -> None:
    paths = written(ball(2), tmp_path)
    assert [path.name for path in paths] == ["mesh_000.glb", "mesh_001.glb"]
    document = read(paths[1]).json
    assert (document["meshes"][0]["name"], document["nodes"][0]["name"]) == ("mesh_001", "mesh_001")
    assert document["scenes"][0]["extras"] == EXTRAS
    assert trimesh.load_scene(paths[1]).metadata["seed"] == EXTRAS["seed"]
    assert "extensionsRequired" not in document


def test_clay_stands_in_for_a_texture(tmp_path: Path) -> None:
    (material,) = read(written(ball(1), tmp_path)[0]).json["materials"]
    surface = material["pbrMetallicRoughness"]
    assert (surface["metallicFactor"], surface["roughnessFactor"]) == (0, 0.8)
    assert "baseColorTexture" not in surface
    assert "doubleSided" not in material


@pytest.mark.parametrize(("num_vertices", "component"), [(65_535, 5123), (65_536, 5125)])
def test_indices_are_as_narrow_as_gltf_allows(tmp_path: Path, num_vertices: int, component: int) -> None:
    document = read(written(ring(num_vertices), tmp_path)[0])
    assert document.json["accessors"][document.primitive["indices"]]["componentType"] == component


def test_progress_is_told_after_each_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []

    def step(index: int, of: int) -> None:
        seen.append((index, of, len(list(tmp_path.iterdir()))))

    write_meshes(ball(3), tmp_path, extras={}, step=step)
    assert seen == [(1, 3, 1), (2, 3, 2), (3, 3, 3)]


def test_a_cancel_passes_through_and_leaves_nothing(tmp_path: Path) -> None:
    def cancel(index: int, of: int) -> None:
        if index == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_meshes(ball(3), tmp_path, extras={}, step=cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_plain_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "mesh_001.glb").mkdir()
    with pytest.raises(ExportFailed) as caught:
        written(ball(2), tmp_path)
    assert str(caught.value) == "EXPORT_FAILED: The result file mesh_001.glb could not be written."
    assert isinstance(caught.value.__cause__, OSError)
    assert [path.name for path in tmp_path.iterdir()] == ["mesh_001.glb"]


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    num_vertices=st.integers(3, 40),
    num_faces=st.integers(1, 60),
    exponent=st.floats(-6, 6),
)
def test_any_soup_of_triangles_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, seed: int, num_vertices: int, num_faces: int, exponent: float
) -> None:
    random = np.random.default_rng(seed)
    vertices = (random.normal(size=(2, num_vertices, 3)) * 10**exponent).astype(np.float32)
    faces = random.integers(0, num_vertices, (num_faces, 3)).astype(np.int32)
    paths = written(Animation(vertices, faces, FPS), tmp_path_factory.mktemp("soup"))
    for path, frame in zip(paths, vertices, strict=True):
        document = read(path)
        assert np.array_equal(document.values(document.primitive["attributes"]["POSITION"]), frame)
        assert np.array_equal(document.raw(document.primitive["indices"]), faces.reshape(-1, 1))
