"""A mesh of the caller's, on the fake of upstream; `tests/upstream/test_own_mesh.py` has the real code."""

from typing import Any

import numpy as np
import pytest
import trimesh

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.errors import InvalidInput
from tests.engines.actionmesh.conftest import A_LEVEL, NO_TORCH, Rig, clip_of

pytest.importorskip("torch", reason=NO_TORCH)


def a_box(*, stray: int = 0) -> Animation:
    """A box of 24 vertices, four at each side so that each has its own corner of the texture, far from 0."""
    box = trimesh.creation.box(extents=(200.0, 100.0, 50.0))
    vertices = box.vertices[box.faces].reshape(-1, 3) + np.array([1000.0, 0, 0])
    vertices = np.concatenate([vertices, np.full((stray, 3), 5000.0)]).astype(np.float32)
    faces = np.arange(36, dtype=np.int32).reshape(12, 3)
    uv = np.random.default_rng(0).random((len(vertices), 2)).astype(np.float32)
    texture = np.random.default_rng(1).integers(0, 255, (4, 4, 3)).astype(np.uint8)
    return Animation(vertices[None], faces, 8.0, uv, texture)


def test_the_answer_is_the_callers_mesh_moved(rig: Rig) -> None:
    own = a_box()
    rig.engine.accept(Options(), mesh=True)
    animation = rig.run(clip_of(16), mesh=own)
    for mine, theirs in (
        (animation.faces, own.faces),
        (animation.uv, own.uv),
        (animation.texture, own.texture),
    ):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_allclose(animation.vertices[0], own.vertices[0], atol=1e-3)
    aside = (animation.vertices - own.vertices)[..., 1:].mean(axis=(1, 2))  # along X it fills its box already
    np.testing.assert_allclose(aside[1:], np.arange(1, 16) * A_LEVEL * 100, atol=0.02)  # of half of 200


def test_stage_0_gives_way_to_the_shape_encoder(rig: Rig) -> None:
    rig.run(clip_of(16), mesh=a_box(), anchor_idx=2, seed=5)
    calls = rig.taken()
    assert [call[0] for call in calls] == [
        "image_process",
        "load",
        "mesh",
        "encode",
        "context",
        "stage_1",
        "stage_2",
    ]
    assert calls[1:3] == [("load", "vae"), ("mesh", 2, 5, 36, 8)]
    assert [stage for stage, _, _ in rig.steps][1:4] == ["stage_0", "stage_0", "context"]


def test_all_chance_hangs_on_the_seed_and_none_of_others_is_touched(rig: Rig) -> None:
    encoded: list[tuple[Any, ...]] = []
    for seed in (5, 5, 6):
        np.random.seed(len(encoded))  # noqa: NPY002 – what others may use
        expected = np.random.RandomState(len(encoded)).rand()
        rig.run(clip_of(16), mesh=a_box(), seed=seed)
        assert np.random.rand() == expected  # noqa: NPY002
        encoded += [call for call in rig.taken() if call[0] == "encode"]
    assert encoded[0] == encoded[1]
    assert encoded[0][2] != encoded[2][2]


def test_vertices_that_no_face_uses_stay(rig: Rig) -> None:
    own = a_box(stray=2)
    animation = rig.run(clip_of(16), mesh=own)
    np.testing.assert_array_equal(animation.vertices[:, 36:], np.repeat(own.vertices[:, 36:], 16, axis=0))
    np.testing.assert_allclose(animation.vertices[0], own.vertices[0], atol=1e-3)


def test_a_mesh_that_upstream_stumbles_over_is_the_callers_error(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise AssertionError("Some pre-merge vertices have no close match in the merged mesh (max dist=inf).")

    monkeypatch.setattr(rig.engine._pipe, "init_banks_from_anchor", stumble)
    with pytest.raises(InvalidInput, match="mesh: ActionMesh cannot take it"):
        rig.run(clip_of(16), mesh=a_box())


@pytest.mark.parametrize("fault", [AssertionError("a bug"), IndexError("a bug"), ValueError("a bug")])
def test_a_fault_of_our_own_is_not_the_callers(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def stumble(*_: object) -> None:
        raise fault

    monkeypatch.setattr(rig.engine._pipe, "init_banks_from_anchor", stumble)
    with pytest.raises(type(fault), match="a bug"):
        rig.run(clip_of(16), mesh=a_box())


def test_a_job_without_a_mesh_is_as_ever_after_one_with(rig: Rig) -> None:
    before = rig.run(clip_of(16))
    rig.run(clip_of(16), mesh=a_box())
    assert rig.run(clip_of(16)).vertices.tobytes() == before.vertices.tobytes()
