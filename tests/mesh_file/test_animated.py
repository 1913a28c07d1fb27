import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.contract.engines import SILHOUETTE
from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.data.writing import Profile
from actionmesh_wrapper.errors import Cancelled, NotAMesh, TooLarge
from actionmesh_wrapper.export.animated import write_animated_mesh
from actionmesh_wrapper.mesh_file import animated, motion
from actionmesh_wrapper.mesh_file.animated import read_animation
from tests.export.samples import NEAR, PARALLEL, ball, painted, seamed
from tests.mesh_file.files import pack, unpacked

EXTRAS = {"engine": "ball", "mode": "fast", "seed": 0, "source_timestamps_s": [0.0, 0.125]}
FINE = {"standard": 1e-7, "quantized": 2e-5, "compact": 2e-5}  # shares of the longest side


def written(animation: Animation, folder: Path, profile: Profile = "standard", **more: Any) -> Path:
    extras = EXTRAS | more.pop("extras", {})
    path = folder / "animated_mesh.glb"
    write_animated_mesh(animation, path, extras=extras, profile=profile, **more)
    return path


def by_place(animation: Animation) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The vertices in an order that no profile changes."""
    first = animation.vertices[0].round(3)
    return np.lexsort([*(animation.uv.round(3).T if animation.uv is not None else ()), *first.T])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("animation", [ball(5), ball(4, textured=True), seamed(3)])
def test_every_profile_is_read_as_exactly_as_it_was_written(
    tmp_path: Path, profile: Profile, animation: Animation
) -> None:
    read = read_animation(written(animation, tmp_path, profile)).animation
    assert read.fps == pytest.approx(animation.fps, rel=1e-6)
    ours, its = by_place(animation), by_place(read)
    if profile != "compact":
        np.testing.assert_array_equal(read.faces, animation.faces)
        ours = its = np.arange(len(ours))
    off = np.abs(read.vertices[:, its] - animation.vertices[:, ours]).max()
    assert off <= FINE[profile] * np.ptp(animation.vertices.reshape(-1, 3), axis=0).max()
    assert len(read.faces) == len(animation.faces)
    if animation.uv is None or animation.texture is None:
        assert read.uv is None
        return
    assert read.uv is not None
    assert read.texture is not None
    assert np.abs(read.uv[its] - animation.uv[ours]).max() < 2e-5
    assert np.abs(read.texture.astype(int) - animation.texture).mean() < 5


@pytest.mark.parametrize("profile", PROFILES)
def test_what_was_one_at_a_seam_is_one_again(tmp_path: Path, profile: Profile) -> None:
    animation = seamed(3)
    read = read_animation(written(animation, tmp_path, profile)).animation
    assert read.origin is not None
    assert read.joined().vertices.shape == animation.joined().vertices.shape
    if profile != "compact":
        np.testing.assert_array_equal(read.origin, animation.origin)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("animation", [painted(3), seamed(3), ball(2)], ids=["unlit", "lit", "clay"])
def test_what_has_the_films_light_in_it_still_has(
    tmp_path: Path, profile: Profile, animation: Animation
) -> None:
    assert read_animation(written(animation, tmp_path, profile)).animation.unlit == animation.unlit


@pytest.mark.parametrize("profile", PROFILES)
def test_written_again_it_is_the_same(tmp_path: Path, profile: Profile) -> None:
    first = written(ball(5), tmp_path, profile, film=NEAR)
    content, stored = first.read_bytes(), read_animation(first)
    again = tmp_path / "again.glb"
    made = write_animated_mesh(
        stored.animation, again, extras=dict(stored.extras), profile="standard", film=stored.film
    )
    assert made.keys == 5
    if profile == "standard":
        before, after = unpacked(content)[0], unpacked(again.read_bytes())[0]
        assert after["scenes"] == before["scenes"]
        assert after["meshes"] == before["meshes"]


def test_frames_without_a_key_lie_between_their_neighbours(tmp_path: Path) -> None:
    path = np.linspace(0, 1, 9, dtype=np.float32)[:, None, None]
    path = np.minimum(path, 0.5)  # straight until the middle, and then at rest
    animation = replace(ball(1), vertices=ball(1).vertices + path, fps=8.0)
    file = written(animation, tmp_path, keyframe_error=0.001)
    assert unpacked(file.read_bytes())[0]["meshes"][0]["extras"]["targetNames"] == ["frame_004", "frame_008"]
    read = read_animation(file).animation
    np.testing.assert_allclose(read.vertices, animation.vertices, atol=1e-6)
    assert read.fps == 8.0


def test_it_says_how_it_was_made(tmp_path: Path) -> None:
    turning = ball(4)
    closed = replace(turning, vertices=turning.vertices[[0, 1, 2, 0]])
    more = {"loops": True, "anchor": 2, "licence": "not for sale"}
    stored = read_animation(written(closed, tmp_path, "compact", extras=more))
    assert stored.extras == EXTRAS | more
    assert (stored.animation.loops, stored.animation.anchor) == (True, 2)


def test_what_the_extras_say_wrongly_of_the_motion_is_not_believed(tmp_path: Path) -> None:
    stored = read_animation(written(ball(4), tmp_path, extras={"loops": True, "anchor": 9}))
    assert (stored.animation.loops, stored.animation.anchor) == (False, 0)


@pytest.mark.parametrize("film", [NEAR, PARALLEL])
def test_the_films_camera_sees_the_same(tmp_path: Path, film: Any) -> None:
    animation = ball(4)
    read = read_animation(written(animation, tmp_path, film=film)).film
    assert read is not None
    points = animation.vertices.reshape(-1, 3)
    before, after = (view.camera.project(points)[0] for view in (film, read))
    shape = (film.width, film.height), (read.width, read.height)
    np.testing.assert_allclose((after + 0.5) / shape[1], (before + 0.5) / shape[0], atol=1e-5)
    again = read_animation(written(animation, tmp_path, film=read)).film
    assert again is not None
    np.testing.assert_allclose(again.camera.target, read.camera.target, atol=1e-6)


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    document, binary = unpacked(path.read_bytes())
    change(document)
    path.write_bytes(pack(document, binary))
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("animations"),
        lambda document: document["meshes"][0].pop("extras"),
        lambda document: document["meshes"][0]["extras"]["targetNames"].reverse(),
        lambda document: document["meshes"][0]["extras"]["targetNames"].append("frame_999"),
        lambda document: document["meshes"][0]["primitives"][0]["targets"].pop(),
        lambda document: document["animations"][0]["channels"][0]["target"].update(path="rotation"),
        lambda document: document["animations"][0]["samplers"][0].update(output=0),
        lambda document: document["animations"][0]["samplers"][0].update(input=0),
        lambda document: document["scenes"][0]["extras"].pop("engine"),
        lambda document: document["scenes"][0]["extras"].update(engine="../x"),
        lambda document: document["scenes"][0]["extras"].update(mode="slow"),
        lambda document: document["scenes"][0]["extras"].update(source_timestamps_s=[float("nan")]),
        lambda document: document["scenes"][0]["extras"].update(licence="\ud800"),
        lambda document: document["meshes"][0]["extras"].update(targetNames=["a", "b", "c"]),
        lambda document: document["scenes"][0].pop("extras"),
        lambda document: document["cameras"][0]["perspective"].update(znear=-1),
        lambda document: document["cameras"][0]["perspective"].update(yfov=0),
        lambda document: document["cameras"][0]["perspective"].update(yfov=4),
        lambda document: document["cameras"][0]["perspective"].update(znear=1e-310, zfar=1e-309),
        lambda document: document["nodes"][1].update(translation=[1e30, 0, 0]),
        lambda document: document["scenes"][0]["extras"].update(seed=2**32),
        lambda document: document["meshes"][0]["primitives"][0]["attributes"].update(NORMAL=-9999),
        lambda document: document["meshes"][0]["primitives"].append({"attributes": {}, "mode": 0}),
        lambda document: document["nodes"].append({"mesh": 0}),
        lambda document: document["nodes"][0].update(skin=0),
    ],
)
def test_what_no_worker_wrote_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(NotAMesh):
        read_animation(changed(written(ball(4), tmp_path, film=NEAR), change))


def test_colours_that_another_tool_has_put_elsewhere_are_told(tmp_path: Path) -> None:
    def lose(document: dict[str, Any]) -> None:
        document["images"][0] = {"uri": "texture.png"}

    notices: list[Notice] = []
    path = written(seamed(3), tmp_path)
    assert read_animation(path, warn=notices.append).animation.texture is not None
    assert notices == []
    assert read_animation(changed(path, lose), warn=notices.append).animation.texture is None
    assert [notice.code for notice in notices] == ["MESH_COLOURS_DROPPED"]


def test_a_camera_of_another_name_may_lack_what_the_films_has(tmp_path: Path) -> None:
    def rename(document: dict[str, Any], name: str) -> None:
        document["nodes"][1]["name"] = name
        document["cameras"][0]["perspective"] = {"yfov": 1, "znear": 0.1}

    path = written(ball(4), tmp_path, film=NEAR)
    assert read_animation(changed(path, lambda document: rename(document, "camera"))).film is None
    with pytest.raises(NotAMesh, match="film_camera has numbers that no camera has"):
        read_animation(changed(path, lambda document: rename(document, "film_camera")))


def test_a_still_mesh_or_no_mesh_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"", b"{}", json.dumps({}).encode()):
        path.write_bytes(content)
        with pytest.raises(NotAMesh, match="no GLB"):
            read_animation(path)
    with pytest.raises(NotAMesh, match=r"no animated_mesh\.glb of an earlier result"):
        read_animation(written(ball(1), tmp_path))


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = written(ball(3), tmp_path, "compact")
    content = path.read_bytes()
    for end in range(0, len(content), len(content) // 40):
        path.write_bytes(content[:end])
        with pytest.raises(NotAMesh):
            read_animation(path)


def test_more_than_is_taken_is_refused_before_it_is_unfolded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(ball(5), tmp_path, "compact")
    content = path.read_bytes()
    monkeypatch.setattr(motion, "MAX_PLACES", 5 * 162)
    assert read_animation(path).animation.num_frames == 5
    monkeypatch.setattr(motion, "MAX_PLACES", 5 * 162 - 1)
    with pytest.raises(TooLarge, match="162 vertices and 5 frames"):
        read_animation(path)
    for wrong in ({"count": 1}, {"byteStride": 16}):
        view = unpacked(content)[0]["bufferViews"][0]["extensions"]["EXT_meshopt_compression"] | wrong
        path.write_bytes(content)
        changed(
            path,
            lambda document, view=view: document["bufferViews"][0]["extensions"].update(  # type: ignore[misc]
                EXT_meshopt_compression=view
            ),
        )
        with pytest.raises(NotAMesh):
            read_animation(path)


@pytest.mark.parametrize("profile", PROFILES)
def test_more_faces_are_read_than_a_caller_may_ask_for_as_engines_meet_the_number_only_roughly(
    tmp_path: Path, profile: Profile
) -> None:
    side = 320
    x, y = (axis.ravel() for axis in np.mgrid[:side, :side])
    corner = np.flatnonzero((x < side - 1) & (y < side - 1))
    near, far = [corner, corner + 1, corner + side], [corner + 1, corner + side + 1, corner + side]
    faces = np.concatenate([np.stack(near, axis=1), np.stack(far, axis=1)]).astype(np.int32)
    sheets = np.stack([np.stack([x, y, x * bend], axis=1) for bend in (0, 1)]).astype(np.float32)
    read = read_animation(written(Animation(sheets, faces, fps=8.0), tmp_path, profile)).animation
    assert len(read.faces) == len(faces) > SILHOUETTE.knobs["face_decimation"].most


def test_there_is_a_limit_to_vertices_and_faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(ball(2), tmp_path)
    monkeypatch.setattr(animated, "MOST", 319)
    with pytest.raises(TooLarge, match="The mesh has 320 faces or more; at most 319 are taken"):
        read_animation(path)


def test_no_more_frames_are_taken_than_files_have_names_for(tmp_path: Path) -> None:
    path = written(ball(2), tmp_path)
    changed(path, lambda document: document["meshes"][0]["extras"].update(targetNames=["frame_1000"]))
    with pytest.raises(TooLarge, match="has 1,001 frames; at most 1,000"):
        read_animation(path)


@pytest.mark.parametrize("fps", [1e-4, 1e7])
def test_a_rate_that_no_clip_has_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(NotAMesh):
        read_animation(written(replace(ball(3), fps=fps), tmp_path))


def test_a_cancel_reaches_the_reader(tmp_path: Path) -> None:
    path, calls = written(ball(5), tmp_path), 0

    def step(_done: int, _of: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_animation(path, step=step)
