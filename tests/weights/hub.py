"""A Hugging Face hub on loopback: as much of its HTTP interface as a fetch of pinned files uses."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from actionmesh_wrapper.weights.table import Repository
from tests.weights.laid import FILES, blob_sha1, is_lfs


@dataclass
class Hub:
    """What the hub has, and how it misbehaves.

    Attributes:
        table: its repositories.
        files: their files, by repository and name.
        gives: bytes that it gives instead of a file's, by repository and file.
        lacks: files that it does not list or give.
        cuts: after how many bytes the next answer with a file breaks off.
        gated: repositories that ask for a token.
        token: the token that opens those.
        address: where it is served.
        asked: every request for a file's bytes: repository, file, and the first byte asked for.
        bearers: the tokens that came with requests; None where none did.
        heads: the newest revision of those repositories where it is not the table's, with its files.
    """

    table: tuple[Repository, ...]
    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=lambda: FILES)
    gives: dict[tuple[str, str], bytes] = field(default_factory=dict)
    lacks: set[tuple[str, str]] = field(default_factory=set)
    cuts: dict[tuple[str, str], int] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    token: str = "hf_opens"
    address: str = ""
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    bearers: set[str | None] = field(default_factory=set)
    heads: dict[str, tuple[str, Mapping[str, bytes]]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def listing(self, repository: Repository, asked: str | None) -> dict[str, Any]:
        """The answer for a repository at a revision, or its newest: the sizes and hashes of its files."""
        pinned = (repository.revision, self.files[repository.name])
        head = self.heads.get(repository.name, pinned)
        revision, held = pinned if asked == repository.revision else head
        files: Mapping[str, bytes] = {**held, "README.md": b"# hello\n"}
        siblings = [
            {"rfilename": name, "size": len(data), "blobId": blob_sha1(data)}
            | (
                {"lfs": {"size": len(data), "sha256": digest(data), "pointerSize": 130}}
                if is_lfs(name)
                else {}
            )
            for name, data in files.items()
            if (repository.name, name) not in self.lacks
        ]
        return {
            "id": repository.name,
            "modelId": repository.name,
            "sha": revision,
            "siblings": siblings,
        }


def digest(data: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(data).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answers as the hub does."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        name = "/".join(parts[2:4] if parts[:2] == ["api", "models"] else parts[:2])
        repository = next((item for item in self.hub.table if item.name == name), None)
        # api/models/ORG/NAME[/revision/REVISION], ORG/NAME/resolve/REVISION/…
        asked = next(iter(parts[5:6] if parts[0] == "api" else parts[3:4]), None)
        bearer = self.headers["Authorization"]
        self.hub.bearers.add(bearer)
        if bearer not in {None, f"Bearer {self.hub.token}"}:
            self.send(401, b"", {"X-Error-Message": "Invalid credentials in Authorization header"})
        elif repository is None:
            self.refuse(401, "RepoNotFound")
        elif asked not in {None, repository.revision, self.hub.heads.get(name, ("",))[0]}:
            self.refuse(404, "RevisionNotFound")
        elif name in self.hub.gated and bearer is None:
            self.refuse(403, "GatedRepo")
        elif parts[0] == "api":
            self.send(
                200,
                json.dumps(self.hub.listing(repository, asked)).encode(),
                {"Content-Type": "application/json"},
            )
        else:
            self.file(repository, "/".join(parts[4:]), body=body)

    def file(self, repository: Repository, name: str, *, body: bool) -> None:
        key = (repository.name, name)
        if key in self.hub.lacks:
            self.refuse(404, "EntryNotFound")
            return
        true = self.hub.files[repository.name][name]
        data = self.hub.gives.get(key, true)
        headers = {
            "X-Repo-Commit": repository.revision,
            "ETag": f'"{digest(true) if is_lfs(name) else blob_sha1(true)}"',
            "Accept-Ranges": "bytes",
        }
        if not body:
            self.send(200, data, headers, body=False)
            return
        start = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").split("-")[0])
        with self.hub.lock:
            self.hub.asked.append((*key, start))
            cut = self.hub.cuts.pop(key, None)
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.send(206 if start else 200, data[start:], headers, cut=cut)

    def refuse(self, status: int, code: str) -> None:
        self.send(status, b"", {"X-Error-Code": code, "X-Error-Message": code})

    def send(
        self,
        status: int,
        data: bytes,
        headers: Mapping[str, str],
        *,
        body: bool = True,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – the base class's name
        """Says nothing."""


@contextmanager
def serving(hub: Hub) -> Iterator[str]:
    """Serves the hub meanwhile; its address."""
    handler = type("HandlerOfOne", (Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
