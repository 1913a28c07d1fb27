"""What stands out in a picture, by U²-Net's small variant (u2netp; Qin et al., 2020), which OpenCV runs."""

from pathlib import Path

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bytes, Singles

FILE = "u2netp.onnx"
SIDE = 320  # pixels of the square picture that the network takes
MEAN = np.array((0.485, 0.456, 0.406), np.float32)
STD = np.array((0.229, 0.224, 0.225), np.float32)  # ImageNet's, of values 0 to 1


class U2net:
    """A `Saliency`.

    Args:
        net: takes (1, 3, `SIDE`, `SIDE`) float32; its first output is (1, 1, `SIDE`, `SIDE`) in [0, 1].
    """

    def __init__(self, net: cv2.dnn.Net) -> None:
        self._net = net
        self._output = net.getUnconnectedOutLayersNames()[0]  # the others are its side outputs

    @classmethod
    def load(cls, folder: Path) -> "U2net":
        """Loads the network from a verified folder."""
        return cls(cv2.dnn.readNetFromONNX(str(folder / FILE)))

    def __call__(self, rgb: Bytes) -> Singles:
        """How far each pixel of one picture is part of what stands out; see `Saliency`."""
        height, width = rgb.shape[:2]
        picture = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        scaled = (picture / max(1.0, float(picture.max())) - MEAN) / STD
        self._net.setInput(np.ascontiguousarray(scaled.transpose(2, 0, 1)[None]))
        stands_out = np.asarray(self._net.forward(self._output), np.float32)[0, 0]
        return np.asarray(cv2.resize(stands_out, (width, height)), np.float32)
