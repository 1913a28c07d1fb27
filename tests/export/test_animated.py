"""animated_mesh.glb, read back by a reader of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.animation import Animation, vertex_normals
from actionmesh_wrapper.data.writing import Profile
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import AnimatedMesh, write_animated_mesh
from tests.export.matching import places_of
from tests.export.reader import Document, angles, read, volume
from tests.export.samples import EXTRAS, FPS, ball, flawed, point, ring, still


def write(animation: Animation, folder: Path, profile: Profile = "quantized") -> AnimatedMesh:
    return write_animated_mesh(animation, folder / "animated_mesh.glb", extras=EXTRAS, profile=profile)


def written(animation: Animation, folder: Path, profile: Profile = "quantized") -> Document:
    return read(write(animation, folder, profile).path)


def reach(animation: Animation) -> float:
    """Half the first frame's longest side, or the largest movement if that is more."""
    first = animation.vertices[0].astype(np.float64)
    return float(max(np.ptp(first, axis=0).max() / 2, np.abs(animation.vertices - first).max()))


def assert_same(document: Document, animation: Animation) -> None:
    """Every vertex of every frame within half a step on each axis, 99 % of its normals within 2°."""
    half_step = reach(animation) / 32766 / 2 + np.abs(animation.vertices).max() * 2**-24
    for key, vertices in enumerate(animation.vertices):
        positions, normals = document.frame(key)
        assert np.abs(positions - vertices).max() <= half_step * (1 + 1e-6)
        off = angles(normals, vertex_normals(vertices, animation.faces)) > 2.01
        assert np.count_nonzero(off) <= 0.01 * len(off)


@pytest.mark.parametrize("num_frames", [2, 16, 31])
def test_every_vertex_of_every_frame_comes_back(tmp_path: Path, num_frames: int) -> None:
    animation = ball(num_frames)
    document = written(animation, tmp_path)
    assert_same(document, animation)
    assert np.isfinite(document.frame(num_frames - 1)[1]).all()
    faces = document.raw(document.primitive["indices"]).reshape(-1, 3)
    assert np.array_equal(faces, animation.faces)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_scale_changes_nothing_but_the_scale(tmp_path: Path, scale: float) -> None:
    animation = ball(4, scale=scale)
    assert_same(written(animation, tmp_path), animation)


@pytest.mark.parametrize("animation", [still(3), flawed(3), point(3), ring(66_000)])
def test_odd_meshes_come_back(tmp_path: Path, animation: Animation) -> None:
    assert_same(written(animation, tmp_path), animation)


@pytest.mark.parametrize(("profile", "bound"), [("quantized", 3e-5), ("compact", 3e-5), ("standard", 1e-7)])
def test_the_error_that_is_returned_is_the_one_that_is_there(
    tmp_path: Path, profile: Profile, bound: float
) -> None:
    animation = ball(16)
    mesh = write(animation, tmp_path, profile)
    document = read(mesh.path)
    place = places_of(animation.vertices[0], document.frame(0)[0])
    box = np.ptp(animation.vertices.reshape(-1, 3), axis=0).max()
    worst = max(
        np.linalg.norm(document.frame(key)[0][place] - vertices, axis=1).max() / box
        for key, vertices in enumerate(animation.vertices)
    )
    assert mesh.profile == profile
    assert mesh.max_error <= bound
    assert mesh.max_error == pytest.approx(worst, rel=1e-3, abs=3e-8)


@pytest.mark.parametrize("num_frames", [16, 31])
def test_standard_is_float32_in_the_original_order_and_no_extension(tmp_path: Path, num_frames: int) -> None:
    animation = ball(num_frames, textured=True)
    document = written(animation, tmp_path, "standard")
    for key, vertices in enumerate(animation.vertices):
        positions, normals = document.frame(key)
        assert np.abs(positions - vertices).max() <= 2**-23
        assert angles(normals, vertex_normals(vertices, animation.faces)).max() < 0.01
    assert "extensionsUsed" not in document.json
    assert {accessor["componentType"] for accessor in document.json["accessors"]} == {5126, 5123}
    uv = document.values(document.primitive["attributes"]["TEXCOORD_0"])
    assert np.array_equal(uv, np.asarray(animation.uv))


@pytest.mark.parametrize(("profile", "bound"), [("standard", 0), ("quantized", 3e-5)])
def test_trimesh_opens_the_first_frame(tmp_path: Path, profile: Profile, bound: float) -> None:
    animation = ball(4, textured=True)
    scene = trimesh.load_scene(write(animation, tmp_path, profile).path, process=False)
    (mesh,) = cast("list[trimesh.Trimesh]", scene.dump())
    assert np.abs(mesh.vertices - animation.vertices[0]).max() <= bound * reach(animation)
    assert np.array_equal(mesh.faces, animation.faces)


@pytest.mark.parametrize("num_frames", [16, 31])
def test_compact_is_the_same_surface_in_another_order(tmp_path: Path, num_frames: int) -> None:
    animation = ball(num_frames, textured=True)
    document = written(animation, tmp_path, "compact")
    place = places_of(animation.vertices[0], document.frame(0)[0])
    half_step = reach(animation) / 32766 / 2 + np.abs(animation.vertices).max() * 2**-24
    for key, vertices in enumerate(animation.vertices):
        positions, normals = document.frame(key)
        assert np.abs(positions[place] - vertices).max() <= half_step * (1 + 1e-6)
        off = angles(normals[place], vertex_normals(vertices, animation.faces)) > 2.01
        assert np.count_nonzero(off) <= 0.01 * len(off)
    faces = document.raw(document.primitive["indices"]).reshape(-1, 3)
    assert rotated(faces) == rotated(place[animation.faces])
    uv = document.values(document.primitive["attributes"]["TEXCOORD_0"])[place]
    assert np.abs(uv - np.asarray(animation.uv)).max() <= 0.5 / 65535 + 1e-7
    assert document.json["extensionsRequired"] == ["EXT_meshopt_compression", "KHR_mesh_quantization"]


def rotated(faces: NDArray[Any]) -> list[tuple[int, ...]]:
    """The faces in an order of their own, each from a corner of its own on, its sense kept."""
    return sorted(min((a, b, c), (b, c, a), (c, a, b)) for a, b, c in faces.tolist())


def test_compact_keeps_a_uv_that_tiles(tmp_path: Path) -> None:
    plain = ball(2, textured=True)
    tiled = replace(plain, uv=np.asarray(plain.uv) * np.float32(3))
    document = written(tiled, tmp_path, "compact")
    place = places_of(tiled.vertices[0], document.frame(0)[0])
    uv = document.values(document.primitive["attributes"]["TEXCOORD_0"])[place]
    assert np.array_equal(uv, np.asarray(tiled.uv))


def test_each_profile_is_smaller_than_the_one_before(tmp_path: Path) -> None:
    animation = ball(16, detail=4)
    sizes = [write(animation, tmp_path, profile).path.stat().st_size for profile in PROFILES]
    assert sizes[2] < 0.55 * sizes[1] < 0.3 * sizes[0]


def test_keys_lie_at_the_times_of_a_source_of_any_rate(tmp_path: Path) -> None:
    animation = replace(ball(16), fps=15 / 1.958)
    document = written(animation, tmp_path)
    times = document.values(document.json["animations"][0]["samplers"][0]["input"]).ravel()
    assert times == pytest.approx(np.linspace(0, 1.958, 16), abs=1e-6)


def test_a_surface_that_turns_around_keeps_its_normals(tmp_path: Path) -> None:
    first = ball(1)
    half_turn = first.vertices * np.array([-1, 1, -1], np.float32)
    animation = Animation(np.concatenate([first.vertices, half_turn]), first.faces, FPS)
    assert_same(written(animation, tmp_path), animation)


def assert_same_surface(document: Document, animation: Animation, slack: float) -> None:
    """Every corner of every face, in every frame, whatever the order of vertices and faces."""
    faces = document.raw(document.primitive["indices"]).reshape(-1, 3)
    keys = range(animation.num_frames)
    paths = np.stack([document.frame(key)[0] for key in keys], axis=1).reshape(-1, animation.num_frames * 3)
    goals = animation.vertices.transpose(1, 0, 2).reshape(len(paths), -1)
    place = places_of(goals, paths)
    assert np.abs(paths[place] - goals).max() <= slack
    assert rotated(faces) == rotated(place[animation.faces])


@pytest.mark.parametrize("profile", ["compact", "standard"])
@pytest.mark.parametrize(
    "animation", [still(3), flawed(16), ring(66_000), ball(4, scale=1e6), ball(4, scale=1e-6)]
)
def test_odd_meshes_come_back_in_the_other_profiles(
    tmp_path: Path, animation: Animation, profile: Profile
) -> None:
    slack = reach(animation) / 32766 if profile == "compact" else 0
    largest = float(np.abs(animation.vertices).max())
    assert_same_surface(written(animation, tmp_path, profile), animation, slack + largest * 2**-22)


def test_faces_stay_counter_clockwise(tmp_path: Path) -> None:
    animation = ball(3)
    document = written(animation, tmp_path)
    for key, vertices in enumerate(animation.vertices):
        actual = volume(document.frame(key)[0], animation.faces)
        assert actual == pytest.approx(volume(vertices, animation.faces), rel=1e-4)
        assert actual > 0


def test_key_i_shows_frame_i_at_i_over_fps(tmp_path: Path) -> None:
    document = written(ball(5), tmp_path)
    (animation,) = document.json["animations"]
    (sampler,) = animation["samplers"]
    times = document.json["accessors"][sampler["input"]]
    assert document.values(sampler["input"]).ravel().tolist() == [0, 0.125, 0.25, 0.375, 0.5]
    assert (times["min"], times["max"]) == ([0], [0.5])
    assert sampler["interpolation"] == "LINEAR"
    assert animation["channels"] == [{"sampler": 0, "target": {"node": 0, "path": "weights"}}]
    assert document.weights().tolist() == np.eye(5)[:, 1:].tolist()


def test_bounds_are_those_of_the_stored_positions(tmp_path: Path) -> None:
    document = written(ball(3), tmp_path)
    targets = [target["POSITION"] for target in document.primitive["targets"]]
    for index in [document.primitive["attributes"]["POSITION"], *targets]:
        accessor = document.json["accessors"][index]
        assert accessor["min"] == document.raw(index).min(axis=0).tolist()
        assert accessor["max"] == document.raw(index).max(axis=0).tolist()


def test_positions_are_int16_and_normals_int8(tmp_path: Path) -> None:
    document = written(ball(4, turn=0.5), tmp_path)
    for attributes in [document.primitive["attributes"], *document.primitive["targets"]]:
        position = document.json["accessors"][attributes["POSITION"]]
        normal = document.json["accessors"][attributes["NORMAL"]]
        assert (position["componentType"], position.get("normalized")) == (5122, None)
        assert (normal["componentType"], normal.get("normalized")) == (5120, True)
    assert document.json["extensionsRequired"] == ["KHR_mesh_quantization"]
    assert document.json["extensionsUsed"] == ["KHR_mesh_quantization"]


def test_names_weights_and_extras(tmp_path: Path) -> None:
    document = written(ball(3), tmp_path).json
    (mesh,) = document["meshes"]
    assert mesh["extras"] == {"targetNames": ["frame_001", "frame_002"]}
    assert mesh["weights"] == [0, 0]
    assert (mesh["name"], document["nodes"][0]["name"]) == ("animated_mesh", "animated_mesh")
    assert document["animations"][0]["name"] == "motion"
    assert document["asset"] == {"version": "2.0", "generator": "actionmesh-worker"}
    assert document["scenes"][document["scene"]]["extras"] == EXTRAS


def test_one_frame_is_a_mesh_without_motion(tmp_path: Path) -> None:
    document = written(ball(1), tmp_path)
    assert "animations" not in document.json
    assert "targets" not in document.primitive
    assert "weights" not in document.json["meshes"][0]


@pytest.mark.parametrize("profile", PROFILES)
def test_equal_input_gives_equal_bytes(tmp_path: Path, profile: Profile) -> None:
    animation, (one, two) = ball(3, textured=True), (tmp_path / "one.glb", tmp_path / "two.glb")
    write_animated_mesh(animation, one, extras=EXTRAS, profile=profile)
    write_animated_mesh(animation, two, extras=EXTRAS, profile=profile)
    assert one.read_bytes() == two.read_bytes()
    assert sorted(tmp_path.iterdir()) == [one, two]


def test_a_missing_folder_is_an_export_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_animated_mesh(ball(1), tmp_path / "no" / "animated_mesh.glb", extras={})
    assert str(caught.value) == "EXPORT_FAILED: The result file animated_mesh.glb could not be written."


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    num_vertices=st.integers(3, 40),
    num_faces=st.integers(1, 60),
    num_frames=st.sampled_from([2, 3, 5, 16, 31]),
    exponent=st.floats(-6, 6),
    offset=st.floats(-10, 10),
    moves=st.booleans(),
)
def test_any_soup_of_triangles_comes_back(
    *,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    num_vertices: int,
    num_faces: int,
    num_frames: int,
    exponent: float,
    offset: float,
    moves: bool,
) -> None:
    random = np.random.default_rng(seed)
    vertices = (random.normal(size=(num_frames, num_vertices, 3)) + offset) * 10**exponent
    faces = random.integers(0, num_vertices, (num_faces, 3)).astype(np.int32)
    if not moves:
        vertices[1:] = vertices[0]
    animation = Animation(vertices.astype(np.float32), faces, FPS)
    folder = tmp_path_factory.mktemp("soup")
    assert_same(written(animation, folder), animation)
    largest = float(np.abs(animation.vertices).max())
    slacks: dict[Profile, float] = {"compact": reach(animation) / 32766, "standard": largest * 2**-22}
    for profile, slack in slacks.items():
        assert_same_surface(written(animation, folder, profile), animation, slack + largest * 2**-22)


def long_walk(frames: int = 121) -> Animation:
    """A ball that is pressed flat and let go, slowly at first: few keys say all."""
    one = ball(1)
    shares = np.sin(np.pi * np.linspace(0, 1, frames) ** 2)
    vertices = one.vertices * (1 - shares[:, None, None] * np.array([0, 0.4, 0]))
    return replace(one, vertices=vertices.astype(np.float32))


@pytest.mark.parametrize("profile", PROFILES)
def test_keys_that_say_little_are_left_out(tmp_path: Path, profile: Profile) -> None:
    animation, allowed = long_walk(), 0.002
    path = tmp_path / "animated_mesh.glb"
    mesh = write_animated_mesh(animation, path, extras=EXTRAS, profile=profile, keyframe_error=allowed)
    document = read(path)
    assert 4 < mesh.keys < 60
    assert mesh.max_error <= allowed + 3e-5
    (sampler,) = document.json["animations"][0]["samplers"]
    times = document.values(sampler["input"])[:, 0]
    frames = np.rint(times * animation.fps).astype(int)
    assert np.allclose(times, frames / animation.fps, atol=1e-6)
    assert (len(frames), frames[0], frames[-1]) == (mesh.keys, 0, 120)
    names = document.json["meshes"][0]["extras"]["targetNames"]
    assert names == [f"frame_{frame:03d}" for frame in frames[1:]]
    positions = np.stack([document.frame(key)[0] for key in range(mesh.keys)])
    place = places_of(animation.vertices[0], positions[0])
    side = np.ptp(animation.vertices.reshape(-1, 3), axis=0).max()
    for frame, vertices in enumerate(animation.vertices):
        after = int(np.searchsorted(frames, frame, side="left"))
        before = max(after - 1, 0)
        share = (frame - frames[before]) / max(frames[after] - frames[before], 1)
        shown = positions[before] + (positions[after] - positions[before]) * share
        assert np.linalg.norm(shown[place] - vertices, axis=1).max() <= (mesh.max_error + 1e-6) * side


def test_every_key_is_written_where_no_error_is_allowed(tmp_path: Path) -> None:
    assert write(long_walk(), tmp_path).keys == 121
