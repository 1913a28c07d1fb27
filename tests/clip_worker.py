"""The real worker on RunPod's real loop, with its own intake and storage and the ball for an engine.

Environment: HOLD, a file: jobs wait in the engine for as long as it exists, their anchor mesh shared already.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

import runpod

import handler
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.registry import OneAtATime
from actionmesh_wrapper.service.jobs import make_handler
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import choose
from tests.fakes import BallEngine

HOLD = Path(os.environ["HOLD"])


class HeldBall(BallEngine):
    """A ball that can be held before it rolls."""

    def animate(self, task: Task, listener: Listener) -> Animation:
        def held(stage: str, index: int, of: int) -> None:
            while stage == "roll" and HOLD.exists():
                listener.step(stage, index, of)
                time.sleep(0.01)
            listener.step(stage, index, of)

        return super().animate(task, replace(listener, step=held))


if __name__ == "__main__":
    settings, host = Settings.from_env(os.environ), handler.host_of(os.environ)
    worker = Worker(settings, OneAtATime(HeldBall()), choose(settings, host), host)
    redactor = handler.set_up_logs(settings, os.environ)
    runpod.serverless.start({"handler": make_handler(worker, handler.post_progress, redactor)})
