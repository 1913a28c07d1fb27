"""Blender's own files, and ours as Blender opens them, where Blender is installed; its failures anywhere."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.data.writing import Profile
from actionmesh_wrapper.errors import Cancelled, ExportFailed
from actionmesh_wrapper.export import write_animated_mesh, write_blender, write_mesh
from actionmesh_wrapper.export.blender import retime
from actionmesh_wrapper.export.glb import Glb
from tests.export.blenders import assert_same, fake, opened
from tests.export.matching import places_of
from tests.export.reader import read
from tests.export.samples import EXTRAS, ball
from tests.export.validator import assert_valid, validate


def test_both_of_blenders_files_hold_every_vertex_of_every_frame(tmp_path: Path, blender: Path) -> None:
    animation = replace(ball(16, textured=True), fps=7.66)
    blend, glb = write_blender(animation, tmp_path, blender=blender, extras=EXTRAS)
    assert sorted(tmp_path.iterdir()) == [blend, glb]

    saved = opened(blender, blend, animation)
    assert_same(saved["frames"], saved["faces"], animation, 1e-6)
    assert saved["fps"] == pytest.approx(7.66)
    assert saved["ends"].tolist() == [0, 15]
    assert saved["packed"].tolist() == ["texture"]
    assert saved["paths"].tolist() == ["//texture.jpg"]
    assert saved["names"][:3].tolist() == ["animated_mesh", "animated_mesh", "frame_000"]

    document = read(glb)
    frames = np.stack([document.frame(key)[0] for key in range(16)])
    faces = document.raw(document.primitive["indices"]).reshape(-1, 3)
    assert_same(frames, faces, animation, 1e-6)
    times = document.values(document.json["animations"][0]["samplers"][0]["input"]).ravel()
    assert times == pytest.approx(np.arange(16) / 7.66, abs=1e-6)
    assert [image["mimeType"] for image in document.json["images"]] == ["image/jpeg"]
    place = places_of(animation.vertices[0], frames[0])
    uv = document.values(document.primitive["attributes"]["TEXCOORD_0"])[place]
    assert np.abs(uv - np.asarray(animation.uv)).max() < 1e-6
    assert document.json["scenes"][0]["extras"] == EXTRAS
    (report,) = validate(glb)
    assert report["errors"] == 0


@pytest.mark.parametrize(("profile", "bound"), [("quantized", 3e-5), ("standard", 1e-6)])
def test_blender_opens_our_animated_mesh(
    tmp_path: Path, blender: Path, profile: Profile, bound: float
) -> None:
    animation = ball(4)
    path = tmp_path / "animated_mesh.glb"
    write_animated_mesh(animation, path, extras=EXTRAS, profile=profile)
    scene = opened(blender, path, animation)
    assert_same(scene["frames"], scene["faces"], animation, bound * 2.4)
    assert scene["names"].tolist()[2:] == ["Basis", "frame_001", "frame_002", "frame_003"]


def test_a_blender_that_ends_well_without_a_file_is_found_out(tmp_path: Path) -> None:
    program = fake(tmp_path, "echo 'cannot write' >&2")
    with pytest.raises(ExportFailed) as caught:
        write_blender(ball(2), tmp_path, blender=program, extras={})
    assert caught.value.message == (
        "Blender did not write animated_mesh.blend and animated_mesh_blender.glb."
    )
    assert caught.value.detail == "cannot write"
    assert list(tmp_path.iterdir()) == [program]


def test_what_else_blender_says_is_for_the_log_alone(tmp_path: Path) -> None:
    program = fake(tmp_path, "echo /secret/place >&2; echo 'Error: Python' ; exit 1")
    with pytest.raises(ExportFailed) as caught:
        write_blender(ball(2), tmp_path, blender=program, extras={})
    assert str(caught.value) == "EXPORT_FAILED: Blender failed."
    assert caught.value.detail == "/secret/place\n\nError: Python"


def test_a_blender_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_blender(ball(2), tmp_path, blender=tmp_path / "none", extras={})
    assert caught.value.message == "Blender failed: FileNotFoundError: [Errno 2] No such file or directory."
    assert "FileNotFoundError" in caught.value.detail


def test_a_cancel_kills_it(tmp_path: Path) -> None:
    program = fake(tmp_path, "sleep 60")

    def cancel() -> None:
        raise Cancelled

    start = time.monotonic()
    with pytest.raises(Cancelled):
        write_blender(ball(2), tmp_path, blender=program, extras={}, tick=cancel)
    assert time.monotonic() - start < 30
    assert list(tmp_path.iterdir()) == [program]


def test_the_last_key_lies_at_the_duration_and_nothing_else_changes(tmp_path: Path) -> None:
    path = tmp_path / "mesh.glb"
    write_animated_mesh(ball(5), path, extras=EXTRAS)
    before = read(path)
    retime(path, 2.0)
    after = read(path)
    index = after.json["animations"][0]["samplers"][0]["input"]
    assert after.values(index).ravel().tolist() == [0, 0.5, 1, 1.5, 2]
    accessor = after.json["accessors"][index]
    assert (accessor.pop("min"), accessor.pop("max")) == ([0], [2])
    for bound in ("min", "max"):
        before.json["accessors"][index].pop(bound)
    assert after.json == before.json
    assert (after.frame(3)[0] == before.frame(3)[0]).all()
    assert_valid(path)


def test_clips_of_unequal_length_keep_their_ratio(tmp_path: Path) -> None:
    glb = Glb()
    key_times = np.array([[0, 1], [0, 4], [0, 2]], np.float32)
    short, long, middle = (glb.samples(times, bounded=True) for times in key_times)
    for clip in ([short], [long, long], [middle]):  # two samplers share the key times of one clip
        glb.add("animations", {"samplers": [{"input": times, "output": times} for times in clip]})
    path = tmp_path / "mesh.glb"
    path.write_bytes(b"".join(glb.chunks()))
    retime(path, 2.0)
    after = read(path)
    assert [after.values(index).ravel().tolist() for index in (short, long, middle)] == [
        [0, 0.5],
        [0, 2],
        [0, 1],
    ]
    assert [accessor["max"] for accessor in after.json["accessors"]] == [[0.5], [2], [1]]


def test_a_mesh_that_does_not_move_stays_as_it_is(tmp_path: Path) -> None:
    path = write_mesh(ball(1), tmp_path / "mesh.glb", extras=EXTRAS)
    before = read(path)
    retime(path, 2.0)
    assert read(path) == before


@pytest.mark.parametrize("content", [b"", b"glTF", b"x" * 100])
def test_what_is_no_glb_is_an_export_failure(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "out.glb"
    path.write_bytes(content)
    with pytest.raises(ExportFailed) as caught:
        retime(path, 1.0)
    assert str(caught.value) == "EXPORT_FAILED: The result file out.glb could not be retimed."
