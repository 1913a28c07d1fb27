"""Serves an endpoint, with its workers or without."""

import logging
import shlex
import socket

import uvicorn

from local_runpod.app import create_app
from local_runpod.endpoint import Endpoint
from local_runpod.workers import Workers, new_worker_id, worker_environment

CLOSING_S = 2  # calls that wait, such as /runsync, are cut off so long after the server is to stop
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 – what one listens on, one cannot call

log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """A server that starts the workers once it listens, and stops them while it still answers them.

    Args:
        endpoint: what it serves.
        host: the address it listens on.
        port: its port; 0 takes a free one.
        workers: what it starts, if anything.
    """

    def __init__(self, endpoint: Endpoint, host: str, port: int, workers: Workers | None = None) -> None:
        config = uvicorn.Config(
            create_app(endpoint),
            loop="asyncio",
            host=host,
            port=port,
            access_log=False,  # the workers' polls would be most of it
            log_level="warning",
            timeout_graceful_shutdown=CLOSING_S,
        )
        super().__init__(config)
        self._endpoint = endpoint
        self._workers = workers

    @property
    def url(self) -> str:
        """Where it is, once it listens."""
        port = self.servers[0].sockets[0].getsockname()[1]
        host = ANY_ADDRESS.get(self.config.host, self.config.host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, then starts the workers, or says how to start one by hand."""
        await super().startup(sockets)
        settings = self._endpoint.settings
        log.info("endpoint: %s/v2/%s", self.url, settings.name)
        if self._workers is not None:
            self._workers.start(self.url)
            return
        variables = worker_environment(settings, self.url, new_worker_id())
        shown = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
        log.info("a worker: %s ENGINE=silhouette python handler.py", shown)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops the workers, then answers no more."""
        if self._workers is not None:
            await self._workers.stop()
        await super().shutdown(sockets)
