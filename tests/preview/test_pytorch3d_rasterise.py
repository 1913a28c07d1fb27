"""PyTorch3D sees what NumPy sees: the real one where it is installed, else a stand-in."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.preview.layout import FRONT, SIDE, THREE_QUARTER, blank
from actionmesh_wrapper.preview.renderer import NUMPY, Renderer, _has_gpu, pytorch3d_renderer
from actionmesh_wrapper.preview.scene import PreviewScene
from tests.preview.shapes import f32, sphere

torch = pytest.importorskip("torch", reason="needs PyTorch")

IS_INSTALLED = find_spec("pytorch3d") is not None
DEVICE = "cuda" if IS_INSTALLED and torch.cuda.is_available() else "cpu"
VIEWS = (FRONT, THREE_QUARTER, SIDE)
SIDE_PX = 96
SAME = 8  # of 255: what differs more shows another face


@pytest.fixture
def renderer(monkeypatch: pytest.MonkeyPatch) -> Renderer:
    if not IS_INSTALLED:
        fake: ModuleType = import_module("tests.preview.fake_pytorch3d")
        for name in ("pytorch3d", "pytorch3d.renderer", "pytorch3d.renderer.mesh"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        for name in ("pytorch3d.renderer.mesh.rasterize_meshes", "pytorch3d.structures"):
            monkeypatch.setitem(sys.modules, name, fake)
        monkeypatch.delitem(sys.modules, "actionmesh_wrapper.preview.pytorch3d_rasterise", raising=False)
    return pytorch3d_renderer(DEVICE)


def three_balls(*, textured: bool) -> Animation:
    """A ball that two others cut, so that there are edges, insides and touching faces."""
    ball, faces = sphere(0.5, 2)
    vertices = np.concatenate([ball, ball * 0.6 + f32([0.5, 0.1, 0]), ball * 0.4 + f32([0, 0.4, 0.4])])
    all_faces = np.concatenate([faces + np.int32(len(ball) * nth) for nth in range(3)])
    if not textured:
        return Animation(vertices[None], all_faces, 8.0)
    uv = np.tile(f32(np.column_stack([ball[:, 0] + 0.5, 0.5 - ball[:, 1]])), (3, 1))
    chequer = np.indices((64, 64)).sum(axis=0) // 8 % 2 * 200 + 30
    texture = np.repeat(chequer[..., None], 3, axis=2).astype(np.uint8)
    return Animation(vertices[None], all_faces, 8.0, uv, texture)


def pictures(renderer: Renderer, animation: Animation) -> NDArray[np.int64]:
    scene = PreviewScene(renderer, animation, VIEWS, blank(SIDE_PX))
    return np.stack([scene.picture(0, view).pixels for view in VIEWS]).astype(np.int64)


@pytest.mark.parametrize("textured", [False, True])
def test_it_draws_the_same_picture(renderer: Renderer, *, textured: bool) -> None:
    animation = three_balls(textured=textured)
    apart = np.abs(pictures(renderer, animation) - pictures(NUMPY, animation))
    assert (apart.max(axis=3) > SAME).mean() < 0.005  # at edges, which PyTorch3D widens a little
    assert apart.mean() < 0.5


@pytest.mark.parametrize(("width", "height"), [(24, 24), (36, 20), (20, 36), (0, 0)])
def test_it_sees_the_same_faces_in_pictures_of_any_shape(renderer: Renderer, width: int, height: int) -> None:
    points = np.array([(2.0, 1.0, 0.2), (30.0, 5.0, 0.7), (9.0, 31.0, 0.4), (5, 5, -1.0)]).T
    faces = np.array([(0, 1, 3), (0, 1, 2), (2, 1, 0)]).T
    ours = NUMPY.rasterise(points, faces, width, height)
    theirs = renderer.rasterise(points, faces, width, height)
    for one, other in ((ours.face, theirs.face), (ours.inverse_depth, theirs.inverse_depth)):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
    seen, also_seen = ours.face >= 0, theirs.face >= 0
    assert (seen != also_seen).sum() <= 0.01 * seen.size
    assert set(np.unique(theirs.face)) <= {-1, 1, 2}
    both = seen & also_seen
    np.testing.assert_allclose(theirs.inverse_depth[both], ours.inverse_depth[both], rtol=1e-3)
    assert (theirs.inverse_depth[~also_seen] == 0).all()


@pytest.mark.parametrize("behind", [True, False])
def test_nothing_to_see_is_no_trouble(renderer: Renderer, *, behind: bool) -> None:
    faces = np.array([[0], [1], [2]]) if behind else np.empty((3, 0), np.int64)
    hits = renderer.rasterise(np.full((3, 3), -1.0), faces, 8, 6)
    assert (hits.face == -1).all()
    assert (hits.inverse_depth == 0).all()


def test_it_asks_pytorch_for_a_gpu(renderer: Renderer) -> None:
    assert _has_gpu() == torch.cuda.is_available()


def test_what_pytorch_raises_for_want_of_memory_is_among_its_faults(renderer: Renderer) -> None:
    assert issubclass(torch.OutOfMemoryError, renderer.faults)


def test_on_a_gpu_it_has_a_stream_of_its_own(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["actionmesh_wrapper.preview.pytorch3d_rasterise"]
    made: list[tuple[str, int]] = []
    entered: list[object] = []

    def stream(device: str, priority: int) -> object:
        made.append((device, priority))
        return made[-1]

    @contextmanager
    def within(of: object) -> Iterator[None]:
        entered.append(of)
        yield

    monkeypatch.setattr(torch.cuda, "Stream", stream)
    monkeypatch.setattr(torch.cuda, "stream", within)
    module._stream.cache_clear()
    own = module._in_own_stream
    monkeypatch.setattr(module, "_in_own_stream", lambda _device: own("cuda"))
    pictures(replace(NUMPY, rasterise=partial(module.rasterise, device="cpu")), three_balls(textured=False))
    module._stream.cache_clear()
    assert made == [("cuda", -1)]
    assert set(entered) == set(made)
    assert len(entered) == len(VIEWS) + 1  # and the shadow


@pytest.mark.skipif(not IS_INSTALLED, reason="needs PyTorch3D")
def test_the_stand_in_is_called_as_the_real_one_is() -> None:
    fake = import_module("tests.preview.fake_pytorch3d")
    real = import_module("pytorch3d.renderer.mesh.rasterize_meshes")
    assert list(inspect.signature(fake.rasterize_meshes).parameters) == list(
        inspect.signature(real.rasterize_meshes).parameters
    )
