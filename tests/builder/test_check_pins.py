import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("huggingface_hub", reason="make lint's and the container's packages have it")
from huggingface_hub import constants

from builder import check_pins
from tests.builder.test_fetch_source import git
from tests.weights.hub import Hub, serving
from tests.weights.laid import CUTTER, FILES, SHAPES, TABLE, TRACKER

ROOT = Path(__file__).parents[2]
TAGS = {"library/python": {"3.11.14-slim": "sha256:" + "1" * 64, "3.11-slim": "sha256:" + "1" * 64}}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub(TABLE)
    with serving(hub) as hub.address:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        yield hub


@pytest.fixture
def tags() -> dict[str, dict[str, str]]:
    """What the fake Docker Hub has, by image: each tag's digest."""
    return {image: dict(of_image) for image, of_image in TAGS.items()}


@pytest.fixture
def docker_hub(tags: dict[str, dict[str, str]]) -> Iterator[str]:
    """As much of Docker Hub as one question about a tag uses."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, _, _, owner, name, _, tag = self.path.split("/")
            digest = tags.get(f"{owner}/{name}", {}).get(tag)
            body = json.dumps(
                {"name": tag, "digest": digest} if digest else {"message": "not found"}
            ).encode()
            self.send_response(200 if digest else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – the base class's name
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository of one commit."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a step")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path, origin: Path) -> Path:
    """A checkout whose Dockerfile pins the repository and an image."""
    pinned = git(origin, "rev-parse", "HEAD")
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend/Dockerfile").write_text("FROM python:3.11.14-slim AS page\n")
    (tmp_path / "Dockerfile").write_text(
        "ARG WEIGHTS=none\nFROM python:3.11.14-slim AS python\nFROM python AS source\n"
        f"RUN /build/fetch_source.sh {origin.as_uri()} \\\n        {pinned} /opt/a\n"
    )
    return tmp_path


def test_what_has_not_moved_is_the_same(
    root: Path, origin: Path, hub: Hub, docker_hub: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert check_pins.main([], root, TABLE, docker_hub) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"same    {origin.as_uri()}: {git(origin, 'rev-parse', 'HEAD')[:12]}",
        *(f"same    {item.name}: {item.revision[:12]}" for item in TABLE),
        "same    python:3.11.14-slim: sha256:111111111111",
        "same    python:3.11.14-slim: sha256:111111111111",
    ]
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_what_has_moved_is_newer_and_says_what_to_read(
    root: Path, hub: Hub, docker_hub: str, tags: dict[str, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    origin = root / "origin"
    old, new = git(origin, "rev-parse", "HEAD")[:12], commit(origin)[:12]
    hub.heads["acme/Shapes"] = ("e" * 40, {**FILES["acme/Shapes"], "config.json": b'{"width": 5}'})
    hub.heads["acme/Cutter"] = ("f" * 40, FILES["acme/Cutter"])  # another README, say
    hub.heads["acme/Tracker"] = ("9" * 40, {})
    tags["library/python"]["3.11-slim"] = "sha256:" + "2" * 64
    assert check_pins.main([], root, TABLE, docker_hub) == 0
    code, shapes, cutter, tracker, image, _ = capsys.readouterr().out.splitlines()
    assert (
        code
        == f"newer   {origin.as_uri()}: pinned {old}, there {new}; {origin.as_uri()}/compare/{old}...{new}"
    )
    assert shapes == f"newer   acme/Shapes: pinned {'a' * 12}, there {'e' * 12}; differing: config.json"
    assert cutter.endswith(f"there {'f' * 12}; none of the files that are read differs")
    assert tracker.endswith(f"there {'9' * 12}; differing: model.safetensors")
    assert image == f"newer   python:3.11.14-slim: python:3.11-slim is another image, sha256:{'2' * 64}"


def test_an_image_pinned_by_its_digest_is_compared_by_it(docker_hub: str) -> None:
    pinned = "sha256:" + "3" * 64
    assert check_pins.check_image("python", "3.11.14-slim", pinned, docker_hub).state == "newer"
    assert check_pins.check_image("python", "3.11.14-slim", "sha256:" + "1" * 64, docker_hub).state == "same"


def test_without_a_network_each_pin_says_so(
    root: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(hub) as gone:
        pass  # nobody answers there any more
    monkeypatch.setattr(constants, "ENDPOINT", gone)
    dockerfile = root / "Dockerfile"
    text = dockerfile.read_text().replace((root / "origin").as_uri(), f"{gone}/acme/code.git")
    dockerfile.write_text(text)
    assert check_pins.main([], root, (SHAPES,), gone) == 1
    code, weights, image, _ = capsys.readouterr().out.splitlines()
    assert code.startswith(f"unknown {gone}/acme/code.git: unable to access '{gone}/acme/code.git/': ")
    assert weights == f"unknown acme/Shapes: {gone} could not be reached: is there a network?"
    assert image == f"unknown python:3.11.14-slim: {gone} could not be reached: is there a network?"


def test_one_that_cannot_be_asked_does_not_stop_the_others(
    root: Path,
    hub: Hub,
    docker_hub: str,
    tags: dict[str, dict[str, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    hub.gated.add(CUTTER.name)
    del tags["library/python"]["3.11-slim"]
    assert check_pins.main([], root, (CUTTER, TRACKER), docker_hub) == 1
    _, cutter, tracker, image, _ = capsys.readouterr().out.splitlines()
    assert cutter.startswith("unknown acme/Cutter: GatedRepoError: ")
    assert tracker.startswith("same    acme/Tracker: ")
    assert image.startswith("unknown python:3.11.14-slim: HTTPError: 404 ")


def test_all_pins_of_the_repository_are_looked_at() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    names = {url.rpartition("/")[2] for url, _ in check_pins.commits(text)}
    assert names == {"actionmesh.git", "TripoSG.git", "pytorch3d.git"}
    assert "python" in {name for name, *_ in check_pins.images(text)}
    assert [name for name, *_ in check_pins.images((ROOT / "frontend/Dockerfile").read_text("utf-8"))] == [
        "node"
    ]


@pytest.mark.parametrize(
    ("line", "image"),
    [
        ("FROM python:3.11.14-slim AS a", ("python", "3.11.14-slim", "")),
        ("ARG BASE=node:22.1.0-slim", ("node", "22.1.0-slim", "")),
        ("COPY --from=nvidia/cuda:12.8.1-devel /a /b", ("nvidia/cuda", "12.8.1-devel", "")),
        (f"FROM a/b:1.2@sha256:{'4' * 64} AS c", ("a/b", "1.2", f"sha256:{'4' * 64}")),
    ],
)
def test_base_images_are_known_in_each_of_their_forms(line: str, image: tuple[str, str, str]) -> None:
    stages = "FROM weights-${WEIGHTS:-none} AS x\nFROM scratch\nCOPY --from=a-0 /a /b\nARG CUDA=13\n"
    assert list(check_pins.images(f"{stages}{line}\n{line}\n")) == [image]
