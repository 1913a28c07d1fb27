"""animated_mesh.glb, read back by a reader of its own."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actionmesh_wrapper.animation import Animation, vertex_normals
from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import write_animated_mesh

from .reader import Document, angles, read, volume
from .samples import EXTRAS, FPS, ball, flawed, point, ring, still


def written(animation: Animation, folder: Path) -> Document:
    return read(write_animated_mesh(animation, folder / "animated_mesh.glb", extras=EXTRAS))


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


def test_error_is_below_3e_5_of_the_box(tmp_path: Path) -> None:
    animation = ball(16)
    document = written(animation, tmp_path)
    box = np.ptp(animation.vertices.reshape(-1, 3), axis=0).max()
    worst = max(
        np.linalg.norm(document.frame(key)[0] - vertices, axis=1).max()
        for key, vertices in enumerate(animation.vertices)
    )
    assert worst <= 3e-5 * box


def test_a_surface_that_turns_around_keeps_its_normals(tmp_path: Path) -> None:
    first = ball(1)
    half_turn = first.vertices * np.array([-1, 1, -1], np.float32)
    animation = Animation(np.concatenate([first.vertices, half_turn]), first.faces, FPS)
    assert_same(written(animation, tmp_path), animation)


def test_faces_stay_counter_clockwise(tmp_path: Path) -> None:
    animation = ball(3)
    document = written(animation, tmp_path)
    for key, vertices in enumerate(animation.vertices):
        found = volume(document.frame(key)[0], animation.faces)
        assert found == pytest.approx(volume(vertices, animation.faces), rel=1e-4)
        assert found > 0


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
    assert (mesh["name"], document["nodes"][0]["name"]) == ("actionmesh", "actionmesh")
    assert document["animations"][0]["name"] == "motion"
    assert document["asset"] == {"version": "2.0", "generator": "actionmesh-worker"}
    assert document["scenes"][document["scene"]]["extras"] == EXTRAS


def test_one_frame_is_a_mesh_without_motion(tmp_path: Path) -> None:
    document = written(ball(1), tmp_path)
    assert "animations" not in document.json
    assert "targets" not in document.primitive
    assert "weights" not in document.json["meshes"][0]


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    one = write_animated_mesh(ball(3, textured=True), tmp_path / "one.glb", extras=EXTRAS)
    two = write_animated_mesh(ball(3, textured=True), tmp_path / "two.glb", extras=EXTRAS)
    assert one.read_bytes() == two.read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one.glb", "two.glb"]


def test_a_missing_folder_is_an_export_failure(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed) as caught:
        write_animated_mesh(ball(1), tmp_path / "no" / "animated_mesh.glb", extras={})
    assert str(caught.value) == "EXPORT_FAILED: The result file animated_mesh.glb could not be written."


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    num_vertices=st.integers(3, 40),
    num_faces=st.integers(1, 60),
    num_frames=st.integers(2, 5),
    exponent=st.floats(-6, 6),
    offset=st.floats(-10, 10),
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
) -> None:
    random = np.random.default_rng(seed)
    vertices = (random.normal(size=(num_frames, num_vertices, 3)) + offset) * 10**exponent
    faces = random.integers(0, num_vertices, (num_faces, 3)).astype(np.int32)
    animation = Animation(vertices.astype(np.float32), faces, FPS)
    assert_same(written(animation, tmp_path_factory.mktemp("soup")), animation)
