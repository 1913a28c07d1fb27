"""``actionmesh-worker serve``: this project's worker behind a RunPod endpoint on this machine.

``python -m local_runpod`` is the same.
"""

import argparse
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local_runpod.endpoint import Endpoint, Settings
from local_runpod.server import Server
from local_runpod.workers import Workers

HANDLER = Path(__file__).resolve().parent.parent / "handler.py"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
DEFAULT_KEY = "local"
DEFAULT_PORT = "8000"
PORTS = 1 << 16
DEFAULTS = {
    "ENGINE": "silhouette",  # a hosted worker never falls back to it by itself
    "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",  # the SDK asks for 4 GB, 10 % of the disk and the Internet
}

log = logging.getLogger(__name__)


def read_arguments(arguments: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """The command line. PORT is the port's default; RUNPOD_API_KEY is the callers' key.

    Raises:
        SystemExit: if it is wrong, or the well-known key would be open to other machines.
    """
    parser = argparse.ArgumentParser(
        prog="actionmesh-worker serve",
        description="This project's worker behind RunPod's API on this machine, until Ctrl-C.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, help="port to listen on (default: PORT, or 8000; a free one if that is taken)"
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="how many (default: %(default)s)")
    parser.add_argument("--no-worker", action="store_true", help="start none, but say how to")
    options = parser.parse_args(arguments)
    if options.workers < 1:
        parser.error("--workers: one at least; --no-worker starts none")
    if options.port is not None and not 0 <= options.port < PORTS:
        parser.error(f"--port {options.port}: no port")
    if options.port is None:
        port = environ.get("PORT") or DEFAULT_PORT
        try:
            options.port = free_port(options.host, int(port))
        except (OSError, ValueError) as error:
            parser.error(f"PORT={port!r} on {options.host}: {error}")
    options.key = environ.get("RUNPOD_API_KEY") or DEFAULT_KEY
    if options.host not in LOOPBACK and options.key == DEFAULT_KEY:
        parser.error(f"--host {options.host} needs a key of your own in RUNPOD_API_KEY")
    return options


def free_port(host: str, wanted: int) -> int:
    """The port that is wanted, or 0 if it is taken: any that is free.

    Raises:
        ValueError: if it is none.
        OSError: if it cannot be had for another reason.
    """
    if not 0 <= wanted < PORTS:
        raise ValueError("no port")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, wanted), family=family).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        log.warning("port %d is taken; another one is used", wanted)
        return 0
    return wanted


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Serves until a signal comes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    options = read_arguments(arguments, environ)
    endpoint = Endpoint(Settings(key=options.key))
    workers = None
    if not options.no_worker:
        command = [sys.executable, str(HANDLER)]
        workers = Workers(endpoint, command, {**DEFAULTS, **environ}, options.workers)
    # A closed terminal is a reason to stop, too: a worker without its endpoint polls for ever.
    signal.signal(signal.SIGHUP, lambda _signal, _frame: signal.raise_signal(signal.SIGTERM))
    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again when it has stopped
        Server(endpoint, options.host, options.port, workers).run()


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)  # noqa: TID251 – the one place that reads the environment
