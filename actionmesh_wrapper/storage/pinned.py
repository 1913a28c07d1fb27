"""boto's connections to a server that a caller named: to addresses that were checked, and to nothing else."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSHTTPSConnection, AWSHTTPSConnectionPool, AWSPreparedRequest, AWSResponse
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from actionmesh_wrapper.errors import DownloadFailed, JobError, UrlNotAllowed
from actionmesh_wrapper.storage.bounded_answer import ANSWER_BYTES, BoundedSocket, too_large
from actionmesh_wrapper.system.addresses import Resolve

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HTTPS_PORT = 443
_MAX_ADDRESSES = 4  # of a host that are tried; a name server may send thousands


def pin(client: "S3Client", host: str, port: int, find: Resolve, *, trusted: str | None = None) -> None:
    """Has a client send its requests over connections that are checked as they are made.

    The host is looked up once for each connection, and what ``find`` lets through is what is connected to: no
    second answer of the resolver leads elsewhere. The certificate must be the host's. Requests to another
    host, which boto makes of some buckets' names and of redirects, are refused, and no proxy is asked.
    An answer that does not end is cut (`BoundedSocket`).

    Args:
        client: of a server that speaks TLS. Its requests raise what ``find`` does, besides boto's errors.
        host: the one that it may ask, lower case.
        port: of it.
        find: looks up hosts and refuses addresses.
        trusted: a file of certificates; None is those that botocore trusts.
    """
    session = _Session(client, find, trusted)

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        parts = urlsplit(request.url)
        if (parts.scheme, parts.hostname, parts.port or HTTPS_PORT) != ("https", host, port):
            raise UrlNotAllowed("The bucket's server leads to another host.")
        try:
            answer = session.send(request)
        except HTTPClientError as error:
            if isinstance(cause := error.kwargs.get("error"), JobError):
                raise cause from None
            raise
        if (answer.raw.length_remaining or 0) > ANSWER_BYTES:  # memory for it would be reserved at once
            answer.raw.close()
            raise too_large()
        return answer

    # Its answer stands in for boto's own connections, of which the stubs know nothing.
    client.meta.events.register("before-send.s3", send)  # type: ignore[arg-type]


class _Session(URLLib3Session):
    """botocore's own, for TLS alone, with connections of ours and no proxies."""

    def __init__(self, client: "S3Client", find: Resolve, trusted: str | None) -> None:
        config: Any = client.meta.config
        options: dict[str, Any] = {
            "verify": trusted or True,
            "timeout": (config.connect_timeout, config.read_timeout),
            "max_pool_connections": config.max_pool_connections,
        }
        super().__init__(**options)
        self._manager.pool_classes_by_scheme = {"https": _pool_class(find)}  # type: ignore[attr-defined]


def _pool_class(find: Resolve) -> type[AWSHTTPSConnectionPool]:
    class Connection(AWSHTTPSConnection):
        """Goes to addresses of its host, and speaks TLS and HTTP with the host."""

        def connect(self) -> None:
            self._connect()
            self.sock = BoundedSocket(self.sock)

        def _connect(self) -> None:
            host = self.server_hostname = self.host
            *others, last = self._addresses()
            try:
                for address in others:
                    self.host = address
                    with suppress(NewConnectionError, ConnectTimeoutError):
                        return super().connect()
                self.host = last
                super().connect()
            finally:
                self.host = host

        def _addresses(self) -> list[str]:
            try:
                return find(self.host, self.port)[:_MAX_ADDRESSES]
            except DownloadFailed as error:  # a name server may be back in a moment
                raise NewConnectionError(self, error.message) from error

    class Pool(AWSHTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool
