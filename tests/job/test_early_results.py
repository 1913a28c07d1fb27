from pathlib import Path

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Meter, Notice, Progress
from actionmesh_wrapper.job.early_results import EarlyResults
from actionmesh_wrapper.storage import Inline
from tests.fakes import SharingStorage

BOX = trimesh.creation.box()
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
        listener = EarlyResults(tmp_path, delivery, meter, {"engine": "ball"}).listener(ignore)
        meter("mesh", 1, 4)
        listener.anchor(MESH)
        meter("mesh", 2, 4)
    early = {"anchor_mesh": "https://bucket.example/job-1/anchor_mesh.glb"}
    assert [(progress.index, progress.early) for progress in seen] == [(1, {}), (1, early), (2, early)]
    shared = trimesh.load_mesh(tmp_path / "shared/anchor_mesh.glb", process=False)
    np.testing.assert_array_equal(shared.vertices, MESH.vertices[0])
    np.testing.assert_array_equal(shared.faces, MESH.faces)


def test_without_an_address_nothing_is_told(tmp_path: Path, meter: Meter, seen: list[Progress]) -> None:
    listener = EarlyResults(tmp_path, Inline(), meter, {}).listener(ignore)
    meter("mesh", 1, 4)
    listener.anchor(MESH)
    meter("mesh", 2, 4)
    assert [progress.early for progress in seen] == [{}, {}]


def test_masks_are_kept(tmp_path: Path, meter: Meter) -> None:
    early = EarlyResults(tmp_path, Inline(), meter, {})
    assert early.masks is None
    masks = np.zeros((2, 3, 4), np.uint8)
    early.listener(ignore).masks(masks)
    assert early.masks is masks


def test_progress_and_warnings_are_handed_on(tmp_path: Path, meter: Meter, seen: list[Progress]) -> None:
    notices: list[Notice] = []
    listener = EarlyResults(tmp_path, Inline(), meter, {}).listener(notices.append)
    listener.stage("mesh")(1, 4)
    listener.warn(Notice("ROUND", "It is a ball."))
    assert [(progress.stage, progress.index, progress.of) for progress in seen] == [("mesh", 1, 4)]
    assert notices == [Notice("ROUND", "It is a ball.")]
