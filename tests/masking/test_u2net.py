"""U²-Net by OpenCV: a tiny network of its inputs and outputs, and the real one where it was fetched."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from actionmesh_wrapper.masking.u2net import FILE, SIDE, U2net
from actionmesh_wrapper.weights import SearchPath, find
from tests.masking.classical.scenes import overlap, paint, texture, walk
from tests.masking.tiny_onnx import tiny_u2net

FOLDER = find(SearchPath.usual(None, None)).paths.get("U2NETP")
needs_file = pytest.mark.skipif(FOLDER is None, reason="U2NETP was not fetched: make run does it")


def test_the_first_output_is_taken_at_the_pictures_size(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(tiny_u2net(SIDE))
    rgb = np.zeros((60, 90, 3), np.uint8)
    rgb[:, 45:] = (255, 0, 0)

    share = U2net.load(tmp_path)(rgb)

    assert share.shape == (60, 90)
    assert share.dtype == np.float32
    assert share[:, :40].max() < 0.2  # black: the mean's own distance below 0
    assert share[:, 50:].min() > 0.8


def test_a_black_picture_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(tiny_u2net(SIDE))

    assert np.isfinite(U2net.load(tmp_path)(np.zeros((8, 8, 3), np.uint8))).all()


@needs_file
def test_the_real_network_finds_what_stands_out() -> None:
    assert FOLDER is not None
    truth = walk(96, 96, size=40)[:1]
    rgb = cv2.resize(paint(texture(192, 1), truth)[0], (300, 200))

    share = U2net.load(FOLDER)(rgb)

    assert overlap(share[None], cv2.resize(truth[0], (300, 200))[None]).min() > 0.8
