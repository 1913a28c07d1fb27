import threading
import time
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.animation import Animation
from actionmesh_wrapper.engines import Show, Unseen
from actionmesh_wrapper.engines.turns import Turns
from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.frames import Frames
from actionmesh_wrapper.notice import Warn
from actionmesh_wrapper.progress import Step
from actionmesh_wrapper.request import Options, Sampling
from actionmesh_wrapper.video import sample
from tests.export.samples import ball
from tests.fakes import BallEngine, write_frames

UNSEEN = Unseen()


class SlowBall(BallEngine):
    """Counts how many jobs are in it at a time."""

    inside = 0
    most = 0

    def animate(
        self,
        frames: Frames,
        options: Options,
        step: Step,
        warn: Warn,
        show: Show,
        *,
        mesh: Animation | None = None,
    ) -> Animation:
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.05)
        self.inside -= 1
        return super().animate(frames, options, step, warn, show, mesh=mesh)


@pytest.fixture
def frames(tmp_path: Path) -> Frames:
    return sample(write_frames(tmp_path, 16), Sampling(), step=lambda _index, _of: None)


def ignore(*_: object) -> None:
    """A step or warning that nobody listens to."""


def test_is_the_engine_it_runs(frames: Frames) -> None:
    turns, plain = Turns(BallEngine()), BallEngine()
    assert (turns.name, turns.revision, turns.honours) == (plain.name, plain.revision, plain.honours)
    assert turns.accelerated == plain.accelerated
    assert turns.stages(Options(), 16) == plain.stages(Options(), 16)
    mine, other = (engine.animate(frames, Options(), ignore, ignore, UNSEEN) for engine in (turns, plain))
    np.testing.assert_array_equal(mine.vertices, other.vertices)


def test_hands_a_mesh_on(frames: Frames) -> None:
    engine, mesh = BallEngine(), ball(1, textured=True)
    turns = Turns(engine)
    turns.accept(Options(), mesh=True)
    turns.accept(Options(), mesh=False)
    assert engine.told == [True, False]
    animation = turns.animate(frames, Options(), ignore, ignore, UNSEEN, mesh=mesh)
    assert animation.texture is mesh.texture


def test_one_job_at_a_time(frames: Frames) -> None:
    slow = SlowBall()
    turns = Turns(slow)
    jobs = [
        threading.Thread(target=turns.animate, args=(frames, Options(), ignore, ignore, UNSEEN))
        for _ in range(4)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert (len(slow.seen), slow.most) == (4, 1)


def test_a_job_that_fails_gives_its_turn_away(frames: Frames) -> None:
    flat = BallEngine(RuntimeError("flat"))
    turns = Turns(flat)
    with pytest.raises(RuntimeError, match="flat"):
        turns.animate(frames, Options(), ignore, ignore, UNSEEN)
    flat.fails = None
    assert turns.animate(frames, Options(), ignore, ignore, UNSEEN).num_frames == 16


def test_a_waiting_job_can_be_cancelled(frames: Frames) -> None:
    turns = Turns(BallEngine())
    calls = 0

    def cancel_the_second_time(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Cancelled

    with turns._lock, pytest.raises(Cancelled):
        turns.animate(frames, Options(), cancel_the_second_time, ignore, UNSEEN)
    assert turns.animate(frames, Options(), ignore, ignore, UNSEEN).num_frames == 16
