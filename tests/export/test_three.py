"""Every profile as three.js plays it, at the keys and between them, against the per-frame GLBs."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmCamera, FilmView
from actionmesh_wrapper.export import write_animated_mesh, write_meshes
from tests.export.matching import places_of
from tests.export.node import run_script
from tests.export.reader import volume
from tests.export.samples import EXTRAS, FPS, ball


def played(animation: Animation, folder: Path, times: list[float]) -> dict[str, dict[str, Any]]:
    """What three.js shows of the animation in each profile, at some times."""
    paths = [folder / f"{profile}.glb" for profile in PROFILES]
    for profile, path in zip(PROFILES, paths, strict=True):
        write_animated_mesh(animation, path, extras=EXTRAS, profile=profile)
    done = run_script("play-gltf.mjs", "three", json.dumps(times), *map(str, paths))
    assert done.returncode == 0, done.stderr
    return dict(zip(PROFILES, json.loads(done.stdout), strict=True))


def per_frame(animation: Animation, folder: Path) -> list[NDArray[np.float64]]:
    """The vertices of mesh_000.glb … as trimesh reads them."""
    paths = write_meshes(animation, folder, extras=EXTRAS, step=lambda _index, _of: None)
    scenes = [trimesh.load_scene(path, process=False) for path in paths]
    return [np.asarray(next(iter(scene.geometry.values())).vertices) for scene in scenes]


@pytest.mark.parametrize("num_frames", [16, 31])
def test_every_vertex_is_where_the_meshes_have_it(tmp_path: Path, num_frames: int) -> None:
    animation = ball(num_frames)
    frames = per_frame(animation, tmp_path)
    keys = [key / FPS for key in range(num_frames)]
    between = [(key + 0.25) / FPS for key in range(num_frames - 1)]
    wanted = [*frames, *(0.75 * one + 0.25 * two for one, two in pairwise(frames))]
    box = np.ptp(animation.vertices.reshape(-1, 3), axis=0).max()
    bounds = {"quantized": 3e-5, "compact": 3e-5, "standard": 5e-7}
    for profile, scene in played(animation, tmp_path, keys + between).items():
        shown = np.array(scene["frames"])
        place = places_of(frames[0], shown[0])
        assert np.abs(shown[:, place] - wanted).max() <= bounds[profile] * box, profile
        faces = np.array(scene["faces"]).reshape(-1, 3)
        for vertices, still in zip(shown, wanted, strict=True):
            assert volume(vertices, faces) == pytest.approx(volume(still, animation.faces), rel=1e-3)
            assert volume(vertices, faces) > 0
        if profile != "compact":
            assert np.array_equal(place, np.arange(len(place)))
            assert np.array_equal(faces, animation.faces)


def test_names_and_duration(tmp_path: Path) -> None:
    for scene in played(ball(4), tmp_path, [0]).values():
        assert scene["mesh"] == "animated_mesh"
        assert scene["clips"] == [{"name": "motion", "duration": 0.375}]
        assert scene["targets"] == ["frame_001", "frame_002", "frame_003"]


@pytest.mark.parametrize("closeness", [0.3, 0.0])
def test_through_the_films_camera_the_mesh_is_where_the_film_has_it(tmp_path: Path, closeness: float) -> None:
    animation = ball(3)
    camera = FilmCamera((0.25, -0.1, 0.05), 35.0, 12.0, -7.0, closeness, 90.0, (140.0, 61.0))
    path = tmp_path / "animated_mesh.glb"
    write_animated_mesh(animation, path, extras=EXTRAS, film=FilmView(camera, 320, 180))
    done = run_script("play-gltf.mjs", "three", json.dumps([0, 2 / FPS]), str(path))
    assert done.returncode == 0, done.stderr
    (scene,) = json.loads(done.stdout)
    for key, seen in zip((0, 2), scene["seen"], strict=True):
        pixels = np.array(seen) * [320, 180] - 0.5
        assert np.abs(pixels - camera.project(animation.vertices[key])[0]).max() < 0.01
