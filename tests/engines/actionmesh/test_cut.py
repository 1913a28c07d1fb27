from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.engines.actionmesh.cut import cut
from actionmesh_wrapper.errors import SubjectNotFound


class Pipe:
    """Takes what it is handed for ActionMesh's preprocessing."""

    def __init__(self) -> None:
        self.handed: list[Image.Image] = []
        self.image_process = SimpleNamespace(process_images=self._take)

    def _take(self, frames: list[Image.Image]) -> list[Image.Image]:
        self.handed = frames
        return frames


def clip(masks: np.ndarray[Any, np.dtype[np.uint8]]) -> Frames:
    images = np.zeros((*masks.shape, 4), np.uint8)
    images[..., 0] = np.arange(masks.shape[2])
    images[..., 3] = 255
    source = Source(1.0, masks.shape[2], masks.shape[1], 8.0, len(masks))
    return Frames(images, np.arange(len(masks)) / 8, source)


def test_hands_over_one_box_around_all_masks_with_a_margin() -> None:
    masks = np.zeros((2, 100, 200), np.uint8)
    masks[0, 40:60, 50:80] = 255
    masks[1, 42:62, 70:90] = 10
    masks[1, 45:62, 70:90] = 200
    pipe = Pipe()
    cut(pipe, clip(masks), masks)
    first, second = pipe.handed
    assert first.mode == second.mode == "RGBA"
    assert first.size == second.size == (44, 26)  # 40 by 22, and 2 on each side
    np.testing.assert_array_equal(np.asarray(first)[0, :, 0], np.arange(48, 92))
    np.testing.assert_array_equal(np.asarray(second)[..., 3], masks[1, 38:64, 48:92])


def test_the_margin_ends_with_the_picture() -> None:
    masks = np.zeros((1, 100, 100), np.uint8)
    masks[0, :50, :100] = 255
    pipe = Pipe()
    cut(pipe, clip(masks), masks)
    assert pipe.handed[0].size == (100, 55)


@pytest.mark.parametrize(
    ("frame", "value", "told"),
    [
        (1, 0, "In 1 of the frames taken (1, counted from 0) no subject was found."),
        (
            2,
            255,
            "In 1 of the frames taken (2, counted from 0) the subject could not be told from the background.",
        ),
    ],
)
def test_a_frame_that_upstream_would_stumble_over_is_named(frame: int, value: int, told: str) -> None:
    masks = np.zeros((3, 100, 100), np.uint8)
    masks[:, 10:90, 10:90] = 255
    masks[frame] = value
    with pytest.raises(SubjectNotFound) as caught:
        cut(Pipe(), clip(masks), masks)
    assert caught.value.message.startswith(told)


def test_no_mask_at_all_is_an_error() -> None:
    masks = np.zeros((3, 20, 20), np.uint8)
    with pytest.raises(SubjectNotFound, match="No subject was found"):
        cut(Pipe(), clip(masks), masks)
