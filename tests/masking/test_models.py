import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.errors import Internal
from actionmesh_wrapper.masking.models import (
    NEEDS,
    NO_MODELS,
    LoadedOnce,
    MaskModels,
    load_models,
    refuse_missing_tensors,
)
from tests.masking.test_saliency import U2NETP, lay

PATHS = {"RMBG": Path("rmbg"), "SAM2": Path("sam2"), "TripoSG": Path("triposg")}
needs_torch = pytest.mark.skipif(
    any(find_spec(name) is None for name in NEEDS), reason="the models need torch and transformers"
)


def test_without_torch_there_are_no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert load_models(PATHS, "cpu") == NO_MODELS


def test_the_network_needs_no_torch_and_is_let_go_after_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    lay(U2NETP, tmp_path)
    models = load_models({"U2NETP": tmp_path}, "cpu")
    assert models.saliency is not None

    with models.saliency() as network, models.saliency() as other:
        assert network(np.zeros((4, 6, 3), np.uint8)).shape == (4, 6)
        assert other is not network


def test_nothing_of_masking_imports_torch_before_a_model_is_used() -> None:
    code = (
        "import sys; from actionmesh_wrapper.masking.models import load_models; "
        "from actionmesh_wrapper.engines.silhouette import Silhouette; "
        "load_models({'RMBG': None, 'SAM2': None}, 'cpu'); "
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@needs_torch
def test_models_are_those_whose_weights_are_there() -> None:
    assert load_models({}, "cpu") == NO_MODELS
    assert load_models({"RMBG": PATHS["RMBG"]}, "cpu").sam2 is None
    assert load_models({"SAM2": PATHS["SAM2"]}, "cpu").rmbg is None
    both = load_models(PATHS, "cpu")
    assert both.rmbg is not None
    assert both.sam2 is not None


@needs_torch
@pytest.mark.filterwarnings("error")
def test_loaded_models_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.masking.tiny_sam2 import tiny_sam2
    from tests.upstream.tiny_rmbg import write_tiny_rmbg

    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    write_tiny_rmbg(tmp_path / "RMBG")
    tiny_sam2().save_pretrained(tmp_path / "SAM2")
    models = load_models({name: tmp_path / name for name in ("RMBG", "SAM2")}, "cpu")
    rgb = np.random.default_rng(0).integers(0, 256, (2, 48, 64, 3)).astype(np.uint8)
    assert models.rmbg is not None
    assert models.sam2 is not None

    with models.rmbg() as segment, models.sam2() as track:
        assert segment(rgb[0]).shape == (48, 64)
        assert track(rgb, (0.1, 0.1, 0.9, 0.9), (), lambda index, of: None).shape == (2, 48, 64)
    with models.rmbg() as again:
        assert again is segment


def test_a_model_is_loaded_at_its_first_use_and_kept() -> None:
    loads: list[int] = []

    def load() -> object:
        loads.append(1)
        return object()

    kept = LoadedOnce(load)
    assert loads == []

    with kept() as first:
        pass
    with kept() as second:
        pass

    assert first is second
    assert loads == [1]


def test_a_model_that_did_not_load_is_tried_again() -> None:
    tries: list[int] = []

    def load() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError
        return "model"

    kept = LoadedOnce(load)
    with pytest.raises(ConnectionError), kept():
        pass

    with kept() as model:
        assert model == "model"


def test_no_models() -> None:
    assert MaskModels(rmbg=None, sam2=None) == NO_MODELS


def test_a_model_with_all_its_tensors_is_fine() -> None:
    refuse_missing_tensors("RMBG", {"missing_keys": [], "mismatched_keys": [], "unexpected_keys": ["step"]})


@pytest.mark.parametrize("kind", ["missing_keys", "mismatched_keys"])
def test_a_model_that_lacks_tensors_is_refused(kind: str) -> None:
    with pytest.raises(Internal) as caught:
        refuse_missing_tensors("RMBG", {"missing_keys": set(), "mismatched_keys": [], kind: {"conv.bias"}})

    assert str(caught.value) == "INTERNAL: RMBG could not be loaded."
    assert caught.value.detail == "missing or of another shape: ['conv.bias']"
