from dataclasses import dataclass

import pytest

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Listener, Notice
from actionmesh_wrapper.engines import Task
from actionmesh_wrapper.engines.silhouette.engine import build_surface
from actionmesh_wrapper.engines.silhouette.output import TrackedSurface
from tests.engines.silhouette.drawn import Bend, animal, frames_of


@dataclass(frozen=True)
class Walk:
    """A drawn animal that is bent along known paths, and what the engine made of it."""

    bend: Bend
    frames: Frames
    model: TrackedSurface
    notices: list[Notice]
    steps: list[tuple[str, int, int]]


@pytest.fixture(scope="package")
def walk() -> Walk:
    bend = Bend()
    frames = frames_of(bend.clip(animal()))
    notices: list[Notice] = []
    steps: list[tuple[str, int, int]] = []
    model = build_surface(Task(frames, Options()), Listener(lambda *step: steps.append(step), notices.append))
    return Walk(bend, frames, model, notices, steps)
