"""animated_mesh.fbx, opened again by Blender where it is installed; what is said where it is not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import Tools, WriteJob, Written
from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.export import rig as build
from actionmesh_wrapper.export.fbx import RIGGED, write
from actionmesh_wrapper.export.picture import encode
from tests.export.blenders import fake, opened
from tests.export.rig.test_file import by_root
from tests.export.samples import EXTRAS, ball, painted, still
from tests.export.skinned import bent, write_rig
from tests.export.validator import assert_valid


class Job:
    """A job that has come to its files.

    Attributes:
        notices: the warnings.
    """

    def __init__(self, animation: Animation, folder: Path, blender: Path | None, *before: Path) -> None:
        self.notices: list[Notice] = []
        frames = Frames(np.zeros((1, 8, 8, 4), np.uint8), np.zeros(1), Source(1.0, 8, 8, 8.0, 1))
        self.job = WriteJob(
            animation, frames, None, folder, EXTRAS, "standard", Tools(blender), self.notices.append,
            before=Written(before),
        )  # fmt: skip

    def write(self) -> Path:
        (path,) = write(self.job).files
        assert self.notices == []
        return path


@pytest.mark.parametrize("fps", [8.0, 7.66])
@pytest.mark.parametrize("animation", [ball(16, textured=True), ball(1, textured=True), still(3), ball(2)])
def test_every_vertex_of_every_frame_comes_back(
    tmp_path: Path, blender: Path, animation: Animation, fps: float
) -> None:
    animation = replace(animation, fps=fps)
    path = Job(animation, tmp_path, blender).write()
    assert list(tmp_path.iterdir()) == [tmp_path / "animated_mesh.fbx"] == [path]
    scene = opened(blender, path, animation)
    assert np.abs(scene["frames"] - animation.vertices).max() <= 1e-6
    assert np.array_equal(scene["faces"], animation.faces)
    assert scene["fps"] == pytest.approx(fps)
    assert scene["bones"].tolist() == []
    if animation.uv is not None:
        assert scene["packed"].tolist() == ["texture"]
        assert np.abs(scene["uv"] * [1, -1] + [0, 1] - animation.uv).max() < 1e-6


def test_it_holds_its_picture_and_how_it_was_made_but_no_folders_name(tmp_path: Path, blender: Path) -> None:
    animation = ball(2, textured=True)
    content = Job(animation, tmp_path, blender).write().read_bytes()
    assert encode(np.asarray(animation.texture)).data in content
    assert b"animated_mesh.fbm/texture.jpg" in content
    assert str(tmp_path).encode() not in content
    assert all(name.encode() in content for name in EXTRAS)
    assert str(EXTRAS["name"]).encode() in content


@pytest.mark.parametrize("fps", [8.0, 7.66])
def test_a_rig_among_the_jobs_files_becomes_bones(tmp_path: Path, blender: Path, fps: float) -> None:
    animation = bent(16, fps)
    rig = write_rig(animation, tmp_path / RIGGED)
    assert_valid(rig)
    before = rig.read_bytes()
    path = Job(animation, tmp_path, blender, tmp_path / "animated_mesh.glb", rig).write()
    assert rig.read_bytes() == before
    scene = opened(blender, path, animation)
    assert scene["bones"].tolist() == ["root", "waist"]
    assert len(scene["names"]) == 4  # of the object, the mesh, the basis and the corrective
    assert np.abs(scene["frames"] - animation.vertices).max() <= 1e-5
    assert scene["fps"] == pytest.approx(fps)
    assert str(tmp_path).encode() not in path.read_bytes()


def test_a_rig_of_a_films_colours_has_them_too(tmp_path: Path, blender: Path) -> None:
    animation = painted(3)
    rig = build.write_rig(by_root(animation), animation, tmp_path / RIGGED, extras={})
    scene = opened(blender, Job(animation, tmp_path, blender, rig).write(), animation)
    assert scene["coloured"].tolist() == ["Base Color"]
    assert np.abs(scene["picture"].astype(np.int16) - np.asarray(animation.texture)).mean() < 4


def test_without_blender_it_is_left_out_with_a_warning(tmp_path: Path) -> None:
    job = Job(ball(2), tmp_path, None)
    assert write(job.job) == Written()
    assert job.notices == [Notice("PROGRAM_MISSING", "fbx was not made: this worker lacks Blender.")]


def test_a_blender_that_fails_costs_the_fbx_alone(tmp_path: Path) -> None:
    job = Job(ball(2), tmp_path, fake(tmp_path, "exit 1"))
    assert write(job.job) == Written()
    assert job.notices == [Notice("BLENDER_FAILED", "Blender failed. fbx is left out.")]


def test_a_cancel_passes_through(tmp_path: Path) -> None:
    def cancel(_done: int, of: int) -> None:
        assert of == 2
        raise Cancelled

    program = fake(tmp_path, "sleep 60")
    with pytest.raises(Cancelled):
        write(replace(Job(ball(2), tmp_path, program).job, step=cancel))
    assert list(tmp_path.iterdir()) == [program]
