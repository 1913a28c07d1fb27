"""RMBG-1.4, used as ActionMesh uses it, bit for bit.

The model's own code lies beside its weights and is run (`trust_remote_code`): the folder must have been
verified, its hashes with it, before it comes here.
"""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModelForImageSegmentation

from actionmesh_wrapper.data.arrays import Bytes
from actionmesh_wrapper.masking.models import refuse_missing_tensors

SIDE = 1024  # pixels of the square picture that the model takes
MEAN = 0.5  # subtracted from its values, 0 to 1; they are not scaled
SPECK = 200  # pixels; parts of the mask up to this size are dropped


class Rmbg:
    """A `Segmenter`.

    Args:
        model: takes (1, 3, 1024, 1024) float32 and returns nested sequences, the first item of whose first
            is a map (1, 1, h, w), larger on the subject.
        device: on which the model is.
    """

    def __init__(self, model: torch.nn.Module, device: str) -> None:
        self._model = model
        self._device = device

    @classmethod
    def load(cls, folder: Path, device: str) -> "Rmbg":
        """Loads the model from a verified folder of its repository's files onto a device.

        Raises:
            Internal: if it lacks tensors.
        """
        model, loading_info = AutoModelForImageSegmentation.from_pretrained(
            folder, trust_remote_code=True, local_files_only=True, output_loading_info=True
        )
        refuse_missing_tensors("RMBG", loading_info)
        return cls(model.eval().to(device), device)

    def __call__(self, rgb: Bytes) -> Bytes:
        """Makes the mask of one picture; see `Segmenter`."""
        with torch.inference_mode():
            prediction = self._model(_to_input(rgb).to(self._device))[0][0]
            return _without_specks(_to_mask(prediction, rgb.shape[0], rgb.shape[1]))


def _to_input(rgb: Bytes) -> torch.Tensor:
    """A picture (H, W, 3) uint8 as the model takes it, (1, 3, `SIDE`, `SIDE`) float32."""
    picture = torch.from_numpy(np.ascontiguousarray(rgb)).to(torch.float32).permute(2, 0, 1)
    resized = functional.interpolate(picture[None], (SIDE, SIDE), mode="bilinear", align_corners=False)
    return resized / 255.0 - MEAN


def _to_mask(prediction: torch.Tensor, height: int, width: int) -> Bytes:
    """The model's map (1, 1, h, w) as (height, width) uint8, its least value 0 and its greatest 255."""
    resized = functional.interpolate(prediction, (height, width), mode="bilinear", align_corners=False)[0, 0]
    least, greatest = resized.min(), resized.max()
    if least == greatest:  # no part of the picture differs from another
        return np.zeros((height, width), np.uint8)
    scaled = (resized - least) / (greatest - least) * 255
    return np.asarray(scaled.cpu().numpy(), np.uint8)


def _without_specks(mask: Bytes) -> Bytes:
    """A soft (H, W) mask made 0 and 255 by Otsu's method (1979), without parts of up to `SPECK` pixels.

    ActionMesh asks for parts of at least 200 pixels, but scikit-image 0.26 reads that as more than 200.
    """
    _, binary = cv2.threshold(mask, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(np.asarray(binary, np.uint8), connectivity=8)
    keeps = stats[:, cv2.CC_STAT_AREA] > SPECK
    keeps[0] = False  # the background
    return np.where(keeps[parts], np.uint8(255), np.uint8(0))
