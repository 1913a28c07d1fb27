"""RMBG's masks against those of ActionMesh's own class, bit for bit, with the same tiny weights."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

pytest.importorskip("torch", reason="RMBG runs on torch")
pytest.importorskip("transformers", reason="RMBG is loaded by transformers")

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.masking import MaskModels, find_masks
from actionmesh_wrapper.masking.models import load_models
from actionmesh_wrapper.masking.rmbg import Rmbg
from tests.upstream.tiny_rmbg import write_tiny_rmbg

Images = NDArray[np.uint8]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rmbg") / "RMBG"
    write_tiny_rmbg(folder)
    return folder


@pytest.fixture(scope="module")
def remover(sources: Path, weights: Path) -> Any:
    """ActionMesh's own class."""
    from actionmesh.preprocessing.background_removal import BackgroundRemover

    return BackgroundRemover(str(weights)).eval()


def pictures(height: int, width: int, blur: float, count: int = 2) -> Images:
    """Noise, of which the tiny model takes what is dark: fine noise leaves specks, coarse does not."""
    noise = np.random.default_rng(height).standard_normal((count, height, width, 3)).astype(np.float32)
    smooth = np.stack([cv2.GaussianBlur(each, (0, 0), blur) for each in noise])
    return np.asarray(np.clip(128 + 60 * smooth / smooth.std(), 0, 255), np.uint8)


@pytest.mark.parametrize("blur", [1.5, 20])
@pytest.mark.parametrize(("height", "width"), [(96, 160), (333, 251), (720, 1280), (1024, 1024)])
def test_a_mask_is_the_same(remover: Any, weights: Path, height: int, width: int, blur: float) -> None:
    segment = Rmbg.load(weights, "cpu")
    for picture in pictures(height, width, blur):
        expected = np.asarray(remover.process_image(Image.fromarray(picture)))[..., 3]

        mask = segment(picture)

        np.testing.assert_array_equal(mask, expected)
        assert 0 < (mask > 0).mean() < 1


def test_a_picture_of_one_colour_is_the_same(remover: Any, weights: Path) -> None:
    picture = np.full((120, 200, 3), 90, np.uint8)
    expected = np.asarray(remover.process_image(Image.fromarray(picture)))[..., 3]

    np.testing.assert_array_equal(Rmbg.load(weights, "cpu")(picture), expected)


@pytest.mark.parametrize("kind", ["opaque", "alpha", "mixed"])
def test_a_clip_s_masks_are_the_same(remover: Any, weights: Path, kind: str) -> None:
    frames = clip(kind)
    channels = 4 if frames.has_alpha else 3
    given = [Image.fromarray(np.ascontiguousarray(image[..., :channels])) for image in frames.images]
    expected = np.stack([np.asarray(image)[..., 3] for image in remover.process_images(given)])
    models = MaskModels(rmbg=load_models({"RMBG": weights}, "cpu").rmbg)
    notices: list[Notice] = []

    masks = find_masks(frames, Options(), models, lambda index, of: None, notices.append)

    np.testing.assert_array_equal(masks, expected)


def clip(kind: str) -> Frames:
    """Six frames whose alpha is full, a soft disc, or in every other frame a disc and else no mask."""
    images = np.concatenate([pictures(120, 200, 12, 6), np.full((6, 120, 200, 1), 255, np.uint8)], axis=-1)
    disc = np.zeros((120, 200), np.uint8)
    cv2.circle(disc, (90, 60), 40, 255, -1)
    soft = cv2.GaussianBlur(disc, (0, 0), 3)
    if kind != "opaque":
        images[::2, ..., 3] = soft
    if kind == "alpha":
        images[1::2, ..., 3] = soft[::-1]
    if kind == "mixed":
        images[1, ..., 3] = 0
        images[3, ..., 3] = 0
        images[3, :15, :15, 3] = 255  # less than a hundredth
    return Frames(images, np.arange(6) / 8, Source(6 / 8, 200, 120, 8, 6))
