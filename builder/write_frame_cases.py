"""Writes what the worker chooses of many videos' frames, which the web page's own choice is held to.

    python builder/write_frame_cases.py

A test holds the file to what this writes, so a change of the choice reaches the page.
"""

import json
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.errors import InvalidInput, VideoTooShort
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.video.sampling import choose

PATH = Path(__file__).resolve().parent.parent / "frontend/lib/video/chosen.cases.jsonl"
SEED = 7
UNEVEN = 50  # videos
AUTO_MOST = Settings.model_fields["max_frames"].default
STEP_ODDS = [0.1, 0.2, 0.4, 0.2, 0.07, 0.03]
STEADY = [(48, 24.0), (96, 24.0), (120, 30.0), (16, 8.0), (15, 8.0), (300, 29.97), (240, 59.94)]
ASKED: list[dict[str, Any]] = [
    {},
    {"num_frames": 31},
    {"start_s": 0.5, "end_s": 1.3},
    {"start_s": 0.041667, "end_s": 1.708334},
    {"start_s": 1, "end_s": 5},
    {"start_s": 1, "end_s": 5.1},
    {"fps": 8},
    {"fps": 10, "start_s": 0.2},
    {"fps": 120},
    {"fps": 3, "num_frames": 16},
    {"start_s": 50},
    {"end_s": 100},
    {"num_frames": "auto"},
    {"num_frames": "auto", "end_s": 2},
    {"num_frames": "auto", "start_s": 0.5, "end_s": 2.500001},
    {"num_frames": "auto", "start_s": 0.5, "end_s": 2.500002},
    {"num_frames": "auto", "end_s": 1.3},
    {"num_frames": "auto", "fps": 8},
    {"num_frames": "auto", "fps": 10, "start_s": 0.2},
    {"num_frames": "auto", "fps": 120},
    {"num_frames": "auto", "fps": 30},
    {"num_frames": "auto", "fps": 30, "max_frames": 61},
    {"num_frames": "auto", "fps": 30, "max_frames": 30},
    {"num_frames": 76},
    {"num_frames": 40, "fps": 10},
]

Times = NDArray[np.float64]
Clock = tuple[Times, float]  # when each frame is shown, and the end of the last, in seconds


class _NeedsMotion(Exception):
    """The frames depend on what they show."""


def videos() -> list[dict[str, Any]]:
    """Each video's clock in whole microseconds, with what is asked of it and what is taken, or why not."""
    rng = np.random.default_rng(SEED)
    steady = [_video(_steady(count, fps), ASKED) for count, fps in STEADY]
    uneven = [_uneven(rng) for _ in range(UNEVEN)]
    return steady + [_video(clock, [_asked(rng, clock[1]) for _ in range(4)]) for clock in uneven]


def _steady(count: int, fps: float) -> Clock:
    return (np.arange(count) / fps).round(6), round(count / fps, 6)


def _uneven(rng: np.random.Generator) -> Clock:
    """A phone's video: steps that vary, with gaps and bursts."""
    steps = rng.choice([1 / 240, 1 / 60, 1 / 30, 1 / 24, 0.1, 0.4], rng.integers(16, 90), p=STEP_ODDS)
    times = np.concatenate([[0.0], np.cumsum(steps * rng.uniform(0.8, 1.2, len(steps)))]).round(6)
    return times, round(float(times[-1] + steps[-1]), 6)


def _asked(rng: np.random.Generator, duration: float) -> dict[str, Any]:
    fields: dict[str, Any] = {"num_frames": "auto" if rng.random() < 1 / 3 else int(rng.integers(16, 32))}
    if rng.random() < 0.5:
        fields["start_s"] = round(float(rng.uniform(0, duration / 2)), 4)
    if rng.random() < 0.5:
        fields["end_s"] = round(float(rng.uniform(duration / 2, duration * 1.1)), 4)
    if rng.random() < 0.5:
        fields["fps"] = round(float(rng.uniform(2, 60)), 2)
    return fields


def _video(clock: Clock, asked: list[dict[str, Any]]) -> dict[str, Any]:
    times, duration = clock
    return {
        "times_us": (times * 1e6).round().astype(int).tolist(),
        "duration_us": round(duration * 1e6),
        "cases": [{"asked": fields} | _chosen(times, duration, fields) for fields in asked],
    }


def _chosen(times: Times, duration: float, fields: dict[str, Any]) -> dict[str, Any]:
    try:
        indices = choose(times, duration, Sampling.model_validate(fields), _look, AUTO_MOST)
    except _NeedsMotion:
        return {"chosen": "busiest"}
    except VideoTooShort as error:
        return {"chosen": "short", "message": error.message}
    except InvalidInput:
        return {"chosen": "outside"}
    return {"chosen": indices.tolist()}


def _look(_indices: NDArray[np.intp]) -> NoReturn:
    raise _NeedsMotion


def text() -> str:
    """The file's text: a video a line."""
    return "".join(json.dumps(video) + "\n" for video in videos())


if __name__ == "__main__":
    PATH.write_text(text(), "utf-8")
    print(PATH)
