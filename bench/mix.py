"""The soak's jobs: mostly good, a fifth broken or cancelled."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np

from actionmesh_wrapper.system.contained import Limits, run
from bench.sample import write_sample

WIDTH = 96  # pixels: a good job takes about 1.3 s, of which 0.8 are tracking
FACES = 1000

ONE: Mapping[str, Any] = {"outputs": ["animated_mesh"], "face_decimation": FACES}
ALL: Mapping[str, Any] = {
    "outputs": ["meshes", "animated_mesh", "preview", "masks", "archive"],
    "face_decimation": FACES,
}
ALL_EVERY = 8  # of the good jobs, one in so many makes all files
AGAIN_EVERY = 20  # and one in so many is equal to the first

COMPLETED, CANCELLED = "COMPLETED", "CANCELLED"
CACHED = "CACHED"  # completed, with an earlier job's files


@dataclass(frozen=True)
class Planned:
    """A job of the soak.

    Attributes:
        kind: what is the matter with it, or ``good``.
        input: what is submitted.
        expects: its state at the end, its error's code, or `CACHED`.
        cancel_at: the stage that, once it is reported, has it cancelled; its work is further by then.
    """

    kind: str
    input: Mapping[str, Any]
    expects: str = COMPLETED
    cancel_at: str | None = None


def plan(count: int, clip: bytes, empty: bytes, *, seed: int = 0) -> list[Planned]:
    """So many jobs in an order that hangs on the seed; every fifth is bad, and the first is good.

    Args:
        count: how many.
        clip: a video of a subject.
        empty: one without.
        seed: of the order of the kinds of bad jobs.
    """
    bad, draw = _bad(clip, empty), np.random.default_rng(seed)
    jobs: list[Planned] = []
    order: list[Planned] = []
    for index in range(count):
        if index % 5 == 4:
            order = order or [bad[place] for place in draw.permutation(len(bad))]
            job = order.pop()
        elif index % AGAIN_EVERY == AGAIN_EVERY - 2:
            jobs.append(Planned("equal to the first", jobs[0].input, CACHED))
            continue
        else:
            job = Planned("good", {"video_base64": _text(clip), **(ALL if index % ALL_EVERY == 1 else ONE)})
        jobs.append(Planned(job.kind, {**job.input, "seed": index}, job.expects, job.cancel_at))
    return jobs


def _bad(clip: bytes, empty: bytes) -> Sequence[Planned]:
    video = {"video_base64": _text(clip)}
    return [
        Planned("address of this machine", {"video_url": "http://127.0.0.1:1/clip.mp4"}, "URL_NOT_ALLOWED"),
        Planned("web page", {"video_base64": _text(b"<!doctype html><title>no</title>")}, "NOT_A_VIDEO"),
        Planned("half of a video", {"video_base64": _text(clip[: len(clip) // 2])}, "VIDEO_UNREADABLE"),
        Planned("no base64", {"video_base64": "@@@@"}, "INVALID_BASE64"),
        Planned("wrong field", {**video, "num_frames": 3}, "INVALID_INPUT"),
        Planned("no subject", {"video_base64": _text(empty)}, "SUBJECT_NOT_FOUND"),
        Planned("cancelled early", {**video, **ONE}, CANCELLED, "fetch"),
        Planned("cancelled in the engine", {**video, **ONE}, CANCELLED, "sample"),
        Planned("cancelled late", {**video, **ALL}, CANCELLED, "masks"),
    ]


def sample_clip(path: Path) -> bytes:
    """The sample's clip, made small."""
    whole = write_sample(path.with_name("sample.mp4"))
    return _encode(path, "-i", str(whole), "-vf", f"scale={WIDTH}:-2")


def empty_clip(path: Path) -> bytes:
    """A second of nothing but grey."""
    return _encode(path, "-f", "lavfi", "-i", f"color=gray:s={WIDTH}x{WIDTH}:r=24:d=1")


def _encode(path: Path, *arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *arguments, "-crf", "20", str(path)]
    done = run(command, limits=Limits(60, 120, 1 << 32, 0, 1 << 30))
    if done.code:
        raise RuntimeError(done.log)
    return path.read_bytes()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
