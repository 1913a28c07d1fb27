"""PyTorch draws what NumPy draws. On a processor these run where PyTorch is installed."""

import numpy as np
import pytest

from actionmesh_wrapper.preview.arrays import NumpyArrays
from actionmesh_wrapper.preview.renderer import NUMPY, torch_renderer
from tests.preview.compared import SAME, a_ball, pictures

torch = pytest.importorskip("torch", reason="needs PyTorch")


@pytest.mark.parametrize("textured", [False, True])
def test_it_draws_the_same_picture(*, textured: bool) -> None:
    animation = a_ball(textured=textured)
    apart = np.abs(pictures(torch_renderer("cpu"), animation) - pictures(NUMPY, animation))
    assert apart.max() <= (SAME if textured else 1)
    assert apart.mean() < 0.5


def test_it_draws_the_same_twice() -> None:
    one, two = (pictures(torch_renderer("cpu"), a_ball(textured=True)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_on_a_gpu_it_draws_the_same_picture() -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a GPU")
    animation = a_ball(textured=True)
    apart = np.abs(pictures(torch_renderer("cuda"), animation) - pictures(NUMPY, animation))
    assert (apart.max(axis=3) > SAME).mean() < 1e-3  # samples on an edge to the last bit may fall either way


def test_every_operation_gives_what_numpys_gives() -> None:
    ours, theirs = NUMPY.xp, torch_renderer("cpu").xp
    rng = np.random.default_rng(7)
    reals, counts = rng.normal(size=(3, 50)), rng.integers(0, 4, 50)
    index, mask = rng.integers(0, 50, 80), reals[0] > 0
    single = np.abs(reals).astype(np.float32)
    words = rng.integers(1 << 40, 1 << 60, 40)
    for name, arguments in {
        "full": (5, 7, "int64"),
        "arange": (9,),
        "owners": (counts,),
        "take": (reals, index),
        "nonzero": (mask,),
        "where": (mask, reals[1], 0.0),
        "cumsum": (counts,),
        "least": (reals, 0),
        "most": (reals, 1),
        "minimum": (reals[0], reals[1]),
        "maximum": (reals[0], reals[1]),
        "clip": (reals, -0.5, 0.5),
        "at_least": (reals, 0.1),
        "ceil": (reals,),
        "floor": (reals,),
        "sqrt": (single,),
        "log2": (single,),
        "exp2": (single,),
        "cast": (reals, "int64"),
        "bits": (single,),
    }.items():
        wanted = getattr(ours, name)(*arguments)
        put = (theirs.put(value) if isinstance(value, np.ndarray) else value for value in arguments)
        found = theirs.host(getattr(theirs, name)(*put))
        assert found.dtype == wanted.dtype, name
        np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=name)
    joined = theirs.concat([theirs.put(counts), theirs.put(index)])
    np.testing.assert_array_equal(theirs.host(joined), ours.concat([counts, index]))
    for wanted, found in zip(ours.halves(words), theirs.halves(theirs.put(words)), strict=True):
        np.testing.assert_array_equal(wanted, theirs.host(found))


def test_it_has_every_operation() -> None:
    def names(of: object) -> set[str]:
        return {name for name in dir(of) if not name.startswith("_")}

    assert names(torch_renderer("cpu").xp) == names(NumpyArrays()) | {"device"}
