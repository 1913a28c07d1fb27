"""From frames and masks to the pictures that ActionMesh is given."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.errors import SubjectNotFound
from actionmesh_wrapper.masking.shapes import LEAST_OF_CROP, MARGIN, numbers
from actionmesh_wrapper.masking.source import OPAQUE


def cut(pipe: Any, frames: Frames, masks: NDArray[np.uint8]) -> list[Image.Image]:
    """Lays the subject on white and cuts all frames to one box around it.

    ActionMesh's own ``image_process`` does it, and finds the same box in the part that it is handed as in the
    whole picture; but it takes an eighth of the time, and a subject small in the picture is no error.

    Args:
        pipe: an ``ActionMeshPipeline``.
        frames: T pictures.
        masks: (T, H, W) uint8, the subject's alpha.

    Returns:
        T RGB pictures, square and of one size.

    Raises:
        SubjectNotFound: naming the frames that show nothing, or nothing but the subject.
    """
    rows, columns = _box(masks)
    _check(masks[:, rows, columns])
    pictures = [
        Image.fromarray(np.dstack([image[rows, columns, :3], mask[rows, columns]]))
        for image, mask in zip(frames.images, masks, strict=True)
    ]
    cut_out: list[Image.Image] = pipe.image_process.process_images(pictures)
    return cut_out


def _box(masks: NDArray[np.uint8]) -> tuple[slice, slice]:
    """Rows and columns of a box around all masks, with a margin of background for a subject that fills it."""
    seen: NDArray[np.bool_] = np.any(masks > 0, axis=0)
    spans = [np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0)]
    if not spans[0].size:
        raise SubjectNotFound("No subject was found. A subject_box around it in the first frame helps.")
    margin = max(1, round(MARGIN * max(np.ptp(span) + 1 for span in spans)))
    rows, columns = (slice(max(0, int(span[0]) - margin), int(span[-1]) + 1 + margin) for span in spans)
    return rows, columns


def _check(masks: NDArray[np.uint8]) -> None:
    """Refuses what ActionMesh would: it wants that much of background as of subject."""
    shares = (masks >= OPAQUE).mean(axis=(1, 2))
    _refuse("no subject was found", np.flatnonzero(shares < LEAST_OF_CROP))
    _refuse("the subject could not be told from the background", np.flatnonzero(shares > 1 - LEAST_OF_CROP))


def _refuse(what: str, frames: NDArray[np.intp]) -> None:
    if frames.size:
        raise SubjectNotFound(
            f"In {frames.size} of the frames taken ({numbers(frames)}, counted from 0) {what}. A subject_box "
            "around it in the first frame helps; so does another start_s and end_s."
        )
