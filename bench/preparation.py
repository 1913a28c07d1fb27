"""What comes before ActionMesh's models: its weights' verification, and the frames' preparation."""

import hashlib
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
from PIL import Image

from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.engines.actionmesh.cut import cut
from actionmesh_wrapper.weights.marker import Known
from actionmesh_wrapper.weights.table import Repository
from actionmesh_wrapper.weights.verify import compare
from tests.upstream.scenes import swing

FRAMES = 16
WIDTH, HEIGHT = 1920, 1080
SUBJECT = 640  # side of the subject's square in the picture
FILES, FILE_MB = 4, 256


def report(rounds: int) -> None:
    """Prints both, medians over the rounds; upstream's code must be on Python's path."""
    ratios = [_prepare(_wide()) for _ in range(rounds)]
    ours, theirs = (statistics.median(pair[index] for pair in ratios) for index in (0, 1))
    ratio = statistics.median(mine / other for mine, other in ratios)
    print(f"\nPreparation of {FRAMES} frames of {WIDTH} × {HEIGHT}, a subject of {SUBJECT} px: ", end="")
    print(f"ours {ours:.2f} s, upstream {theirs:.2f} s, ratio {ratio:.2f}; the same pictures")
    speeds = [_hash() for _ in range(rounds)]
    print(f"Verification of weights: {statistics.median(speeds):.2f} GB/s on each core ", end="")
    print(f"({FILES} files of {FILE_MB} MB in the system's cache, SHA-256)")


def _wide() -> Frames:
    """The clip in the middle of wide pictures."""
    near = swing(FRAMES)
    images = np.zeros((FRAMES, HEIGHT, WIDTH, 4), np.uint8)
    top, left = (HEIGHT - SUBJECT) // 2, (WIDTH - SUBJECT) // 2
    for wide, picture in zip(images, near.images, strict=True):
        wide[top : top + SUBJECT, left : left + SUBJECT] = cv2.resize(picture, (SUBJECT, SUBJECT))
    return Frames(images, near.timestamps, near.source)


def _prepare(frames: Frames) -> tuple[float, float]:
    """Seconds of our preparation and of upstream's.

    Raises:
        SystemExit: if the pictures differ.
    """
    from actionmesh.preprocessing.image_processor import ImagePreprocessor  # noqa: PLC0415 – once it is found

    process = ImagePreprocessor()
    pipe, pictures = SimpleNamespace(image_process=process), [Image.fromarray(each) for each in frames.images]
    mine, ours = _timed(lambda: cut(pipe, frames, frames.images[..., 3]))
    other, theirs = _timed(lambda: process.process_images(pictures))
    if any(not np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(mine, other, strict=True)):
        raise SystemExit("the prepared pictures differ")
    return ours, theirs


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the processor's seconds, of all threads together."""
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


def _hash() -> float:
    """GB in a processor's second, by the worker's own verification of several files at a time."""
    names = tuple(f"{index}.safetensors" for index in range(FILES))
    content = os.urandom(FILE_MB * 10**6)
    known = {name: Known(len(content), hashlib.sha256(content).hexdigest()) for name in names}
    repository = Repository("a/b", "0" * 40, "b", names, "none")
    with TemporaryDirectory() as folder:
        for name in names:
            (Path(folder) / name).write_bytes(content)
        problems, seconds = _timed(lambda: compare(Path(folder), repository, known, "full"))
    if problems:
        raise SystemExit(f"the files differ: {problems}")
    return FILES * len(content) / seconds / 1e9
