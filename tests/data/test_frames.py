import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from actionmesh_wrapper.data.frames import DEFAULT_FPS, Frames, Source

SOURCE = Source(2.0, 6, 4, 8.0, 16)
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 4, 6, 4), np.uint8)


@pytest.mark.parametrize("alpha", [255, 0])
def test_writes_what_an_engine_reads(tmp_path: Path, alpha: int) -> None:
    images = IMAGES.copy()
    images[..., 3] = 255
    images[1, 2, 3, 3] = alpha
    frames = Frames(images, np.array([0.0, 0.5, 1.0]), SOURCE)
    frames.write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000.png", "001.png", "002.png"]
    for index in range(3):
        with Image.open(tmp_path / f"{index:03d}.png") as picture:
            assert picture.mode == ("RGBA" if alpha < 255 else "RGB")
            np.testing.assert_array_equal(np.asarray(picture.convert("RGBA")), images[index])


def test_a_frame_that_cannot_be_written_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bytes = Path.write_bytes

    def write(path: Path, content: bytes) -> int:
        if path.name == "001.png":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(OSError, match="No space left") as caught:
        Frames(IMAGES, np.array([0.0, 0.5, 1.0]), SOURCE).write(tmp_path)
    assert caught.value.errno == errno.ENOSPC


@pytest.mark.parametrize(("alpha", "has_alpha"), [(255, False), (250, False), (127, True), (0, True)])
def test_a_blurred_opaque_alpha_is_no_mask(alpha: int, has_alpha: bool) -> None:
    images = IMAGES.copy()
    images[..., 3] = 255
    images[1, 2, 3, 3] = alpha
    assert Frames(images, np.array([0.0, 0.5, 1.0]), SOURCE).has_alpha == has_alpha


def test_fps_is_the_mean_rate_of_the_frames_taken() -> None:
    assert Frames(IMAGES, np.array([1.0, 1.1, 1.5]), SOURCE).fps == pytest.approx(4.0)
    assert Frames(IMAGES[:1], np.array([1.0]), SOURCE).fps == DEFAULT_FPS
