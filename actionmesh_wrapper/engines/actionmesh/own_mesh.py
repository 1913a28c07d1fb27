"""The caller's own mesh in place of Stage 0: what ActionMesh's pipeline for a video and a mesh does."""

import importlib
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import torch
import trimesh
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.engines.actionmesh.stages import Banks
from actionmesh_wrapper.errors import InvalidInput

STUMBLE = "Some pre-merge vertices have no close match"
"""How upstream fails where faces without an area go, and vertices with them."""


@dataclass(frozen=True, eq=False)
class OwnMesh:
    """A caller's mesh, and the way back from what ActionMesh makes of it.

    Attributes:
        mesh: as it came, one key.
        used: indices of the vertices that faces use; the others stay where they are.
        centre: (3,) of its box.
        scale: half its box's longest side.
    """

    mesh: Animation
    used: NDArray[np.intp]
    centre: NDArray[np.float64]
    scale: float

    @classmethod
    def of(cls, mesh: Animation) -> Self:
        """Measures a mesh."""
        used = np.unique(mesh.faces).astype(np.intp)
        vertices = mesh.vertices[0, used].astype(np.float64)
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        return cls(mesh, used, (low + high) / 2, float((high - low).max()) / 2)

    def to_trimesh(self) -> Any:
        """The mesh as ActionMesh takes it, brought into [-1, 1]: it merges vertices by absolute distances."""
        vertices = (self.mesh.vertices[0, self.used].astype(np.float64) - self.centre) / self.scale
        return trimesh.Trimesh(vertices, np.searchsorted(self.used, self.mesh.faces), process=False)

    def to_animation(self, moved: Iterable[NDArray[np.float64]], count: int, fps: float) -> Animation:
        """The caller's mesh, moved.

        Args:
            moved: (U, 3) for each key, the vertices in use, in [-1, 1].
            count: keys.
            fps: keys per second.
        """
        vertices = np.repeat(self.mesh.vertices, count, axis=0)
        for key, places in zip(vertices, moved, strict=True):
            key[self.used] = places * self.scale + self.centre
        return Animation(vertices, self.mesh.faces, fps, self.mesh.uv, self.mesh.texture)


@dataclass(frozen=True, eq=False)
class VertexMap:
    """From ActionMesh's merged vertices back to those that it was given.

    Attributes:
        normalization: of the merged mesh's box.
        merged: (U,) index of the merged vertex for each.
    """

    normalization: Any
    merged: NDArray[np.intp]

    def restored(self, meshes: Iterable[Any]) -> Iterator[NDArray[np.float64]]:
        """The vertices (U, 3) of meshes as ActionMesh made them, one after the other."""
        undo = importlib.import_module("actionmesh.preprocessing.mesh_processor").denormalize_mesh
        for mesh in meshes:
            yield np.asarray(undo(mesh.copy(), self.normalization).vertices)[self.merged]


def encode(pipe: Any, video_input: Any, own: OwnMesh, seed: int) -> tuple[Banks, VertexMap]:
    """Stage 0 of a mesh that is there: its latent, by TripoSG's shape encoder.

    Upstream samples the surface by chance, whatever the seed says; here the seed says.

    Args:
        pipe: an ``ActionMeshPipelineWithMeshInput`` whose shape encoder is loaded.
        video_input: an ``ActionMeshInput``.
        own: the mesh, of the anchor frame.
        seed: of every choice of points.

    Raises:
        InvalidInput: if nothing is left of the mesh once its broken faces are gone.
    """
    with seeded(pipe.vae, seed, pipe.device):
        try:
            latents, meshes, normalization, merged, _ = pipe.init_banks_from_anchor(
                video_input, own.to_trimesh(), seed
            )
        except AssertionError as error:
            if STUMBLE not in str(error):
                raise
            raise InvalidInput(
                "mesh: ActionMesh cannot take it; are there vertices that only faces without an area use?"
            ) from error
    return Banks(latents, meshes), VertexMap(normalization, merged)


@contextmanager
def seeded(encoder: Any, seed: int, device: torch.device) -> Iterator[None]:
    """Has all chance in a shape encoder hang on a seed, and nothing else's on what happens here."""
    numpys, pythons = np.random.get_state(), random.getstate()  # noqa: NPY002 – upstream's packages draw from it
    encoder.encode = partial(encoder.encode, seed=seed)
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            np.random.seed(seed)  # noqa: NPY002 – as above
            random.seed(seed)
            yield
    finally:
        del encoder.encode
        np.random.set_state(numpys)  # noqa: NPY002 – as above
        random.setstate(pythons)
