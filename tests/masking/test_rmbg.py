"""RMBG with a tiny model of the same interface; tests/upstream holds it against ActionMesh's own class."""

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="RMBG runs on torch, which .venv-image has")
pytest.importorskip("transformers", reason="RMBG is loaded by transformers, which .venv-image has")

import torch
from safetensors.torch import load_file, save_file

from actionmesh_wrapper.errors import Internal
from actionmesh_wrapper.masking import rmbg
from actionmesh_wrapper.masking.rmbg import SIDE, Rmbg
from tests.upstream.tiny_rmbg import write_tiny_rmbg


class Constant(torch.nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """A model whose map is the same everywhere."""

    def forward(self, picture: torch.Tensor) -> list[list[torch.Tensor]]:
        return [[picture.new_full((1, 1, 32, 32), 0.5)]]


class Recorder(torch.nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """A model that keeps its input, and returns the input's red channel."""

    picture: torch.Tensor

    def forward(self, picture: torch.Tensor) -> list[list[torch.Tensor]]:
        self.picture = picture
        return [[picture[:, :1]]]


@pytest.fixture(autouse=True)
def _own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transformers copies a model's own code into a folder of its own: the test's."""
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))


def dark_disc() -> np.ndarray:
    picture = np.full((120, 200, 3), 230, np.uint8)
    cv2.circle(picture, (100, 60), 30, (20, 30, 25), -1)
    return picture


def test_a_mask_has_the_picture_s_size_and_nothing_between(tmp_path: Path) -> None:
    write_tiny_rmbg(tmp_path / "RMBG")
    picture = dark_disc()

    mask = Rmbg.load(tmp_path / "RMBG", "cpu")(picture)

    assert mask.dtype == np.uint8
    assert set(np.unique(mask)) == {0, 255}
    truth = picture[..., 0] < 128
    assert (truth & (mask > 0)).sum() > 0.95 * (truth | (mask > 0)).sum()


def test_the_model_takes_a_square_of_minus_to_plus_a_half() -> None:
    model = Recorder()

    Rmbg(model, "cpu")(dark_disc())

    assert model.picture.shape == (1, 3, SIDE, SIDE)
    assert model.picture.dtype == torch.float32
    assert model.picture[0, :, 0, 0].tolist() == pytest.approx([230 / 255 - 0.5] * 3)
    assert model.picture[0, :, 512, 512].tolist() == pytest.approx(
        [level / 255 - 0.5 for level in (20, 30, 25)]
    )


def test_a_map_without_contrast_is_no_subject() -> None:
    assert not Rmbg(Constant(), "cpu")(dark_disc()).any()


def test_specks_go_and_parts_stay() -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[10:20, 10:30] = 200  # 200 pixels
    mask[20, 20] = 200  # and one more
    mask[40:50, 10:29] = 200  # 190
    mask[50, 29:40] = 200  # and 11 that touch it at a corner
    mask[70:80, 10:30] = 200  # 200

    kept = rmbg._without_specks(mask)

    assert kept[15, 15] == kept[45, 15] == kept[50, 35] == 255
    assert not kept[70:80].any()


def test_a_folder_that_lacks_tensors_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "RMBG"
    write_tiny_rmbg(folder)
    tensors = load_file(folder / "model.safetensors")
    save_file(
        {"look.weight": tensors["look.weight"]}, folder / "model.safetensors", metadata={"format": "pt"}
    )

    with pytest.raises(Internal) as caught:
        Rmbg.load(folder, "cpu")

    assert str(caught.value) == "INTERNAL: RMBG could not be loaded."
    assert caught.value.detail == "missing or of another shape: ['look.bias']"
