import itertools
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from actionmesh_wrapper import source
from actionmesh_wrapper.source import pinned, transfer
from tests.hostile.scene import Case, Clips, Scene
from tests.hostile.watch import CAN_WATCH
from tests.source.server import serving

# In place of minutes: what each of them does is shown by tests/source/.
DOWNLOAD_S, READ_S = 1.5, 1.0

EVERY = 5  # so many cases on, a good job is run, under the id of the last one
turns = itertools.count(1)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def scene(tmp_path: Path, clips: Clips, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with serving() as server:
        scene = Scene.at(tmp_path / "machine", server, clips)
        (scene.root / "tmp").mkdir(parents=True)
        monkeypatch.setattr(tempfile, "tempdir", str(scene.root / "tmp"))
        monkeypatch.setattr(socket, "getaddrinfo", scene.names.look_up)

        def connect(connection: socket.socket, address: object) -> None:
            scene.connect(connection, address)

        monkeypatch.setattr(socket.socket, "connect", connect)
        yield scene


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs and pauses in seconds, where they are minutes."""
    monkeypatch.setattr(transfer, "_PAUSE_S", 0)
    monkeypatch.setattr(pinned, "_READ_S", READ_S)

    def download(*arguments: object, **options: object) -> None:
        transfer.download(*arguments, seconds=DOWNLOAD_S, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(source, "download", download)


@pytest.fixture
def judge(scene: Scene, request: pytest.FixtureRequest) -> Callable[[Case], None]:
    """Runs a case; on Linux memory and disk are measured too, and stand in the tests' report (--junitxml)."""

    def run(case: Case) -> None:
        peaks = scene.judge(case)
        for name in ("own", "child", "space", "disk") if CAN_WATCH else ():
            request.node.user_properties.append((f"{name}_mb", getattr(peaks, name) >> 20))
        if next(turns) % EVERY == 0:
            scene.judge(Case("good", None, lambda scene: scene.good, job_id=case.job_id))

    return run
