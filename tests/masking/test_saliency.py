"""Networks by OpenCV and ONNX Runtime: tiny ones, and the real small one where it was fetched."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from actionmesh_wrapper.errors import Internal, OutOfMemory
from actionmesh_wrapper.masking.saliency import NETWORKS, Network, OnnxSaliency, choose, installed
from actionmesh_wrapper.weights import REPOSITORIES, SearchPath, find
from tests.masking.classical.scenes import overlap, paint, texture, walk
from tests.masking.tiny_onnx import tiny_network

BIREFNET, ISNET, U2NETP = NETWORKS
FOLDER = find(SearchPath.usual(None, None)).paths.get("U2NETP")
needs_file = pytest.mark.skipif(FOLDER is None, reason="U2NETP was not fetched: make run does it")
needs_onnxruntime = pytest.mark.skipif(
    find_spec("onnxruntime") is None, reason="onnxruntime is not installed: pip install -e '.[onnx]'"
)
EACH = [
    pytest.param(network, marks=() if network.opencv else needs_onnxruntime, id=network.name)
    for network in NETWORKS
]


def lay(network: Network, folder: Path) -> None:
    """Puts a tiny network where the real one would lie."""
    path = folder / network.file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(tiny_network(network.side, network.output, logits=network.logits))


def half_red() -> np.ndarray:
    rgb = np.zeros((60, 90, 3), np.uint8)
    rgb[:, 45:] = (255, 0, 0)
    return rgb


@pytest.mark.parametrize("network", EACH)
def test_the_right_output_is_taken_at_the_pictures_size(network: Network, tmp_path: Path) -> None:
    lay(network, tmp_path)

    share = OnnxSaliency.load(network, tmp_path)(half_red())

    assert share.shape == (60, 90)
    assert share.dtype == np.float32
    assert share[:, :40].max() < 0.2  # black: the mean's own distance below 0
    assert share[:, 50:].min() > 0.8


@needs_onnxruntime
def test_both_runners_say_the_same(tmp_path: Path) -> None:
    lay(U2NETP, tmp_path)
    noise = np.random.default_rng(3).integers(0, 256, (50, 70, 3)).astype(np.uint8)

    by_opencv = OnnxSaliency.load(U2NETP, tmp_path)(noise)
    by_onnxruntime = OnnxSaliency.load(replace(U2NETP, opencv=False), tmp_path)(noise)

    np.testing.assert_allclose(by_opencv, by_onnxruntime, atol=1e-5)


@pytest.mark.parametrize(
    ("network", "white"),
    [(U2NETP, (2.2489, 2.4286, 2.6400)), (ISNET, (0.5, 0.5, 0.5)), (BIREFNET, (2.2489, 2.4286, 2.6400))],
)
def test_pictures_are_scaled_as_the_network_was_trained(network: Network, white: tuple[float, ...]) -> None:
    """torchvision's Normalize of white with each network's own mean and deviation."""
    seen = []

    def run(picture: np.ndarray) -> np.ndarray:
        seen.append(picture)
        return np.zeros((1, 1, network.side, network.side), np.float32)

    share = OnnxSaliency(network, run)(np.full((9, 9, 3), 255, np.uint8))

    assert seen[0].shape == (1, 3, network.side, network.side)
    np.testing.assert_allclose(seen[0][0, :, 5, 5], white, atol=1e-3)
    assert share.max() == (0.5 if network.logits else 0)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_dim_picture_is_brightened_for_u2net_alone(network: Network) -> None:
    seen = []

    def run(picture: np.ndarray) -> np.ndarray:
        seen.append(picture.max())
        return np.zeros((network.side, network.side), np.float32)

    saliency = OnnxSaliency(network, run)
    for value in (51, 255):
        saliency(np.full((9, 9, 3), value, np.uint8))

    assert (seen[0] == seen[1]) == (network is U2NETP)


def test_a_black_picture_is_no_trouble(tmp_path: Path) -> None:
    lay(U2NETP, tmp_path)

    assert np.isfinite(OnnxSaliency.load(U2NETP, tmp_path)(np.zeros((8, 8, 3), np.uint8))).all()


@pytest.mark.parametrize("network", EACH)
@pytest.mark.parametrize("content", [b"", b"no network", "cut"])
def test_a_file_that_is_no_network_is_refused(network: Network, content: bytes | str, tmp_path: Path) -> None:
    lay(network, tmp_path)
    path = tmp_path / network.file
    path.write_bytes(path.read_bytes()[:-20] if isinstance(content, str) else content)

    with pytest.raises(Internal) as caught:
        OnnxSaliency.load(network, tmp_path)(half_red())

    assert str(caught.value) == f"INTERNAL: {network.name} could not be loaded."


@pytest.mark.parametrize("network", EACH)
def test_another_network_is_refused(network: Network, tmp_path: Path) -> None:
    lay(network, tmp_path)
    (tmp_path / network.file).write_bytes(tiny_network(32, "another"))
    with pytest.raises(Internal, match=r"^INTERNAL: .* could not be run\.$") as caught:
        OnnxSaliency.load(network, tmp_path)(half_red())
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_result_of_another_shape_is_refused(network: Network) -> None:
    saliency = OnnxSaliency(network, lambda picture: picture)  # three channels
    with pytest.raises(Internal, match=r"^INTERNAL: .* could not be run\.$"):
        saliency(half_red())


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("RUNTIME_EXCEPTION : std::bad_alloc")])
def test_memory_that_runs_out_is_called_so(error: Exception) -> None:
    def run(picture: np.ndarray) -> np.ndarray:
        raise error

    with pytest.raises(OutOfMemory, match=r"^OUT_OF_MEMORY: ISNET needs more memory than this worker has\.$"):
        OnnxSaliency(ISNET, run)(half_red())


@pytest.mark.parametrize("network", NETWORKS)
def test_the_table_of_weights_has_the_file_and_its_hash(network: Network) -> None:
    [row] = [row for row in REPOSITORIES if row.folder == network.name]
    assert row.files == tuple(row.sha256) == (network.file,)
    assert not row.required
    assert row.by_name_only == (network is not U2NETP)


def test_the_best_that_can_be_run_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {name: Path(name) for name in ("RMBG", "U2NETP", "ISNET", "BIREFNET")}
    without = {"U2NETP": paths["U2NETP"], "BIREFNET": paths["BIREFNET"]}

    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    assert installed(paths) == [BIREFNET, ISNET, U2NETP]
    assert choose(paths) is BIREFNET
    assert choose({"RMBG": paths["RMBG"]}) is None

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert (choose(paths), choose(without)) == (ISNET, U2NETP)


@needs_file
def test_the_real_network_finds_what_stands_out() -> None:
    assert FOLDER is not None
    truth = walk(96, 96, size=40)[:1]
    rgb = cv2.resize(paint(texture(192, 1), truth)[0], (300, 200))

    share = OnnxSaliency.load(U2NETP, FOLDER)(rgb)

    assert overlap(share[None], cv2.resize(truth[0], (300, 200))[None]).min() > 0.8
