"""A job's files on their way through a bad network to a real S3 server: all are there, or none is.

``pytest tests/storage/test_faults.py --log-cli-level=INFO`` tells seconds, requests and faults of each case.
"""

import base64
import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.errors import Cancelled, StorageFailed
from actionmesh_wrapper.service.worker import Worker
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage import retry, upload
from actionmesh_wrapper.storage.s3 import S3
from tests.fakes import BallEngine
from tests.storage.fault_proxy import Fault, FaultProxy, Kind, fault_proxy
from tests.storage.files import a_result, ignore, keys_of, make_files, run_of
from tests.storage.threads import at_work
from tests.video.clips import H264, bars, encode

log = logging.getLogger(__name__)

LAST = {"result.json", "manifest.json"}
RESULT, MANIFEST = r"result\.json$", r"manifest\.json$"
WRITES = ("PUT", "POST")
SIZES = {
    "animated_mesh.glb": 2_000_000,
    "preview.mp4": 1_000_000,
    "preview.webp": 500_000,
    "poster.png": 20_000,
}
UNTIL_CANCELLED_S = 1.0  # of an outage

Links = dict[str, str]


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a tenth as long between tries as is real, so that the tests end sooner."""
    monkeypatch.setattr(retry, "FIRST_WAIT_S", retry.FIRST_WAIT_S / 10)
    monkeypatch.setattr(retry, "LONGEST_WAIT_S", retry.LONGEST_WAIT_S / 10)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """35 files, 7 MB."""
    draw = Random(0)
    sizes = SIZES | {f"mesh_{index:03d}.glb": draw.randrange(20_000, 200_000) for index in range(31)}
    contents = {name: draw.randbytes(size) for name, size in sizes.items()}
    return make_files(tmp_path_factory.mktemp("files"), contents)


@dataclass(frozen=True)
class Scene:
    """A bucket behind a proxy.

    Attributes:
        storage: reaches it through the proxy.
        proxy: what is between.
        server: reaches it past the proxy.
        name: the job's.
    """

    storage: S3
    proxy: FaultProxy
    server: S3
    name: str

    @property
    def key(self) -> str:
        """What equal jobs share."""
        return sha256(self.name.encode()).hexdigest()

    def deliver(self, files: Sequence[Path], step: StageStep = ignore) -> Links:
        """Delivers the files as a job does: some before the end."""
        with self.storage.deliver(self.name) as delivery:
            delivery.send(files[4:])
            stored = delivery.put(files, step=step, warn=ignore)
            delivery.seal(self.key, a_result(files), step=ignore)
        return {name: url for name, url in stored.urls.items() if url is not None}

    def names(self) -> set[str]:
        """The names of the job's files."""
        return {key.rpartition("/")[2] for key in keys_of(self.server, self.name)}

    def get(self, url: str) -> bytes:
        """What a link gives, from the server itself: the Host that was signed is the proxy's."""
        past = url.replace(self.proxy.url, self.server.client.meta.endpoint_url, 1)
        with urlopen(Request(past, headers={"Host": urlsplit(url).netloc})) as reply:
            return bytes(reply.read())

    def read(self, name: str) -> bytes:
        """An object of the job, from the server itself."""
        content = self.server.read(self.server.key(run_of(self.server, self.name), name))
        assert content is not None
        return content

    def assert_whole(self, files: Sequence[Path], links: Links) -> None:
        """Holds every file to its sum, and the manifest to the files."""
        sums = {file.name: sha256(file.read_bytes()).hexdigest() for file in files}
        assert self.names() == sums.keys() | LAST
        assert {name: sha256(self.get(url)).hexdigest() for name, url in links.items()} == sums
        listed = {entry["name"]: entry["sha256"] for entry in json.loads(self.read("manifest.json"))["files"]}
        assert listed == sums | {"result.json": sha256(self.read("result.json")).hexdigest()}


def opened(environ: Mapping[str, str], **other: str) -> S3:
    return S3.from_settings(Settings.from_env({**environ, **other}))


@contextmanager
def faulty(
    environ: Mapping[str, str], name: str, *faults: Fault, patience_s: float = retry.PATIENCE_S
) -> Iterator[Scene]:
    """A scene, whose figures are logged at its end."""
    with fault_proxy(environ["BUCKET_ENDPOINT_URL"], faults) as proxy:
        storage = replace(opened(environ, BUCKET_ENDPOINT_URL=proxy.url), patience_s=patience_s)
        start = time.monotonic()
        yield Scene(storage, proxy, opened(environ), name)
        log.info(
            "%s: %.1f s, requests %s, faults %s",
            name,
            time.monotonic() - start,
            dict(proxy.requests),
            dict(proxy.met),
        )
        assert at_work() == set()


WHOLE = {
    "one in ten refused": [Fault("slow_down", 0.1)],
    "three in ten refused": [Fault("slow_down", 0.3)],
    "errors of the server's own": [Fault("internal_error", 0.2)],
    "resets amid the body": [Fault("body_reset", 0.2, methods=WRITES)],
    "replies lost": [Fault("reply_lost", 0.2)],
    "answers cut": [Fault("answer_cut", 0.2)],
    "lengths garbled": [Fault("length_garbled", 0.2)],
    "taken and not stored": [Fault("not_stored", 0.3, methods=["PUT"])],
    "the result is not stored": [Fault("not_stored", keys=RESULT, methods=["PUT"], times=2)],
    "the manifest is not stored": [Fault("not_stored", keys=MANIFEST, methods=["PUT"], times=2)],
    "answers that wait": [Fault("stall", seconds=5, after=5, times=3)],
    "bodies that wait": [Fault("body_stall", seconds=5, methods=WRITES, after=5, times=3)],
    "a short outage": [Fault("outage", seconds=6, after=20, times=1)],
    "an outage at the manifest": [Fault("outage", seconds=3, keys=MANIFEST, methods=WRITES, times=1)],
    "a bit of all": [
        Fault("slow_down", after=3, times=3),
        Fault("body_reset", methods=WRITES, after=8, times=3),
        Fault("reply_lost", after=12, times=3),
        Fault("answer_cut", after=16, times=3),
        Fault("stall", seconds=0.5, after=20, times=3),
        Fault("outage", seconds=1, after=40, times=1),
    ],
}


@pytest.mark.parametrize("name", WHOLE)
def test_everything_arrives(s3_environ: dict[str, str], files: list[Path], name: str) -> None:
    with faulty(s3_environ, name.replace(" ", "-"), *WHOLE[name]) as scene:
        scene.assert_whole(files, scene.deliver(files))
        assert scene.proxy.met.keys() == {fault.kind for fault in WHOLE[name]}


def test_a_large_file_arrives_in_parts(
    s3_environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "WHOLE_BYTES", 1_000_000)
    large = make_files(tmp_path, {"archive.zip": Random(1).randbytes(4 * upload.PART_BYTES + 1)})
    kinds: list[Kind] = ["slow_down", "body_reset", "reply_lost", "answer_cut"]
    faults = [Fault(kind, methods=WRITES, after=2 * index, times=1) for index, kind in enumerate(kinds)]
    with faulty(s3_environ, "large", *faults) as scene:
        scene.assert_whole(large, scene.deliver(large))
        assert scene.proxy.met.keys() == set(kinds)


NOTHING = {
    "no room": ([Fault("disk_full", methods=WRITES, after=10)], "The bucket has no room left."),
    "refused from some file on": (
        [Fault("slow_down", methods=WRITES, after=10)],
        "The bucket's server failed for 2 s.",
    ),
    "the manifest is refused": (
        [Fault("internal_error", methods=WRITES, keys=MANIFEST)],
        "The bucket's server failed for 2 s.",
    ),
    "the manifest is written and never answered": (
        [Fault("reply_lost", methods=WRITES, keys=MANIFEST)],
        "The bucket's server could not be reached for 2 s.",
    ),
    "lengths garbled always": ([Fault("length_garbled")], "The bucket's server failed for 2 s."),
    "the result is never stored": (
        [Fault("not_stored", keys=RESULT, methods=["PUT"])],
        "The bucket's server failed for 2 s.",
    ),
    "the manifest is never stored": (
        [Fault("not_stored", keys=MANIFEST, methods=["PUT"])],
        "The bucket's server failed for 2 s.",
    ),
    "uploads never answered": (
        [Fault("reply_lost", methods=WRITES, after=10)],
        "The bucket's server could not be reached for 2 s.",
    ),
}


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_is_left_of_what_fails(s3_environ: dict[str, str], files: list[Path], name: str) -> None:
    faults, message = NOTHING[name]
    with faulty(s3_environ, name.replace(" ", "-"), *faults, patience_s=2) as scene:
        with pytest.raises(StorageFailed) as caught:
            scene.deliver(files)
        assert caught.value.message == message
        assert scene.names() == set()
        assert scene.server.find(scene.key) is None


NOT_EVEN_REMOVED = {
    "all is refused": Fault("slow_down"),
    "all is refused from some request on": Fault("slow_down", after=30),
    "an outage without an end": Fault("outage", seconds=600, after=30),
}


@pytest.mark.parametrize("name", NOT_EVEN_REMOVED)
def test_what_cannot_be_removed_is_not_called_whole(
    s3_environ: dict[str, str], files: list[Path], name: str
) -> None:
    with faulty(s3_environ, name.replace(" ", "-"), NOT_EVEN_REMOVED[name], patience_s=2) as scene:
        with pytest.raises(StorageFailed):
            scene.deliver(files)
        assert not scene.names() & LAST
        assert scene.server.find(scene.key) is None


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"BUCKET_SECRET_ACCESS_KEY": "wrong"},
            "The bucket refuses the key: it has to allow reading, writing and deleting.",
        ),
        ({"BUCKET_NAME": "nowhere"}, "The bucket does not exist."),
    ],
)
def test_what_will_not_pass_is_told_at_once(
    s3_environ: dict[str, str], files: list[Path], environ: dict[str, str], message: str
) -> None:
    storage = opened(s3_environ, **environ)
    start = time.monotonic()
    with pytest.raises(StorageFailed) as caught, storage.deliver("refused") as delivery:
        delivery.put(files, step=ignore, warn=ignore)
    assert caught.value.message == message
    assert time.monotonic() - start < storage.patience_s / 6


def test_a_server_that_is_gone_is_told_after_the_patience(
    s3_environ: dict[str, str], files: list[Path]
) -> None:
    storage = replace(opened(s3_environ, BUCKET_ENDPOINT_URL="http://127.0.0.1:1"), patience_s=2)
    start = time.monotonic()
    with pytest.raises(StorageFailed) as caught, storage.deliver("gone") as delivery:
        delivery.put(files, step=ignore, warn=ignore)
    assert caught.value.message == "The bucket's server could not be reached for 2 s."
    assert time.monotonic() - start < 30


def test_a_cancel_in_an_outage_is_heeded_and_nothing_comes_later(
    s3_environ: dict[str, str], files: list[Path]
) -> None:
    begun: list[float] = []
    with faulty(s3_environ, "cancelled", Fault("outage", seconds=6, after=20, times=1)) as scene:

        def cancel(_index: int, _of: int) -> None:
            if scene.proxy.is_out:
                begun.append(time.monotonic())
                if begun[-1] - begun[0] > UNTIL_CANCELLED_S:
                    raise Cancelled

        with pytest.raises(Cancelled):
            scene.deliver(files, cancel)
        took_s = time.monotonic() - begun[-1]
        log.info("cancelled: over after %.2f s", took_s)
        left = scene.names()
        while scene.proxy.is_out:
            time.sleep(0.1)
        time.sleep(1)
        assert scene.names() == left
        assert not left & LAST
        assert took_s < scene.storage.patience_s / 6  # 1.5 s, on a machine with nothing else to do


def test_a_job_of_the_worker_arrives_through_a_bad_network(
    s3_environ: dict[str, str], tmp_path: Path
) -> None:
    clip = encode(tmp_path / "clip.mp4", bars(24), *H264).read_bytes()
    settings = Settings.from_env({"JOBS_DIR": str(tmp_path / "jobs")})
    asked = {
        "video_base64": base64.b64encode(clip).decode(),
        "outputs": ["meshes", "animated_mesh", "preview", "masks", "archive"],
    }
    with faulty(s3_environ, "job-1", Fault("slow_down", 0.1), Fault("reply_lost", 0.05)) as scene:
        result = Worker(settings, BallEngine(), scene.storage).run("job-1", asked, ignore)
        assert len(result.files.all()) == 38
        for file in result.files.all():
            content = scene.get(file.url or "")
            assert (sha256(content).hexdigest(), len(content)) == (file.sha256, file.bytes)
        assert Result.model_validate_json(scene.read("result.json")) == result
        assert scene.names() - LAST == {file.name for file in result.files.all()} | {"anchor_mesh.glb"}
        again = Worker(settings, BallEngine(), scene.storage).run("job-2", asked, ignore)
        assert again.cached
