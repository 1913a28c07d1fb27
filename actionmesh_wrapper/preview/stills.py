"""The preview's pictures beside the video: a small loop, and the one to show first."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.system.files import no_partial

MOST_PICTURES = 40  # in a loop; of more every second, third, … is taken
LEAST_MS = 20  # that browsers show a picture of a loop; they take less for a mistake, and show it for longer
QUALITY = 70  # of WebP
EFFORT = 2  # of 6: what more effort saves is not worth the time
SHRINK = 2  # both sides of a loop's pictures


def shrunk(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) at a loop's size."""
    return np.asarray(Image.fromarray(picture).reduce(SHRINK))


def write_loop(pictures: Sequence[NDArray[np.uint8]], path: Path, fps: float) -> Path:
    """Writes pictures as an animated WebP that plays for ever. Two runs write the same bytes.

    Args:
        pictures: (H, W, 3) uint8 sRGB each, at least one.
        path: the file to write.
        fps: pictures per second, > 0; a loop of many is thinned out, and plays as fast.

    Returns:
        ``path``.

    Raises:
        ExportFailed: if it could not be written.
    """
    stride = max(-(-len(pictures) // MOST_PICTURES), int(np.ceil(LEAST_MS * fps / 1000)))
    first, *rest = (Image.fromarray(picture) for picture in pictures[::stride])
    duration = round(1000 * stride / fps)
    options = {"duration": duration, "loop": 0, "quality": QUALITY, "method": EFFORT}
    return _save(first, path, "WEBP", save_all=True, append_images=rest, **options)


def write_still(picture: NDArray[np.uint8], path: Path) -> Path:
    """Writes a picture (H, W, 3) uint8 sRGB as a PNG; see `write_loop`."""
    return _save(Image.fromarray(picture), path, "PNG")


def _save(image: Image.Image, path: Path, kind: str, **options: object) -> Path:
    try:
        with no_partial(path):
            image.save(path, kind, **options)
    except OSError as error:
        raise ExportFailed(f"The result file {path.name} could not be written.") from error
    return path
