"""A mesh with seams in its uv, in all kinds of file: seams are not seen, and the order can be had back."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export import write_animated_mesh, write_blender, write_meshes, write_obj
from actionmesh_wrapper.export.rig import solve_rig, write_rig
from actionmesh_wrapper.preview.camera import View
from actionmesh_wrapper.preview.layout import blank
from actionmesh_wrapper.preview.renderer import NUMPY
from actionmesh_wrapper.preview.scene import PreviewScene
from tests.export.blenders import assert_same, opened
from tests.export.reader import Document, angles, read
from tests.export.samples import ball, seamed

SPLIT, WHOLE = seamed(3), ball(3)


def assert_recoverable(document: Document) -> None:
    """By what the file says, the mesh without its texture comes back in its own order."""
    (mesh,) = document.json["meshes"]
    seams = mesh["extras"]["seam_vertices"]
    assert seams == SPLIT.seams.tolist()
    positions = document.values(document.primitive["attributes"]["POSITION"])
    count = len(positions) - len(seams)
    assert count == WHOLE.vertices.shape[1]
    origin = np.concatenate([np.arange(count), seams])
    faces = document.raw(document.primitive["indices"]).reshape(-1, 3)
    assert np.array_equal(origin[faces], WHOLE.faces)
    normals = document.values(document.primitive["attributes"]["NORMAL"])
    assert np.array_equal(normals[origin], normals)


@pytest.mark.parametrize("profile", ["standard", "quantized"])
def test_the_animated_mesh_says_which_vertices_seams_have_added(tmp_path: Path, profile: str) -> None:
    path = tmp_path / "animated_mesh.glb"
    write_animated_mesh(SPLIT, path, extras={}, profile=profile)  # type: ignore[arg-type]  # one of the names
    assert_recoverable(read(path))
    assert read(path).json["meshes"][0]["extras"]["targetNames"] == ["frame_001", "frame_002"]


def test_a_mesh_per_frame_says_it_too(tmp_path: Path) -> None:
    for path in write_meshes(SPLIT, tmp_path, extras={}, step=lambda _index, _of: None):
        assert_recoverable(read(path))


def test_the_compact_profile_has_another_order_and_one_normal_at_seams(tmp_path: Path) -> None:
    path = tmp_path / "animated_mesh.glb"
    write_animated_mesh(SPLIT, path, extras={}, profile="compact")
    document = read(path)
    assert "seam_vertices" not in document.json["meshes"][0]["extras"]
    positions, normals = document.frame(0)
    order = np.linalg.norm(positions[:, None] - WHOLE.vertices[0], axis=2).argmin(axis=1)
    assert angles(normals, WHOLE.normals([0])[0][order]).max() < 2.01


def test_the_rigged_mesh_says_it_too(tmp_path: Path) -> None:
    path = write_rig(solve_rig(SPLIT, tmp_path), SPLIT, tmp_path / "rigged_mesh.glb", extras={})
    assert_recoverable(read(path))


def test_objs_have_every_vertex_once(tmp_path: Path) -> None:
    with ZipFile(write_obj(SPLIT, tmp_path / "obj.zip", extras={})) as archive:
        lines = archive.read("mesh_001.obj").decode().splitlines()
    rows = {
        word: [line.split()[1:] for line in lines if line.startswith(f"{word} ")] for word in ("v", "vt", "f")
    }
    assert np.array_equal(np.array(rows["v"], np.float32), WHOLE.vertices[1])
    corners = np.array([[corner.split("/") for corner in row] for row in rows["f"]], np.int64) - 1
    assert np.array_equal(corners[..., 0], WHOLE.faces)
    uv = np.array(rows["vt"], np.float64)[corners[..., 1]] * [1, -1] + [0, 1]
    assert SPLIT.uv is not None
    assert np.abs(uv - SPLIT.uv[SPLIT.faces]).max() < 1e-6


def test_blender_has_every_vertex_once(tmp_path: Path, blender: Path) -> None:
    (blend,) = write_blender(SPLIT, tmp_path, ("animated_mesh.blend",), blender=blender, extras={})
    saved = opened(blender, blend, WHOLE)
    assert_same(saved["frames"], saved["faces"], WHOLE, 1e-6)
    assert SPLIT.uv is not None
    of_last_corner = np.empty((WHOLE.vertices.shape[1], 2))
    of_last_corner[WHOLE.faces.ravel()] = SPLIT.uv[SPLIT.faces.ravel()] * [1, -1] + [0, 1]
    assert np.abs(saved["uv"] - of_last_corner).max() < 1e-6


def test_the_preview_shows_no_seam() -> None:
    def picture(animation: Animation) -> NDArray[np.uint8]:
        plain = Animation(animation.vertices, animation.faces, animation.fps, origin=animation.origin)
        return PreviewScene(NUMPY, plain, [View(1.2, 0.2)], blank(128)).picture(1, View(1.2, 0.2)).pixels

    assert np.array_equal(picture(SPLIT), picture(WHOLE))
