"""The subject's masks as pictures, so that a caller sees what was taken."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.system.files import whole_file


def write(job: WriteJob) -> Written:
    """Writes the kind ``masks``; see `write_masks`. An engine that takes none has no files of it."""
    return Written() if job.masks is None else Written(tuple(write_masks(job.masks, job.folder)))


def write_masks(masks: NDArray[np.uint8], folder: Path) -> list[Path]:
    """Writes ``mask_000.png`` and so on, one grey picture per frame, white on the subject.

    Args:
        masks: (T, H, W) uint8.
        folder: an existing folder.

    Returns:
        T paths, in the order of the frames.

    Raises:
        ExportFailed: if a file could not be written.
    """
    paths = []
    for index, mask in enumerate(masks):
        path = folder / f"mask_{index:03d}.png"
        with whole_file(path) as file:
            Image.fromarray(mask).save(file, "PNG")
        paths.append(path)
    return paths
