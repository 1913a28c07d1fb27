import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Meter, Notice, Progress
from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.job.early_results import TIMES, EarlyResults
from actionmesh_wrapper.storage import Inline
from actionmesh_wrapper.storage.manifest import is_ours
from actionmesh_wrapper.texture.unwrap import unwrap
from tests.export import reader
from tests.fakes import SharingStorage

BOX = trimesh.creation.box()
PLAIN, COLOURED = Recipe(), Recipe(texture="auto")
MESH = Animation(BOX.vertices.astype(np.float32)[None], BOX.faces.astype(np.int32), 8.0)


def ignore(_: Notice) -> None:
    """Stands for who is warned."""


@pytest.fixture
def seen() -> list[Progress]:
    return []


@pytest.fixture
def meter(seen: list[Progress]) -> Meter:
    return Meter({"mesh": 1.0}, seen.append)


def test_the_anchors_mesh_is_told_of_at_once_and_from_then_on(
    tmp_path: Path, meter: Meter, seen: list[Progress]
) -> None:
    storage = SharingStorage(tmp_path / "shared")
    with storage.deliver("job-1") as delivery:
        listener = EarlyResults(
            tmp_path, delivery, meter, {"engine": "ball"}, keys=16, recipe=PLAIN
        ).listener(ignore)
        meter("mesh", 1, 4)
        listener.anchor(MESH)
        meter("mesh", 2, 4)
    early = {"anchor_mesh": "https://bucket.example/job-1/anchor_mesh.glb"}
    assert [(progress.index, progress.early) for progress in seen] == [(1, {}), (1, early), (2, early)]
    shared = trimesh.load_mesh(tmp_path / "shared/anchor_mesh.glb", process=False)
    np.testing.assert_array_equal(shared.vertices, MESH.vertices[0])
    np.testing.assert_array_equal(shared.faces, MESH.faces)


def test_without_an_address_nothing_is_told(tmp_path: Path, meter: Meter, seen: list[Progress]) -> None:
    listener = EarlyResults(tmp_path, Inline(), meter, {}, keys=16, recipe=PLAIN).listener(ignore)
    meter("mesh", 1, 4)
    listener.anchor(MESH)
    meter("mesh", 2, 4)
    assert [progress.early for progress in seen] == [{}, {}]


def test_masks_are_kept(tmp_path: Path, meter: Meter) -> None:
    early = EarlyResults(tmp_path, Inline(), meter, {}, keys=16, recipe=PLAIN)
    assert early.masks is None
    masks = np.zeros((2, 3, 4), np.uint8)
    early.listener(ignore).masks(masks)
    assert early.masks is masks


def test_progress_and_warnings_are_handed_on(tmp_path: Path, meter: Meter, seen: list[Progress]) -> None:
    notices: list[Notice] = []
    listener = EarlyResults(tmp_path, Inline(), meter, {}, keys=16, recipe=PLAIN).listener(notices.append)
    listener.stage("mesh")(1, 4)
    listener.warn(Notice("ROUND", "It is a ball."))
    assert [(progress.stage, progress.index, progress.of) for progress in seen] == [("mesh", 1, 4)]
    assert notices == [Notice("ROUND", "It is a ball.")]


def grown(keys: list[int]) -> Animation:
    """The box at some keys: it rises by 1 a key."""
    rise = np.array(keys, np.float32)[:, None, None] * np.array([0, 1, 0], np.float32)
    return replace(MESH, vertices=MESH.vertices + rise)


def test_what_is_there_of_the_animation_is_shared_each_time_in_a_file_of_its_own(
    tmp_path: Path, meter: Meter, seen: list[Progress]
) -> None:
    extras = {"engine": "ball", "source_timestamps_s": [0.0]}
    storage = SharingStorage(tmp_path / "shared")
    with storage.deliver("job-1") as delivery:
        for keys in ([2, 4, 20], [2, 3, 4, 20], [*range(2, 21)]):
            meter("mesh", 1, 4)
            with EarlyResults(tmp_path, delivery, meter, extras, keys=30, recipe=PLAIN) as early:
                listener = early.listener(ignore)
                listener.anchor(MESH)
                listener.so_far(grown(keys), keys)
            name = f"so_far_{len(keys):03d}.glb"
            assert seen[-1].early["animated_mesh"] == f"https://bucket.example/job-1/{name}"
            assert is_ours(name)
    document = reader.read(tmp_path / "shared/so_far_003.glb")
    sampler = document.json["animations"][0]["samplers"][0]
    np.testing.assert_allclose(document.values(sampler["input"]).ravel(), np.array([0, 2, 18]) / 8)
    assert document.json["scenes"][0]["extras"] == {"engine": "ball"}


def test_an_animation_that_grows_is_shared_a_few_times_only(
    tmp_path: Path, meter: Meter, seen: list[Progress]
) -> None:
    storage = SharingStorage(tmp_path / "shared")
    meter("mesh", 1, 4)
    with (
        storage.deliver("job-1") as delivery,
        EarlyResults(tmp_path, delivery, meter, {}, keys=121, recipe=PLAIN) as early,
    ):
        listener = early.listener(ignore)
        listener.anchor(MESH)
        for count in range(16, 121):
            listener.so_far(grown([*range(count)]), [*range(count)])
    assert 1 <= len({progress.early.get("animated_mesh") for progress in seen} - {None}) <= 1 + TIMES
    assert len(list((tmp_path / "shared").glob("so_far_*.glb"))) <= 1 + TIMES


def test_nothing_of_the_animation_is_written_where_it_cannot_be_shared(tmp_path: Path, meter: Meter) -> None:
    with EarlyResults(tmp_path, Inline(), meter, {}, keys=16, recipe=PLAIN) as early:
        listener = early.listener(ignore)
        listener.anchor(MESH)
        listener.so_far(grown([0, 1]), [0, 1])
    assert not list(tmp_path.glob("so_far_*"))


def test_the_job_goes_on_where_it_cannot_be_written(
    tmp_path: Path, meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    storage = SharingStorage(tmp_path / "shared")
    with (
        storage.deliver("job-1") as delivery,
        EarlyResults(tmp_path / "gone", delivery, meter, {}, keys=16, recipe=PLAIN) as early,
    ):
        (tmp_path / "gone").mkdir()
        listener = early.listener(ignore)
        listener.anchor(MESH)
        shutil.rmtree(tmp_path / "gone")
        listener.so_far(grown([0, 1]), [0, 1])
    assert "the animation so far could not be shared" in caplog.text


@pytest.mark.parametrize(("recipe", "texture"), [(PLAIN, False), (COLOURED, True)])
def test_nothing_is_laid_flat_of_a_mesh_that_gets_no_colours(
    tmp_path: Path, meter: Meter, recipe: Recipe, texture: bool
) -> None:
    own = replace(MESH, uv=np.zeros((8, 2), np.float32), texture=np.zeros((4, 4, 3), np.uint8))
    with EarlyResults(tmp_path, Inline(), meter, {}, keys=16, recipe=recipe) as early:
        early.listener(ignore).anchor(own if texture else MESH)
        assert early.unwrapping is None


@pytest.mark.skipif(find_spec("xatlas") is None, reason="xatlas is not installed")
def test_the_anchors_mesh_is_laid_flat_once_and_as_it_will_be(tmp_path: Path, meter: Meter) -> None:
    faces = MESH.faces
    with EarlyResults(tmp_path, Inline(), meter, {}, keys=16, recipe=COLOURED) as early:
        listener = early.listener(ignore)
        listener.anchor(MESH)
        begun = early.unwrapping
        listener.anchor(grown([3]))
        assert begun is not None
        assert early.unwrapping is begun
        made = begun.unwrap(MESH.vertices[0] * 2, faces, 1024, tick=lambda: None)
    expected = unwrap(MESH.vertices[0], faces, 1024, tick=lambda: None)
    assert np.array_equal(made.uv, expected.uv)
    assert np.array_equal(made.origin[made.faces], faces)


def test_whoever_leaves_ends_it(tmp_path: Path, meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(600)")
    monkeypatch.setattr("actionmesh_wrapper.texture.unwrap.CHARTS", sleeper)
    monkeypatch.setattr("actionmesh_wrapper.texture.unwrap.find_spec", lambda _: True)
    with (
        pytest.raises(Cancelled),
        EarlyResults(tmp_path, Inline(), meter, {}, keys=16, recipe=COLOURED) as early,
    ):
        early.listener(ignore).anchor(MESH)
        raise Cancelled
    begun = early.unwrapping
    assert begun is not None
    with pytest.raises(Cancelled):  # what it was waited for
        begun.unwrap(MESH.vertices[0], MESH.faces, 1024, tick=lambda: None)
