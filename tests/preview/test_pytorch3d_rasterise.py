"""PyTorch3D draws what NumPy draws: the real one where it is installed, else a stand-in."""

import inspect
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import pytest

from actionmesh_wrapper.preview.renderer import NUMPY, Renderer, pytorch3d_renderer
from tests.preview.compared import SAME, a_ball, pictures

pytest.importorskip("torch", reason="needs PyTorch")

IS_INSTALLED = find_spec("pytorch3d") is not None


@pytest.fixture
def renderer(monkeypatch: pytest.MonkeyPatch) -> Renderer:
    if not IS_INSTALLED:
        fake: ModuleType = import_module("tests.preview.fake_pytorch3d")
        for name in ("pytorch3d", "pytorch3d.renderer", "pytorch3d.renderer.mesh"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        for name in ("pytorch3d.renderer.mesh.rasterize_meshes", "pytorch3d.structures"):
            monkeypatch.setitem(sys.modules, name, fake)
        monkeypatch.delitem(sys.modules, "actionmesh_wrapper.preview.pytorch3d_rasterise", raising=False)
    return pytorch3d_renderer("cpu")


@pytest.mark.parametrize("textured", [False, True])
def test_it_draws_the_same_picture(renderer: Renderer, *, textured: bool) -> None:
    animation = a_ball(textured=textured, subdivisions=2)
    apart = np.abs(pictures(renderer, animation) - pictures(NUMPY, animation))
    assert (apart.max(axis=3) > SAME).mean() < 0.005  # at edges, which PyTorch3D widens a little
    assert apart.mean() < 0.5


@pytest.mark.parametrize(("width", "height"), [(24, 24), (36, 20), (20, 36), (0, 0)])
def test_it_sees_the_same_faces_in_pictures_of_any_shape(renderer: Renderer, width: int, height: int) -> None:
    points = np.array([(2.0, 1.0, 0.2), (30.0, 5.0, 0.7), (9.0, 31.0, 0.4), (5, 5, -1.0)]).T
    faces = np.array([(0, 1, 2), (2, 1, 0), (0, 1, 3)]).T
    ours = NUMPY.rasterise(NUMPY.xp, points, faces, width, height)
    xp = renderer.xp
    theirs = renderer.rasterise(xp, xp.put(points), xp.put(faces), width, height)
    seen, also_seen = ours.face >= 0, xp.host(theirs.face) >= 0
    assert also_seen.shape == seen.shape
    assert (seen != also_seen).sum() <= 0.01 * seen.size
    both = seen & also_seen
    np.testing.assert_allclose(xp.host(theirs.inverse_depth)[both], ours.inverse_depth[both], rtol=1e-3)


@pytest.mark.parametrize("behind", [True, False])
def test_nothing_to_see_is_no_trouble(renderer: Renderer, *, behind: bool) -> None:
    xp = renderer.xp
    faces = np.array([[0], [1], [2]]) if behind else np.empty((3, 0), np.int64)
    hits = renderer.rasterise(xp, xp.put(np.full((3, 3), -1.0)), xp.put(faces), 8, 6)
    assert (xp.host(hits.face) == -1).all()
    assert (xp.host(hits.inverse_depth) == 0).all()


@pytest.mark.skipif(not IS_INSTALLED, reason="needs PyTorch3D")
def test_the_stand_in_is_called_as_the_real_one_is() -> None:
    fake = import_module("tests.preview.fake_pytorch3d")
    real = import_module("pytorch3d.renderer.mesh.rasterize_meshes")
    assert list(inspect.signature(fake.rasterize_meshes).parameters) == list(
        inspect.signature(real.rasterize_meshes).parameters
    )
