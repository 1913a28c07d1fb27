"""Servers that send the worker elsewhere."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.scene import HOST, PUBLIC, Case, Scene, by_url
from tests.hostile.test_urls import ANSWERS, NOT_ALLOWED
from tests.source.server import Answer, Handler, answer, serving
from tests.source.test_pinned import certificate

__all__ = ["certificate"]  # a fixture

pytestmark = pytest.mark.usefixtures("impatient")

Judge = Callable[[Case], None]

# What a redirect may not lead to, besides all that a job may not name.
ALSO = {
    "file": "file:///etc/passwd",
    "ftp": f"ftp://{HOST}/video",
    "gopher": "gopher://127.0.0.1:6379/_INFO",
    "data": "data:video/mp4;base64,AAAA",
    "javascript": "javascript:alert(1)",
    "another host, same scheme": "//10.0.0.1/video",
    "an open bracket": "http://[::1",
    "a port too high": f"http://{HOST}:65536/",
    "a port of letters": f"http://{HOST}:http/",
    "a zone": "http://[fe80::1%25eth0]/",
    "binary": "http://\x80\xff\xfe/",
}
# These need a reader that is as lenient as the schema, or more letters than a header has; see below.
OTHERS = {"full-width digits", "circled digits", "ideographic dots", "one slash", "a trailing dot"}
LOCATIONS = {name: url for name, url in NOT_ALLOWED.items() if name not in OTHERS} | ALSO


def to(*locations: str, status: int = 302) -> Answer:
    """Redirects, with one header for each location."""

    def send(handler: Handler) -> None:
        handler.send_response(status)
        for location in locations:
            handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return send


@pytest.mark.parametrize("name", LOCATIONS)
def test_refused(judge: Judge, scene: Scene, name: str) -> None:
    scene.names.answers |= {host: [found] for host, found in ANSWERS.items()}
    judge(Case(name, "URL_NOT_ALLOWED", lambda scene: scene.serve(to(LOCATIONS[name]))))
    assert scene.server.paths == ["/video"]


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("to itself", [to("/video")]),
        ("to itself with a fragment", [to("/video#again")]),
        ("to a longer address each time", [to("video/"), to("/video")]),
        ("six times", [to("/video", status=status) for status in (301, 302, 303, 307, 308, 302)]),
    ],
)
def test_without_end(judge: Judge, scene: Scene, name: str, answers: list[Answer]) -> None:
    scene.server.at("/video/", to("/video"))
    judge(Case(name, "DOWNLOAD_FAILED", lambda scene: scene.serve(*answers)))
    assert len(scene.server.asked) == 6


@pytest.mark.parametrize(
    ("name", "redirect"),
    [
        ("without a location", to()),
        ("with an empty one", to("")),
        ("by a status without a location", to("/good", status=304)),
        ("by a status that is none", to("/good", status=399)),
        ("to no host", to("http://")),  # which is the same address again
        ("to a path by one slash", to("http:/10.0.0.1/")),
        ("to a path by backslashes", to("\\\\10.0.0.1\\video")),
        ("to a name with a trailing dot", to("http://127.0.0.1./")),
    ],
)
def test_nowhere(judge: Judge, scene: Scene, name: str, redirect: Answer) -> None:
    judge(Case(name, "DOWNLOAD_FAILED", lambda scene: scene.serve(redirect)))
    assert {host for host, _ in scene.reached} == {PUBLIC}


@pytest.mark.parametrize(
    "location",
    [
        "/good",
        "good",
        "?",
        f"//{HOST}/good",
        f"http://{HOST}:8080/good",
        f"http://{PUBLIC}/good",
        "/a/../good",
        " /good ",
    ],
)
def test_good(judge: Judge, scene: Scene, location: str) -> None:
    for path in ("/good", "/a/../good"):
        scene.server.at(path, scene.gives)
    judge(Case(location, None, lambda scene: scene.serve(to(location), scene.gives)))


def test_five_times_are_good(judge: Judge) -> None:
    judge(Case("five", None, lambda scene: scene.serve(*[to("/video")] * 5, scene.gives)))


def test_to_a_name_that_moves(judge: Judge, scene: Scene) -> None:
    scene.names.answers["moving.test"] = [[PUBLIC], ["10.0.0.1"]]
    scene.server.at("/", to("/again"))
    scene.server.at("/again", scene.gives)
    judge(Case("moving", "URL_NOT_ALLOWED", lambda _: by_url("http://moving.test/")))
    assert scene.server.paths == ["/"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (f"http://{HOST}/good", None),
        (f"https://{HOST}/good", None),
        ("http://10.0.0.1/good", "URL_NOT_ALLOWED"),
        ("https://other.test/good", "DOWNLOAD_FAILED"),  # the certificate is another's
    ],
)
def test_from_https(
    judge: Judge,
    scene: Scene,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    location: str,
    code: str | None,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    scene.names.answers |= {"video.test": [[PUBLIC]], "other.test": [[PUBLIC]]}
    scene.server.at("/good", scene.gives)
    with serving() as scene.secure:
        scene.secure.socket = context.wrap_socket(scene.secure.socket, server_side=True)
        scene.secure.at("/", to(location.replace(f"https://{HOST}", "https://video.test")))
        scene.secure.at("/good", answer(scene.clips.good))
        judge(Case(location, code, lambda _: by_url("https://video.test/")))
