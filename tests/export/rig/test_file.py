"""rigged_mesh.glb, read back by a reader and a player of the tests' own, and by three.js."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.data.animation import Animation, vertex_normals
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export.picture import encode
from actionmesh_wrapper.export.rig import Rig, write_rig
from actionmesh_wrapper.export.rig.model import Skin
from actionmesh_wrapper.export.rig.skeleton import motion_of_the_whole, root_alone
from tests.export.blenders import opened
from tests.export.node import run_script
from tests.export.reader import Document, read
from tests.export.rig.player import shown
from tests.export.rig.solved import EGG, NEEDS_DEM_BONES, egg, solved
from tests.export.rig.toys import chain, tumbling
from tests.export.samples import EXTRAS, FPS, ball, ring
from tests.export.validator import assert_valid


def by_root(animation: Animation) -> Rig:
    """A rig of the root alone, which needs no solver."""
    whole = motion_of_the_whole(animation.vertices, animation.anchor)
    rest, count = animation.vertices[animation.anchor], animation.vertices.shape[1]
    none = np.zeros((0, count, 3), np.float32), np.zeros((animation.num_frames, 0), np.float32)
    return Rig(root_alone(rest, whole), Skin.of(np.ones((1, count))), rest, *none, animation.anchor)


def written(rig: Rig, animation: Animation, folder: Path) -> Document:
    return read(write_rig(rig, animation, folder / "rigged_mesh.glb", extras=EXTRAS))


@NEEDS_DEM_BONES
def test_each_key_is_where_the_solver_has_it(tmp_path: Path) -> None:
    document = written(egg(), EGG, tmp_path)
    assert len(egg().targets) > 0
    gaps = []
    for key, frame in enumerate(egg().frames()):
        stored = shown(document, key / FPS)
        assert np.abs(stored - frame).max() < 2e-6
        gaps.append(np.linalg.norm(stored - EGG.vertices[key], axis=1))
    size = np.linalg.norm(np.ptp(EGG.vertices.reshape(-1, 3).astype(np.float64), axis=0))
    assert np.max(gaps) / size == pytest.approx(egg().max, abs=2e-6)


def test_where_the_motion_loops_the_last_pose_is_the_first(tmp_path: Path) -> None:
    there = tumbling(8)
    back = np.concatenate([there.vertices, there.vertices[:1]])
    nearly = by_root(replace(there, vertices=back + np.linspace(0, 1e-4, 9, dtype=np.float32)[:, None, None]))
    document = written(nearly, replace(there, vertices=back, loops=True), tmp_path)
    for sampler in document.json["animations"][0]["samplers"]:
        values = document.values(sampler["output"])
        np.testing.assert_array_equal(values[0], values[-1])


@NEEDS_DEM_BONES
def test_as_it_stands_it_is_the_anchors_frame(tmp_path: Path) -> None:
    animation = replace(chain(16)[0], anchor=5)
    document = written(solved(animation), animation, tmp_path)
    assert np.abs(shown(document) - animation.vertices[5]).max() < 2e-6
    normals = document.values(document.primitive["attributes"]["NORMAL"])
    assert np.abs(normals - vertex_normals(animation.vertices[5], animation.faces)).max() < 1e-6


@NEEDS_DEM_BONES
def test_three_plays_it_as_glTF_has_it_at_the_keys_and_between(tmp_path: Path) -> None:  # noqa: N802
    animation = replace(EGG, uv=None, texture=None)  # without a screen three.js reads no picture
    document = written(egg(), animation, tmp_path)
    times = [step / 4 / FPS for step in range(4 * 15 + 1)]
    done = run_script("play-gltf.mjs", "three", json.dumps(times), str(tmp_path / "rigged_mesh.glb"))
    assert done.returncode == 0, done.stderr
    (scene,) = json.loads(done.stdout)
    assert scene["clips"] == [{"name": "motion", "duration": 15 / FPS}]
    for time, frame in zip(times, scene["frames"], strict=True):
        assert np.abs(np.array(frame) - shown(document, time)).max() < 2e-6
    assert np.array_equal(np.array(scene["faces"]).reshape(-1, 3), animation.faces)


@NEEDS_DEM_BONES
def test_blender_plays_it(tmp_path: Path, blender: Path) -> None:
    animation = replace(chain(16)[0], anchor=5)
    rig = solved(animation)
    path = write_rig(rig, animation, tmp_path / "rigged_mesh.glb", extras=EXTRAS)
    scene = opened(blender, path, animation)
    assert sorted(scene["bones"].tolist()) == sorted(rig.skeleton.names)
    assert np.abs(scene["frames"] - np.stack(list(rig.frames()))).max() < 1e-5


@NEEDS_DEM_BONES
def test_what_importers_expect_of_a_skin(tmp_path: Path) -> None:
    document = written(egg(), EGG, tmp_path)
    assert "extensionsUsed" not in document.json
    attributes, accessors = document.primitive["attributes"], document.json["accessors"]
    assert accessors[attributes["JOINTS_0"]]["componentType"] == 5121
    assert accessors[attributes["WEIGHTS_0"]]["componentType"] == 5123
    assert accessors[attributes["WEIGHTS_0"]]["normalized"] is True
    joints, weights = document.raw(attributes["JOINTS_0"]), document.raw(attributes["WEIGHTS_0"]).astype(int)
    assert (weights.sum(axis=1) == 65_535).all()
    assert (np.diff(weights, axis=1) <= 0).all()
    assert (joints[weights == 0] == 0).all()
    assert all(set(target) == {"POSITION"} for target in document.primitive["targets"])
    (mesh,), (skin,) = document.json["meshes"], document.json["skins"]
    assert len(mesh["weights"]) == len(mesh["extras"]["targetNames"]) == len(document.primitive["targets"])
    nodes = document.json["nodes"]
    assert nodes[skin["skeleton"]]["name"] == "root"
    assert document.json["scenes"][0]["nodes"] == [skin["skeleton"], len(nodes) - 1]
    assert [nodes[joint]["name"] for joint in skin["joints"]] == list(egg().skeleton.names)
    assert document.json["scenes"][0]["extras"] == EXTRAS


@NEEDS_DEM_BONES
def test_uv_and_texture_are_those_of_the_animation(tmp_path: Path) -> None:
    document = written(egg(), EGG, tmp_path)
    uv = document.values(document.primitive["attributes"]["TEXCOORD_0"])
    assert np.array_equal(uv, np.asarray(EGG.uv))
    (image,) = document.json["images"]
    assert EGG.texture is not None
    assert document.view(image["bufferView"]) == encode(EGG.texture).data
    faces = document.raw(document.primitive["indices"]).reshape(-1, 3)
    assert np.array_equal(faces, EGG.faces)


@NEEDS_DEM_BONES
@pytest.mark.parametrize("animation", [EGG, chain(16)[0], ball(2), ball(1, textured=True)])
def test_it_is_valid(tmp_path: Path, animation: Animation) -> None:
    assert_valid(write_rig(solved(animation), animation, tmp_path / "rig.glb", extras=EXTRAS))


@pytest.mark.parametrize(
    "animation", [tumbling(226), ring(70_000), ball(1)], ids=["long", "fine", "one frame"]
)
def test_any_size_can_be_written(tmp_path: Path, animation: Animation) -> None:
    rig = by_root(animation)
    document = written(rig, animation, tmp_path)
    last = (animation.num_frames - 1) / FPS if animation.num_frames > 1 else None
    *_, frame = rig.frames()
    assert np.abs(shown(document, last) - frame).max() < 2e-6
    assert ("animations" in document.json) == (animation.num_frames > 1)
    assert_valid(tmp_path / "rigged_mesh.glb")


def test_a_folder_that_is_not_there_is_an_export_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed):
        write_rig(by_root(ball(1)), ball(1), tmp_path / "none" / "rig.glb", extras={})
