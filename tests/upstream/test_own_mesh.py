"""A mesh of the caller's, against ActionMesh's own pipeline for a video and a mesh."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.errors import InvalidInput
from tests.upstream.scenes import swing

if TYPE_CHECKING:
    from tests.upstream.pipelines import Ours

CPU = "cpu"


def a_ball() -> Animation:
    """A ball of 162 vertices in [-1, 1], each twice, so that there is something to merge."""
    ball = trimesh.creation.icosphere(subdivisions=2)
    corners = ball.vertices / np.abs(ball.vertices).max()
    vertices = np.concatenate([corners, corners]).astype(np.float32)
    faces = ball.faces.copy()
    faces[::2] += len(corners)
    used = np.unique(faces)
    uv = np.zeros((len(used), 2), np.float32)
    texture = np.full((2, 2, 3), 200, np.uint8)
    return Animation(vertices[used][None], np.searchsorted(used, faces).astype(np.int32), 8.0, uv, texture)


@pytest.fixture
def with_mesh(tiny: Any) -> Any:
    """Upstream's class for a video and a mesh."""
    from actionmesh.pipeline_with_3d import ActionMeshPipelineWithMeshInput

    return ActionMeshPipelineWithMeshInput


def their_meshes(make: Any, home: Path, mesh: Animation, count: int, seed: int) -> Any:
    """Upstream's ``__call__``, whose chance is made to hang on the seed as ours does."""
    import torch
    from actionmesh.io.video_input import ActionMeshInput

    from actionmesh_wrapper.engines.actionmesh.own_mesh import seeded

    class Seeded(make):  # type: ignore[misc]
        def init_banks_from_anchor(self, input: Any, anchor_mesh: Any, seed: int = 44) -> Any:  # noqa: A002
            with seeded(self.vae, seed, self.device):
                return super().init_banks_from_anchor(input, anchor_mesh, seed)

    pictures = [Image.fromarray(image) for image in swing(count).images]
    given = ActionMeshInput(frames=pictures, timesteps=torch.arange(count, dtype=torch.float32))
    before = Path.cwd()
    os.chdir(home)
    try:
        pipe = Seeded("actionmesh.yaml", str(home / "configs")).to(CPU)
        own = trimesh.Trimesh(mesh.vertices[0].astype(np.float64), mesh.faces, process=False)
        return pipe(given, own, seed=seed)
    finally:
        os.chdir(before)


@pytest.mark.parametrize("count", [16, 20])
def test_gives_what_upstream_gives(ours: "Ours", with_mesh: Any, upstream_home: Path, count: int) -> None:
    own = a_ball()
    ours.engine.accept(Options(), mesh=True)
    mine = ours(swing(count), mesh=own, seed=3)
    theirs = their_meshes(with_mesh, upstream_home, own, count, seed=3)
    np.testing.assert_array_equal(mine.faces, theirs[0].faces)
    np.testing.assert_array_equal(mine.vertices, [mesh.vertices.astype(np.float32) for mesh in theirs])
    assert np.abs(np.diff(mine.vertices, axis=0)).max() > 0.01
    np.testing.assert_array_equal(mine.uv, own.uv)
    np.testing.assert_array_equal(mine.texture, own.texture)


def test_the_same_seed_gives_the_same(ours: "Ours") -> None:
    clip, own = swing(16), a_ball()
    first, second, other = (ours(clip, mesh=own, seed=seed, mode="fast") for seed in (3, 3, 4))
    assert first.vertices.tobytes() == second.vertices.tobytes()
    assert first.vertices.tobytes() != other.vertices.tobytes()


def test_vertices_of_faces_without_area_alone_are_the_callers_error(ours: "Ours") -> None:
    own = a_ball()
    vertices = np.concatenate([own.vertices, [[[0.5, 0.5, 0.5]]]], axis=1, dtype=np.float32)
    faces = np.concatenate([own.faces, [[0, own.vertices.shape[1], own.vertices.shape[1]]]], dtype=np.int32)
    with pytest.raises(InvalidInput, match="vertices that only faces without an area use"):
        ours(swing(16), mesh=Animation(vertices, faces, 8.0))


@pytest.mark.parametrize(("count", "anchor"), [(16, 5), (20, 18)])
def test_the_mesh_may_be_any_frames(ours: "Ours", count: int, anchor: int) -> None:
    own = a_ball()
    animation = ours(swing(count), mesh=own, mode="fast", anchor_idx=anchor)
    np.testing.assert_allclose(animation.vertices[anchor], own.vertices[0], atol=1e-6)
    assert animation.num_frames == count


def test_size_and_place_do_not_matter(ours: "Ours") -> None:
    clip, own = swing(16), a_ball()
    far = Animation(own.vertices * 512 + 1024, own.faces, 8.0, own.uv, own.texture)
    near = ours(clip, mesh=own, mode="fast").vertices
    np.testing.assert_allclose((ours(clip, mesh=far, mode="fast").vertices - 1024) / 512, near, atol=1e-3)
