"""The real handler on RunPod's real loop, with the ball for an engine and a folder of frames for a video.

Environment: FRAMES, the folder; HOLD, a file: jobs of seed 1 wait in the engine for as long as it exists;
MARKS, a file in which every stay in the engine is noted, as ``start SEED PROCESS`` and ``end SEED PROCESS``.
"""

import os
import time
from pathlib import Path

import runpod

import handler
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Listener, StageStep
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.registry import OneAtATime
from actionmesh_wrapper.job.intake import Intake
from actionmesh_wrapper.service.jobs import make_handler
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.source import Fetched
from actionmesh_wrapper.storage import choose
from tests.fakes import BallEngine

FRAMES, HOLD, MARKS = (Path(os.environ[name]) for name in ("FRAMES", "HOLD", "MARKS"))


def mark(text: str) -> None:
    """Notes a line."""
    with MARKS.open("a") as marks:
        marks.write(f"{text} {os.getpid()}\n")


class HeldBall(BallEngine):
    """A ball that can be held, and notes when it is at work."""

    def animate(self, task: Task, listener: Listener) -> Animation:
        mark(f"start {task.options.seed}")
        try:
            while task.options.seed == 1 and HOLD.exists():
                listener.step("roll", 0, 1)
                time.sleep(0.01)
            return super().animate(task, listener)
        finally:
            mark(f"end {task.options.seed}")


class FolderWorker(Worker):
    """A worker whose jobs all have the same folder of frames for a video."""

    @property
    def intake(self) -> Intake[Request]:
        """The folder."""
        return FolderIntake()


class FolderIntake:
    """An `Intake` of jobs whose video is the folder."""

    def parse(self, data: object) -> Request:
        """Takes a job without a video."""
        recipe = parse(data, Recipe)
        return Request.model_construct(**dict(recipe))

    def has_mesh(self, request: Request) -> bool:
        """Never."""
        return False

    def has_animation(self, request: Request) -> bool:
        """Never."""
        return False

    def fetch(self, request: Request, folder: Path, step: StageStep) -> Fetched:
        """Names the folder."""
        return Fetched(FRAMES)


if __name__ == "__main__":
    settings, host = Settings.from_env(os.environ), handler.host_of(os.environ)
    worker = FolderWorker(settings, OneAtATime(HeldBall()), choose(settings, host), host)
    redactor = handler.set_up_logs(settings, os.environ)
    runpod.serverless.start({"handler": make_handler(worker, handler.post_progress, redactor)})
