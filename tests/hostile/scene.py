"""A worker among enemies: real but for its engine, in an internet that is one server of ours."""

import base64
import json
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from actionmesh_wrapper.errors import JobError
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import Local
from tests.fakes import BallEngine
from tests.hostile.watch import CAN_WATCH, Peaks, left_over, watching
from tests.source.server import Answer, Server, answer
from tests.video.clips import H264, bars, encode, ffmpeg

PUBLIC = "93.184.216.34"  # an address that leads to the tests' own server, and all that may be connected to
HOST = "server.test"  # its name
SECRET = "hunter2-of-a-caller"  # stands in jobs where secrets do
MAX_VIDEO_MB, MAX_MESH_MB = 20, 10

_OWN_BYTES, _CHILD_BYTES, _SPACE_BYTES = 300 << 20, 1500 << 20, 4300 << 20
_SLACK_BYTES = 20 << 20  # on the disk, for frames and meshes
_LONGEST_MESSAGE = 4000  # characters
_TELLTALE = re.compile(
    r"Traceback|File \"|\.py\b|0x[0-9a-f]{6,}|\b\d{1,3}(?:\.\d{1,3}){3}\b|\.test\b|(?<!\w)/\w+/"
)

Data = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One job.

    Attributes:
        name: says what is wrong with it.
        code: of the error that it must end with, or several between bars; None, or ``COMPLETED`` among them,
            where it must, or may, succeed.
        make: its input; may set the scene's server and names.
        seconds: within which it must end.
        s3_config: its own bucket.
        job_id: its id.
    """

    name: str
    code: str | None
    make: "Callable[[Scene], object]"
    seconds: float = 20.0
    s3_config: object = None
    job_id: str = "job"


class TooSlow(BaseException):
    """A job hangs; nothing but a test's end swallows it."""


class Clips:
    """Clips that are encoded once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str, *arguments: str, count: int = 16, **options: Any) -> bytes:
        """A clip of so many frames, encoded as the arguments say; its name's end is its container."""
        path = self.folder / name
        if not path.exists():
            encode(path, bars(count, **options), *arguments)
        return path.read_bytes()

    def made(self, name: str, *arguments: str) -> bytes:
        """What ffmpeg makes of its own sources."""
        if not (self.folder / name).exists():
            ffmpeg(*arguments, str(self.folder / name))
        return (self.folder / name).read_bytes()

    @property
    def good(self) -> bytes:
        """A clip that makes a good job."""
        return self.get("good.mp4", *H264)


@dataclass
class Names:
    """What the tests' resolver knows: for each name the answers to the first, second, … question."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        """Stands for `socket.getaddrinfo`; addresses in any notation are the system's to read."""
        if host != PUBLIC:  # which is what was looked up, about to be connected to
            self.asked.append(host)
        if host not in self.answers:
            flags = 0 if host in {"localhost", "localhost."} else socket.AI_NUMERICHOST
            return _getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
        answers = self.answers[host]
        found = answers[min(self.asked.count(host), len(answers)) - 1]
        return [(socket.AF_UNSPEC, socket.SOCK_STREAM, 0, "", (address, port)) for address in found]


_getaddrinfo: Callable[..., list[tuple[Any, ...]]] = socket.getaddrinfo
_connect = socket.socket.connect


@dataclass
class Scene:
    """The worker, and what surrounds it.

    Attributes:
        worker: has the ball for an engine and a folder for a bucket.
        root: holds all that it may write.
        server: all of the internet.
        names: its name server.
        clips: to send.
        secure: a server that speaks TLS, on port 443; none unless a test starts one.
        reached: addresses and ports that were connected to.
    """

    worker: Worker
    root: Path
    server: Server
    names: Names
    clips: Clips
    secure: Server | None = None
    reached: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def at(cls, root: Path, server: Server, clips: Clips) -> "Scene":
        """A worker that has so far done nothing."""
        limits = {"MAX_VIDEO_MB": str(MAX_VIDEO_MB), "MAX_MESH_MB": str(MAX_MESH_MB)}
        settings = Settings.from_env({"JOBS_DIR": str(root / "jobs")} | limits)
        worker = Worker(settings, BallEngine(), Local(root / "outputs"))
        return cls(worker, root, server, Names({HOST: [[PUBLIC]]}), clips)

    def connect(self, connection: socket.socket, address: Any) -> None:
        """Stands for `socket.socket.connect`: leads to the server, or nowhere."""
        if isinstance(address, tuple):
            self.reached.append(address[:2])
            if address[0] != PUBLIC:
                raise ConnectionRefusedError
            server = self.secure if self.secure and address[1] == 443 else self.server
            address = ("127.0.0.1", server.server_port)
        _connect(connection, address)

    def serve(self, *answers: Answer, path: str = "/video") -> Data:
        """A job whose video the server gives so, at each time that it is asked."""
        self.server.at(path, *answers)
        return by_url(f"http://{HOST}{path}")

    @property
    def good(self) -> Data:
        """A good job."""
        return by_base64(self.clips.good)

    @property
    def gives(self) -> Answer:
        """An answer with a good video."""
        return answer(self.clips.good)

    def judge(self, case: Case) -> Peaks:
        """Runs a case and looks at all that it left."""
        data = json.loads(json.dumps(case.make(self)))
        with watching(self.root) as peaks:
            started = time.monotonic()
            outcome = self._run(case, data)
            seconds = time.monotonic() - started
        assert outcome.partition(":")[0] in (case.code or "COMPLETED").split("|"), outcome
        assert seconds < case.seconds
        _check_message(outcome, json.dumps([data, case.job_id, case.s3_config], ensure_ascii=False))
        self._check_traces()
        _check(peaks)
        return peaks

    def _run(self, case: Case, data: object) -> str:
        """``COMPLETED``, or the error as the caller gets it."""
        try:
            with alarm(case.seconds * 2):
                self.worker.run(case.job_id, data, lambda _: None, s3_config=case.s3_config)
        except JobError as error:
            return str(error)
        results = list((self.root / "outputs").iterdir())
        assert len(results) == 1
        assert {path.name for path in results[0].iterdir()} == {"animated_mesh.glb", "result.json"}
        for path in (*results[0].iterdir(), results[0]):
            path.unlink() if path.is_file() else path.rmdir()
        return "COMPLETED"

    def _check_traces(self) -> None:
        """No file, no process, no thread, and no connection to anywhere but the server."""
        assert [path for path in self.root.rglob("*") if path.is_file() or path.parent.name == "jobs"] == []
        assert {address for address, _ in self.reached} <= {PUBLIC}
        assert [thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name] == []
        assert not CAN_WATCH or left_over() == []


def by_url(url: str) -> Data:
    """A job with this address for a video."""
    return {"video_url": url, "outputs": ["animated_mesh"]}


def by_base64(video: bytes | str) -> Data:
    """A job that brings this video, or this text in place of its base64."""
    text = video if isinstance(video, str) else base64.b64encode(video).decode()
    return {"video_base64": text, "outputs": ["animated_mesh"]}


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _check_message(message: str, given: str) -> None:
    """It tells nothing of the worker, and of the caller's own words no more than fits on a page."""
    message.encode()
    assert len(message) < _LONGEST_MESSAGE
    assert SECRET not in message
    assert not [found[0] for found in _TELLTALE.finditer(message) if found[0] not in given], message


def _check(peaks: Peaks) -> None:
    assert peaks.own < _OWN_BYTES
    assert peaks.child < _CHILD_BYTES
    assert peaks.space < _SPACE_BYTES
    assert peaks.disk < MAX_VIDEO_MB * 1_000_000 + MAX_MESH_MB * 1_000_000 + _SLACK_BYTES
