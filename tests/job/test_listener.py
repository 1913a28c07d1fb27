from pathlib import Path

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Meter, Progress
from actionmesh_wrapper.engines import Show
from actionmesh_wrapper.job.listener import Early
from actionmesh_wrapper.storage import Inline
from tests.fakes import SharingStorage

BOX = trimesh.creation.box()
MESH = Animation(BOX.vertices.astype(np.float32)[None], BOX.faces.astype(np.int32), 8.0)


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
        show: Show = Early(tmp_path, delivery, meter, {"engine": "ball"})
        meter("mesh", 1, 4)
        show.anchor(MESH)
        meter("mesh", 2, 4)
    early = {"anchor_mesh": "https://bucket.example/job-1/anchor_mesh.glb"}
    assert [(progress.index, progress.early) for progress in seen] == [(1, {}), (1, early), (2, early)]
    shared = trimesh.load_mesh(tmp_path / "shared/anchor_mesh.glb", process=False)
    np.testing.assert_array_equal(shared.vertices, MESH.vertices[0])
    np.testing.assert_array_equal(shared.faces, MESH.faces)


def test_without_an_address_nothing_is_told(tmp_path: Path, meter: Meter, seen: list[Progress]) -> None:
    early = Early(tmp_path, Inline(), meter, {})
    meter("mesh", 1, 4)
    early.anchor(MESH)
    meter("mesh", 2, 4)
    assert [progress.early for progress in seen] == [{}, {}]


def test_masks_are_kept(tmp_path: Path, meter: Meter) -> None:
    early = Early(tmp_path, Inline(), meter, {})
    assert early.taken is None
    masks = np.zeros((2, 3, 4), np.uint8)
    early.masks(masks)
    assert early.taken is masks
