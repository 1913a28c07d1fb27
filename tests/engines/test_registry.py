import logging
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.contract.recipe import Options, Sampling
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Listener
from actionmesh_wrapper.engines import Task, registry
from actionmesh_wrapper.engines.registry import OneAtATime, load
from actionmesh_wrapper.errors import Cancelled, GpuFailed, StartError
from actionmesh_wrapper.host import LAPTOP, Host
from actionmesh_wrapper.masking.saliency import NETWORKS
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.system import accelerator
from actionmesh_wrapper.video import sample
from actionmesh_wrapper.weights import REPOSITORIES, find
from actionmesh_wrapper.weights.marker import Known, Marker
from actionmesh_wrapper.weights.verify import digest
from tests.export.samples import ball
from tests.fakes import BallEngine, write_frames
from tests.masking.test_saliency import lay

SERVERLESS = Host("a cloud", is_serverless=True)
NO_WEIGHTS = {"WEIGHTS_DIR": "no-such-folder", "HF_HUB_CACHE": "no-such-folder"}


@pytest.mark.parametrize(
    ("environ", "host"),
    [({}, LAPTOP), ({"ENGINE": "silhouette"}, LAPTOP), ({"ENGINE": "silhouette"}, SERVERLESS)],
)
def test_silhouette(environ: dict[str, str], host: Host) -> None:
    engine = load(Settings.from_env(NO_WEIGHTS | environ), host)
    assert (engine.facts.name, engine.revision) == ("silhouette", "")


def lay_networks(root: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> dict[str, str]:
    """Lays tiny networks out, with their own hashes in the table; settings that find them."""
    rows = tuple(item for item in REPOSITORIES if item.folder in names)
    for network in NETWORKS:
        for row in (row for row in rows if row.folder == network.name):
            (folder := root / row.folder).mkdir()
            lay(network, folder)
            file = folder / network.file
            known = Known(file.stat().st_size, digest(file, like="0" * 64))
            Marker(row.name, row.revision, {network.file: known}).write(folder)
    unpinned = tuple(replace(row, sha256={}) for row in rows)
    monkeypatch.setattr(registry, "find", lambda places: find(places, unpinned))
    return {"ENGINE": "silhouette", "WEIGHTS_DIR": str(root), "HF_HUB_CACHE": "no-such-folder"}


@pytest.mark.parametrize(
    ("names", "revision", "packages", "log"),
    [
        (("U2NETP",), "0.1.3", (), "U2NETP finds what stands out"),
        (("U2NETP", "ISNET"), "63a3042f", (), "ISNET finds what stands out"),
        (("U2NETP", "ISNET", "BIREFNET"), "4a3c40c3", ("onnxruntime",), "BIREFNET finds what stands out"),
        (("U2NETP", "ISNET", "BIREFNET"), "63a3042f", (), "BIREFNET is not used: it needs the package onnxr"),
        (("BIREFNET",), "", (), "no model finds masks here"),
    ],
)
def test_the_best_network_that_can_be_run_is_taken(
    *,
    names: tuple[str, ...],
    revision: str,
    packages: tuple[str, ...],
    log: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    environ = lay_networks(tmp_path, monkeypatch, *names)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name if name in packages else None)
    with caplog.at_level(logging.INFO):
        assert load(Settings.from_env(environ)).revision == revision  # jobs with others share no results
    assert log in caplog.text


def test_a_damaged_network_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = lay_networks(tmp_path, monkeypatch, "ISNET")
    with (tmp_path / "ISNET/isnet-general-use.onnx").open("ab") as file:
        file.write(b"more")
    with pytest.raises(StartError, match=r"ISNET .*isnet-general-use\.onnx: "):
        load(Settings.from_env(environ))


def test_a_laptop_is_told_why_it_gets_the_classical_engine(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        load(Settings.from_env(NO_WEIGHTS))
    assert "the actionmesh engine cannot run here, so silhouette does: packages that are not" in caplog.text
    assert "weights: ActionMesh (facebook/ActionMesh@fb69228b): not found in no-such-folder" in caplog.text


@pytest.mark.parametrize(
    ("environ", "host"),
    [({}, SERVERLESS), ({"ENGINE": "actionmesh"}, LAPTOP), ({"ENGINE": "actionmesh"}, SERVERLESS)],
)
def test_silhouette_never_stands_in_silently(environ: dict[str, str], host: Host) -> None:
    with pytest.raises(StartError) as caught:
        load(Settings.from_env(NO_WEIGHTS | environ), host)
    lines = str(caught.value).splitlines()
    assert lines[0].endswith(": the actionmesh engine cannot run here.")
    assert lines[1].startswith("- packages that are not installed: ")
    weights = [line.split()[2] for line in lines if line.startswith("- weights:")]
    assert weights == ["ActionMesh", "TripoSG", "dinov2", "RMBG"]
    assert lines[-1] == "ENGINE=silhouette runs the classical one."


@pytest.mark.parametrize(
    ("environ", "most"), [({}, 121), ({"MAX_FRAMES": "226"}, 226), ({"MAX_FRAMES": "20"}, 20)]
)
def test_a_worker_takes_as_many_frames_as_its_settings_say(environ: dict[str, str], most: int) -> None:
    frames = load(Settings.from_env(NO_WEIGHTS | environ)).facts.frames
    assert (frames.least, frames.most) == (16, most)


def test_the_settings_make_no_engine_take_more() -> None:
    assert OneAtATime(BallEngine(), 121).facts.frames.most == BallEngine().facts.frames.most == 31


class SlowBall(BallEngine):
    """Counts how many jobs are in it at a time."""

    inside = 0
    most = 0

    def animate(self, task: Task, listener: Listener) -> Animation:
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.05)
        self.inside -= 1
        return super().animate(task, listener)


@pytest.fixture
def frames(tmp_path: Path) -> Frames:
    return sample(write_frames(tmp_path, 16), Sampling(), step=lambda _index, _of: None)


def test_is_the_engine_it_runs(frames: Frames) -> None:
    turns, plain = OneAtATime(BallEngine()), BallEngine()
    assert (turns.facts, turns.revision) == (plain.facts, plain.revision)
    assert turns.accelerated == plain.accelerated
    assert turns.stages(Options(), 16) == plain.stages(Options(), 16)
    mine, other = (engine.animate(Task(frames, Options()), Listener()) for engine in (turns, plain))
    np.testing.assert_array_equal(mine.vertices, other.vertices)


def test_hands_a_mesh_on(frames: Frames) -> None:
    engine, mesh = BallEngine(), ball(1, textured=True)
    turns = OneAtATime(engine)
    turns.accept(Options(), mesh=True)
    turns.accept(Options(), mesh=False)
    assert engine.meshes == [True, False]
    animation = turns.animate(Task(frames, Options(), mesh), Listener())
    assert animation.texture is mesh.texture


def test_one_job_at_a_time(frames: Frames) -> None:
    slow = SlowBall()
    turns = OneAtATime(slow)
    jobs = [
        threading.Thread(target=turns.animate, args=(Task(frames, Options()), Listener())) for _ in range(4)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert (len(slow.seen), slow.most) == (4, 1)


def test_a_job_tells_how_long_it_has_waited_and_only_if_it_has(frames: Frames) -> None:
    turns = OneAtATime(SlowBall())
    waits: list[float] = []
    turns.animate(Task(frames, Options()), Listener(waited=waits.append))
    assert waits == []
    listener = Listener(waited=waits.append)
    jobs = [
        threading.Thread(target=turns.animate, args=(Task(frames, Options()), listener)) for _ in range(2)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    [waited] = waits
    assert 0.02 < waited < 5


def test_a_job_that_fails_gives_its_turn_away(frames: Frames) -> None:
    flat = BallEngine(RuntimeError("flat"))
    turns = OneAtATime(flat)
    with pytest.raises(RuntimeError, match="flat"):
        turns.animate(Task(frames, Options()), Listener())
    flat.fails = None
    assert turns.animate(Task(frames, Options()), Listener()).num_frames == 16


def test_what_any_engine_raises_of_the_gpu_has_its_name(frames: Frames) -> None:
    """Silhouette's masks, too, may come from models on a GPU."""
    lost = OneAtATime(BallEngine(RuntimeError("CUDA error: an illegal memory access was encountered")))
    with pytest.raises(GpuFailed) as caught:
        lost.animate(Task(frames, Options()), Listener())
    assert caught.value.poisons
    assert accelerator.has_failed()


def test_a_waiting_job_can_be_cancelled(frames: Frames) -> None:
    turns = OneAtATime(BallEngine())
    calls = 0

    def cancel_the_second_time(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Cancelled

    with turns._lock, pytest.raises(Cancelled):
        turns.animate(Task(frames, Options()), Listener(cancel_the_second_time))
    assert turns.animate(Task(frames, Options()), Listener()).num_frames == 16
