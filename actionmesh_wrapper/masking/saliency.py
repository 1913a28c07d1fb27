"""What stands out in a picture, by a network in an ONNX file: which there are, and which is taken."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.special import expit

from actionmesh_wrapper.data.arrays import Bytes, Singles
from actionmesh_wrapper.errors import Internal, JobError, OutOfMemory
from actionmesh_wrapper.system.memory import ran_out

Colour = tuple[float, float, float]
Run = Callable[[Singles], Any]
"""(1, 3, side, side) float32 → the network's output."""

NO_MEMORY = "bad_alloc", "Failed to allocate memory"  # in ONNX Runtime's words
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Network:
    """A network, as its file wants to be used.

    Attributes:
        name: of its folder among the weights.
        file: in that folder; it takes (1, 3, side, side) float32, its first input.
        side: pixels of the square picture that it takes.
        output: the name of the output (1, 1, side, side) that is taken; OpenCV has it and the side outputs in
            any order. None: the first.
        mean: of red, green and blue, subtracted from values of 0 to 1.
        std: what is divided by then.
        by_brightest: whether 1 is the picture's brightest value, and not 255.
        enlarged_by: OpenCV's interpolation of a picture that is smaller than the square.
        logits: whether the output's range is not 0 to 1 yet.
        opencv: whether it is run by OpenCV; else by ONNX Runtime, a package that need not be there.
    """

    name: str
    file: str
    side: int
    output: str | None
    mean: Colour
    std: Colour
    by_brightest: bool = False
    enlarged_by: int = cv2.INTER_LINEAR
    logits: bool = False
    opencv: bool = True

    @property
    def can_run(self) -> bool:
        """Whether what runs it is installed."""
        return self.opencv or importlib.util.find_spec("onnxruntime") is not None


NETWORKS = (  # the best first
    # BiRefNet (Zheng et al., 2024), its lite variant, exported anew for small pictures
    Network("BIREFNET", "onnx/model.onnx", 512, None, *IMAGENET, logits=True, opencv=False),
    # IS-Net (Qin et al., 2022), its variant for general use
    Network("ISNET", "isnet-general-use.onnx", 1024, "output_image", (0.5, 0.5, 0.5), (1.0, 1.0, 1.0)),
    # U²-Net's small variant (Qin et al., 2020)
    Network("U2NETP", "u2netp.onnx", 320, "1959", *IMAGENET, by_brightest=True, enlarged_by=cv2.INTER_AREA),
)


def installed(paths: Mapping[str, Path]) -> list[Network]:
    """The networks that are there, the best first.

    Args:
        paths: the folders of weights by name.
    """
    return [network for network in NETWORKS if network.name in paths]


def choose(paths: Mapping[str, Path]) -> Network | None:
    """The best network that is there and can be run, or None; ``paths`` as for `installed`."""
    return next((network for network in installed(paths) if network.can_run), None)


class OnnxSaliency:
    """A `Saliency`.

    Args:
        network: which.
        run: runs it.
    """

    def __init__(self, network: Network, run: Run) -> None:
        self._network, self._run = network, run

    @classmethod
    def load(cls, network: Network, folder: Path) -> "OnnxSaliency":
        """Loads it from a verified folder.

        Raises:
            Internal: if the file is no network.
            OutOfMemory: if there is too little of it.
        """
        try:
            return cls(network, (_opencv if network.opencv else _onnxruntime)(network, folder / network.file))
        except Exception as error:  # cv2.error, and many of ONNX Runtime's own
            raise _fault(network, "loaded", error) from error

    def __call__(self, rgb: Bytes) -> Singles:
        """How far each pixel of one picture is part of what stands out; see `Saliency`.

        Raises:
            Internal: if the network does not take or give what its row says.
            OutOfMemory: if there is too little of it.
        """
        network = self._network
        height, width = rgb.shape[:2]
        size = (network.side, network.side)
        by = cv2.INTER_AREA if min(height, width) >= network.side else network.enlarged_by
        picture = cv2.resize(rgb, size, interpolation=by).astype(np.float32)
        scale = max(1.0, float(picture.max())) if network.by_brightest else 255.0
        mean, std = np.array((network.mean, network.std), np.float32)
        scaled = (picture / scale - mean) / std
        try:
            said = np.asarray(self._run(np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])), np.float32)
            stands_out = said.reshape(size)
        except Exception as error:
            raise _fault(network, "run", error) from error
        if network.logits:
            stands_out = np.asarray(expit(stands_out), np.float32)
        return np.asarray(cv2.resize(stands_out, (width, height)), np.float32)


def _fault(network: Network, what: str, error: Exception) -> JobError:
    """What OpenCV's and ONNX Runtime's many errors come to."""
    words = str(error)
    if ran_out(error) or any(sign in words for sign in NO_MEMORY):
        return OutOfMemory(f"{network.name} needs more memory than this worker has.", detail=words)
    return Internal(f"{network.name} could not be {what}.", detail=words)


def _opencv(network: Network, path: Path) -> Run:
    net = cv2.dnn.readNetFromONNX(str(path))

    def run(picture: Singles) -> Any:
        net.setInput(picture)
        return net.forward(network.output)

    return run


def _onnxruntime(network: Network, path: Path) -> Run:
    import onnxruntime  # noqa: PLC0415 – need not be there

    onnxruntime.disable_telemetry_events()  # which builds for Windows have
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cv2.getNumThreads()  # as many as OpenCV takes
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # 40 % less memory, 4 % slower
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name, output = session.get_inputs()[0].name, network.output or session.get_outputs()[0].name
    return lambda picture: session.run([output], {name: picture})[0]
