"""The subject's masks as pictures, so that a caller sees what was taken."""

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.data.writing import WriteJob, Written
from actionmesh_wrapper.system.files import whole_file

OPAQUE = 128  # least value of a mask on the subject
TILE, SHEET = 320, 1600  # pixels at most, of a frame's longer side and of the longer side of all
OUTLINE = (255, 0, 190)
QUALITY = 85  # of the JPEG


def write(job: WriteJob) -> Written:
    """Writes the kind ``masks``: pictures and a sheet. An engine that takes none has no files of it."""
    if job.masks is None:
        return Written()
    return Written(tuple(write_masks(job.masks, job.folder))) | write_sheet_alone(job)


def write_sheet_alone(job: WriteJob) -> Written:
    """Writes of the kind ``masks`` the sheet alone: masks in doubt are to be seen without asking for them."""
    if job.masks is None:
        return Written()
    return Written((write_sheet(job.frames.images, job.masks, job.folder / "masks_preview.jpg"),))


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


def write_sheet(images: NDArray[np.uint8], masks: NDArray[np.uint8], path: Path) -> Path:
    """Writes one picture of all frames, numbered from 0, each with the outline of its mask.

    Args:
        images: (T, H, W, 3 or 4) uint8 sRGB, T ≥ 1.
        masks: (T, H, W) uint8.
        path: of the JPEG.

    Raises:
        ExportFailed: if it could not be written.
    """
    height, width = masks.shape[1:]
    columns = math.ceil(math.sqrt(len(masks)))
    scale = min(TILE / max(height, width), SHEET / (columns * max(height, width)))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    sheet = np.full((math.ceil(len(masks) / columns) * size[1], columns * size[0], 3), 255, np.uint8)
    for frame, (image, mask) in enumerate(zip(images, masks, strict=True)):
        tile = _outlined(image[..., :3], mask, size)
        cv2.putText(tile, str(frame), (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, OUTLINE, 1, cv2.LINE_AA)
        top, left = frame // columns * size[1], frame % columns * size[0]
        sheet[top : top + size[1], left : left + size[0]] = tile
    with whole_file(path) as file:
        Image.fromarray(sheet).save(file, "JPEG", quality=QUALITY)
    return path


def _outlined(rgb: NDArray[np.uint8], mask: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A frame at the size (width, height), paler where the subject is not, with the subject's outline."""
    picture = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA))
    subject = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA)) >= OPAQUE
    tile = np.where(subject[..., None], picture, picture // 2 + 110).astype(np.uint8)
    outlines, _ = cv2.findContours(subject.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(tile, outlines, -1, OUTLINE, 2, cv2.LINE_AA)
    return tile
