"""boto before a resolver that changes its mind, and servers that send it elsewhere."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, SSLError

from actionmesh_wrapper.errors import StorageFailed, UrlNotAllowed
from actionmesh_wrapper.storage import bounded_answer, pinned
from actionmesh_wrapper.storage.retry import keep_trying
from actionmesh_wrapper.storage.s3 import S3, open_bucket
from actionmesh_wrapper.system import addresses
from tests.certificates import self_signed, serving_tls
from tests.storage.fault_proxy import FaultProxy
from tests.storage.files import ignore, make_files, run_of
from tests.storage.one_answer import OneAnswer
from tests.storage.s3_server import KEY, SECRET

PUBLIC, INSIDE = "127.0.0.1", "127.0.0.2"  # all of loopback is taken for public here, but for the second
HOST = "s3.test"
ASKS: list[Callable[[S3], object]] = [
    lambda storage: storage.write("a", b"x"),
    lambda storage: storage.read("a"),
]


@dataclass
class Scene:
    """A server at the public address, and a trap at the other one, on the same port.

    Attributes:
        answers: of the resolver to the first, second, … question for a name; the last one stays.
        asked: the names that it was asked for.
    """

    server: OneAnswer
    trap: socket.socket
    answers: list[list[str]] = field(default_factory=lambda: [[PUBLIC]])
    asked: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.server.server_port

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        """Stands for `socket.getaddrinfo`."""
        if host.replace(".", "").isdigit():
            found = [host]
        else:
            self.asked.append(host)
            found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if not found:
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in found]

    def open(self, *, host: str = HOST, bucket: str = "results", key: str = "key") -> S3:
        config = {
            "accessId": key,
            "accessSecret": SECRET,
            "bucketName": bucket,
            "endpointUrl": f"https://{host}:{self.port}",
        }
        return replace(open_bucket(config, link_ttl_s=600), patience_s=0.0)

    def is_trapped(self) -> bool:
        """Whether anything connected to the address inside."""
        try:
            self.trap.accept()
        except BlockingIOError:
            return False
        return True


@contextmanager
def running(server: ThreadingHTTPServer, certificate: Path) -> Iterator[None]:
    server.socket = serving_tls(certificate).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "certificate.pem", HOST)


@pytest.fixture
def scene(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with OneAnswer() as server, closing(socket.socket()) as trap, running(server, certificate):
        try:
            trap.bind((INSIDE, server.server_port))
        except OSError:
            pytest.skip("this machine has one loopback address alone")
        trap.listen()
        trap.setblocking(False)
        scene = Scene(server, trap)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        monkeypatch.setattr(addresses, "is_public", lambda address: address != INSIDE)
        monkeypatch.setattr(socket, "getaddrinfo", scene.look_up)
        yield scene


def test_asks_the_host_by_its_name_at_an_address_that_was_checked(scene: Scene) -> None:
    scene.open().read("job/a.glb")
    assert scene.server.asked == [("GET", "/results/job/a.glb", f"{HOST}:{scene.port}")]
    assert scene.asked == [HOST] * 2  # once for the job, once for the connection


@pytest.mark.parametrize("second", [[INSIDE], [PUBLIC, INSIDE], [INSIDE, PUBLIC]], ids=" ".join)
def test_a_second_answer_of_the_resolver_leads_nowhere(scene: Scene, second: list[str]) -> None:
    scene.answers = [[PUBLIC], second]
    storage = scene.open()
    with pytest.raises(UrlNotAllowed):
        storage.write("job/a.glb", b"x")
    assert not scene.is_trapped()
    assert scene.server.asked == []


def test_a_resolver_that_changes_its_mind_between_two_connections_is_found_out(scene: Scene) -> None:
    scene.answers = [[PUBLIC], [PUBLIC], [INSIDE]]
    storage = scene.open()
    storage.read("job/a.glb")
    with pytest.raises(UrlNotAllowed):
        storage.write("job/b.glb", b"x")
    assert not scene.is_trapped()


def test_a_job_whose_bucket_moves_inside_ends_with_that_error(scene: Scene, tmp_path: Path) -> None:
    scene.answers = [[PUBLIC], [INSIDE]]
    files = make_files(tmp_path, {"mesh_000.glb": b"x"})
    with pytest.raises(UrlNotAllowed), scene.open().deliver("job") as delivery:
        delivery.put(files, step=ignore, warn=ignore)
    assert not scene.is_trapped()


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_no_proxy_is_asked(scene: Scene, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, f"http://{INSIDE}:{scene.port}")
    scene.open().read("job/a.glb")
    assert len(scene.server.asked) == 1
    assert not scene.is_trapped()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("way", ["location", "region", "endpoint"])
def test_no_redirect_is_followed_to_another_host(scene: Scene, status: int, way: str) -> None:
    elsewhere = f"{INSIDE}:{scene.port}"
    scene.server.status = status
    if way == "location":
        scene.server.headers = {"Location": f"https://{elsewhere}/results/job/a.glb"}
    elif way == "region":
        scene.server.headers = {"x-amz-bucket-region": "eu-west-1", "Location": f"https://{elsewhere}/"}
    else:
        scene.server.body = (
            f"<Error><Code>PermanentRedirect</Code><Bucket>results</Bucket><Endpoint>{elsewhere}</Endpoint>"
            "<Region>eu-west-1</Region></Error>"
        ).encode()
    storage = scene.open()
    for ask in (lambda: storage.write("job/a.glb", b"x"), lambda: storage.read("job/a.glb")):
        with pytest.raises(StorageFailed, match="redirects"):
            keep_trying(ask, patience_s=0.0)
    assert not scene.is_trapped()
    assert {host for *_, host in scene.server.asked} == {f"{HOST}:{scene.port}"}
    assert len(scene.server.asked) <= 4  # with a region it is asked again, in that one's name
    assert set(scene.asked) == {HOST}


@pytest.mark.parametrize(
    "bucket",
    [
        "arn:aws:s3:us-west-2:123456789012:accesspoint/inside",
        "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-01234567890123456:accesspoint:inside",
        "inside--usw2-az1--x-s3",
    ],
)
def test_names_that_boto_makes_hosts_of_lead_nowhere_either(scene: Scene, bucket: str) -> None:
    storage = replace(scene.open(), bucket=bucket)
    for call in (storage.client.get_object, storage.client.delete_object, storage.client.head_object):
        with pytest.raises(UrlNotAllowed):
            call(Bucket=storage.bucket, Key="a")
    with pytest.raises(UrlNotAllowed):
        storage.write("a", b"x")
    assert scene.server.asked == []
    assert scene.asked == [HOST]


def test_a_server_with_anothers_certificate_is_refused(scene: Scene) -> None:
    storage = scene.open(host="other.test")
    with pytest.raises(SSLError, match="match"):
        storage.write("job/a.glb", b"x")
    assert scene.server.asked == []


def test_a_server_that_nobody_vouches_for_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE")
    with pytest.raises(SSLError, match="self-signed"):
        scene.open().write("job/a.glb", b"x")
    assert scene.server.asked == []


def test_the_next_address_is_tried_where_one_is_dead(scene: Scene) -> None:
    scene.answers = [["127.0.0.3", PUBLIC]]
    scene.open().read("job/a.glb")
    assert len(scene.server.asked) == 1


def test_few_addresses_are_tried(scene: Scene) -> None:
    scene.answers = [[f"127.0.0.{3 + index}" for index in range(pinned._MAX_ADDRESSES)] + [PUBLIC]]
    with pytest.raises(EndpointConnectionError):
        scene.open().write("job/a.glb", b"x")
    assert scene.server.asked == []


def test_a_resolver_that_is_out_for_a_moment_is_asked_again(scene: Scene) -> None:
    scene.answers = [[PUBLIC], [], [PUBLIC]]
    storage = scene.open()
    keep_trying(lambda: storage.read("job/a.glb"), patience_s=10.0)
    assert len(scene.server.asked) == 1


def test_a_resolver_that_stays_out_is_told_as_a_server_that_cannot_be_reached(
    scene: Scene, tmp_path: Path
) -> None:
    scene.answers = [[PUBLIC], []]
    files = make_files(tmp_path, {"mesh_000.glb": b"x"})
    with pytest.raises(StorageFailed, match="could not be reached"), scene.open().deliver("job") as delivery:
        delivery.put(files, step=ignore, warn=ignore)


@pytest.mark.parametrize("ask", ASKS)
def test_an_answer_that_drips_is_cut(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, ask: Callable[[S3], object]
) -> None:
    monkeypatch.setattr(bounded_answer, "ANSWER_S", 0.5)
    scene.server.headers, scene.server.drip = {"Transfer-Encoding": "chunked"}, b"1\r\nx\r\n"
    storage = scene.open()
    began = time.monotonic()
    with pytest.raises(StorageFailed):
        keep_trying(lambda: ask(storage), patience_s=0.0)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("length", ["99999999", "99999999999999"])
@pytest.mark.parametrize("ask", ASKS)
def test_an_answer_that_is_said_to_be_huge_reserves_no_memory(
    scene: Scene, length: str, ask: Callable[[S3], object]
) -> None:
    scene.server.headers, scene.server.drip = {"Content-Length": length}, bytes(1 << 20)
    storage = scene.open()
    with pytest.raises(StorageFailed, match="more than any answer"):
        ask(storage)


def test_a_whole_job_goes_to_a_real_server_through_such_connections(
    scene: Scene, certificate: Path, s3_environ: dict[str, str], tmp_path: Path
) -> None:
    with FaultProxy(s3_environ["BUCKET_ENDPOINT_URL"]) as proxy, running(proxy, certificate):
        scene.server.server_port = proxy.server_port
        storage = scene.open(key=KEY)
        contents = {"mesh_000.glb": b"one", "large.glb": bytes(3_000_000)}
        with storage.deliver("pinned") as delivery:
            stored = delivery.put(make_files(tmp_path, contents), step=ignore, warn=ignore)
        folder = run_of(storage, "pinned")
        assert {name: storage.read(f"{folder}/{name}") for name in contents} == contents
        proxy.stopped.set()
    assert (stored.urls["mesh_000.glb"] or "").startswith(
        f"https://{HOST}:{proxy.server_port}/results/pinned/"
    )
