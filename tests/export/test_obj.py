"""obj_sequence.zip, read by its text and by trimesh."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.export import write_obj
from actionmesh_wrapper.export.picture import encode
from tests.export.reader import volume
from tests.export.samples import EXTRAS, ball, flawed, painted, point, ring, still


def unpacked(animation: Animation, folder: Path) -> Path:
    with ZipFile(write_obj(animation, folder / "obj_sequence.zip", extras=EXTRAS)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder / "obj")
    return folder / "obj"


def rows(path: Path, word: str) -> NDArray[Any]:
    """The numbers of a file's lines that begin with a word."""
    lines = [line.split()[1:] for line in path.read_text("ascii").splitlines() if line.split()[0] == word]
    return np.array([[corner.partition("/")[0] for corner in line] for line in lines])


@pytest.mark.parametrize(
    "animation",
    [
        ball(16, textured=True),
        ball(1),
        ball(3, scale=1e-4),
        ball(3, scale=1e5),
        flawed(3),
        point(2),
        still(3),
    ],
)
def test_every_vertex_of_every_frame_comes_back_exactly(tmp_path: Path, animation: Animation) -> None:
    folder = unpacked(animation, tmp_path)
    files = sorted(folder.glob("*.obj"))
    assert [file.name for file in files] == [f"mesh_{index:03d}.obj" for index in range(animation.num_frames)]
    for file, vertices in zip(files, animation.vertices, strict=True):
        assert np.array_equal(rows(file, "v").astype(np.float32), vertices)
        assert np.array_equal(rows(file, "f").astype(np.int32) - 1, animation.faces)


def test_many_vertices_keep_their_order(tmp_path: Path) -> None:
    animation = ring(70_000)
    file = unpacked(animation, tmp_path) / "mesh_001.obj"
    assert np.array_equal(rows(file, "v").astype(np.float32), animation.vertices[1])
    assert rows(file, "f").astype(np.int64).max() == 70_000


def test_trimesh_opens_it_with_its_texture(tmp_path: Path) -> None:
    animation = ball(2, textured=True)
    folder = unpacked(animation, tmp_path)
    mesh: Any = trimesh.load_mesh(folder / "mesh_001.obj", process=False, maintain_order=True)
    assert np.array_equal(mesh.vertices.astype(np.float32), animation.vertices[1])
    assert np.array_equal(mesh.faces, animation.faces)
    assert volume(mesh.vertices, mesh.faces) == pytest.approx(volume(animation.vertices[1], animation.faces))
    upwards = np.asarray(animation.uv) * [1.0, -1.0] + [0.0, 1.0]
    assert np.abs(mesh.visual.uv - upwards).max() < 1e-8
    assert mesh.visual.material.image.size == (64, 48)


def test_material_and_texture_are_there_once(tmp_path: Path) -> None:
    animation = ball(3, textured=True)
    folder = unpacked(animation, tmp_path)
    meshes = [f"mesh_{index:03d}.obj" for index in range(3)]
    assert sorted(path.name for path in folder.iterdir()) == ["mesh.mtl", *meshes, "texture.jpg"]
    assert (folder / "texture.jpg").read_bytes() == encode(np.asarray(animation.texture)).data
    assert "illum 1\nmap_Kd texture.jpg" in (folder / "mesh.mtl").read_text()


def test_the_films_light_is_in_its_colours(tmp_path: Path) -> None:
    assert "illum 0\nmap_Kd texture.jpg" in (unpacked(painted(2), tmp_path) / "mesh.mtl").read_text()


def test_without_a_texture_there_is_neither_material_nor_uv(tmp_path: Path) -> None:
    folder = unpacked(ball(2), tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["mesh_000.obj", "mesh_001.obj"]
    text = (folder / "mesh_000.obj").read_text()
    assert not any(word in text for word in ("mtllib", "usemtl", "vt ", "/"))


def test_it_says_how_it_was_made_in_lines_of_their_own(tmp_path: Path) -> None:
    extras = {"name": "größer\nv 1 2 3", "times": [0.0, 0.125]}
    with ZipFile(write_obj(ball(2), tmp_path / "a.zip", extras=extras)) as archive:
        first, second, third, *_ = archive.read("mesh_001.obj").decode("ascii").splitlines()
    assert (first, second) == (f"# name: {json.dumps(extras['name'])}", "# times: [0.0, 0.125]")
    assert third == "# keys_per_second: 8.0"


def test_it_is_smaller_than_the_text_and_the_same_on_every_run(tmp_path: Path) -> None:
    one, other = (write_obj(ball(4), tmp_path / name, extras=EXTRAS) for name in ("a.zip", "b.zip"))
    assert one.read_bytes() == other.read_bytes()
    with ZipFile(one) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert sum(entry.file_size for entry in archive.infolist()) > 2 * one.stat().st_size


def test_a_cancel_between_two_files_leaves_none(tmp_path: Path) -> None:
    def cancel(done: int, of: int) -> None:
        assert of == 4
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_obj(ball(4), tmp_path / "a.zip", extras={}, step=cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_export_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_obj(ball(1), tmp_path / "no" / "obj_sequence.zip", extras={})
    assert str(caught.value) == "EXPORT_FAILED: The result file obj_sequence.zip could not be written."
