"""HTTP to one address that was checked before: never to a name, never through a proxy of the environment."""

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError
from urllib3.exceptions import TimeoutError as WaitedTooLong
from urllib3.response import HTTPResponse
from urllib3.util import Retry, parse_url

from actionmesh_wrapper.errors import DownloadFailed, DownloadIncomplete, DownloadTimeout, UrlNotAllowed

BROKE_OFF = "The server broke off before the end of the file."

_PORTS = {"http": 80, "https": 443}
_CONNECT_S = 10.0  # for one address to answer, and to agree on TLS
_READ_S = 20.0  # for the next byte
_CHUNK_BYTES = 1 << 16
_TRANSIENT_STATUSES = {408, 425, 429}  # besides 5xx
_PARTIAL, _NO_SUCH_RANGE = 206, 416
# A name in ASCII, as international ones are by then, or an address; no zone: that is for a network of ours.
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "actionmesh-worker"}


class TransientFailure(DownloadFailed):
    """A failure that may be gone at the next try.

    Attributes:
        after_s: how long the server asks to be left alone, in seconds.
    """

    after_s: float = 0.0


class NotResumed(DownloadIncomplete):
    """The server broke off, and does not send the rest of the same file: it has to be had from its start."""

    def __init__(self, message: str = BROKE_OFF, *, detail: str = "") -> None:
        super().__init__(message, detail=detail)


@dataclass(frozen=True)
class Target:
    """The parts of a URL.

    Attributes:
        url: all of it.
        is_secure: whether it is https.
        host: a name, or an address without brackets.
        port: the one given or its scheme's own.
        authority: host and port as the URL has them, for the Host header.
        resource: path and query.
    """

    url: str
    is_secure: bool
    host: str
    port: int
    authority: str
    resource: str


def parse(url: str, *, base: str = "") -> Target:
    """Takes a URL apart, which may be relative to another.

    Raises:
        UrlNotAllowed: unless it is http or https, has a proper host and neither user name nor password.
    """
    try:
        whole = urljoin(base, url)
        parts = parse_url(whole)
    except ValueError as error:
        raise UrlNotAllowed("The address is not a valid URL.") from error
    if parts.scheme not in _PORTS or not parts.host:
        raise UrlNotAllowed("Only http and https addresses are taken.")
    if parts.auth is not None:
        raise UrlNotAllowed("The address must not hold a user name or a password.")
    if not _HOST.fullmatch(parts.host):
        raise UrlNotAllowed("The address is not a valid URL.")
    return Target(
        url=whole,
        is_secure=parts.scheme == "https",
        host=parts.host.strip("[]"),
        port=_PORTS[parts.scheme] if parts.port is None else parts.port,
        authority=parts.netloc or parts.host,
        resource=parts.request_uri,
    )


def connect(target: Target, address: str) -> HTTPConnection:
    """Connects to an address of the target's host; over TLS the certificate must be valid for the host.

    Raises:
        TransientFailure, DownloadTimeout: if it cannot be reached.
        DownloadFailed: if its certificate is not valid.
    """
    connection = (
        HTTPSConnection(
            address,
            target.port,
            timeout=_CONNECT_S,
            server_hostname=target.host,
        )
        if target.is_secure
        else HTTPConnection(address, target.port, timeout=_CONNECT_S)
    )
    try:
        with _translated_errors():
            connection.connect()
    except DownloadFailed:
        connection.close()
        raise
    connection.timeout = _READ_S
    return connection


def request(connection: HTTPConnection, target: Target, range_headers: Mapping[str, str]) -> HTTPResponse:
    """Asks for the target and returns the answer with its body unread: the file's, or a redirect's.

    Args:
        connection: to the target's host.
        target: what is asked for.
        range_headers: headers that ask for a part of it; empty for all of it.

    Raises:
        TransientFailure: if the server fails, or says that it is busy.
        NotResumed: if there is no such part.
        DownloadFailed: if it refuses, or does not speak HTTP.
        DownloadTimeout: if it does not answer.
    """
    with _translated_errors():
        headers = {"Host": target.authority, **_HEADERS, **range_headers}
        connection.request("GET", target.resource, headers=headers, preload_content=False)
        response = connection.getresponse()
    if response.status == 200 or (range_headers and is_partial(response)) or response.get_redirect_location():
        return response
    response.close()
    if range_headers and response.status == _NO_SUCH_RANGE:
        raise NotResumed
    raise _refusal(response)


def is_partial(response: HTTPResponse) -> bool:
    """Whether this is a part of the file."""
    return response.status == _PARTIAL


def tells_its_end(response: HTTPResponse) -> bool:
    """Whether a hang-up can be told from the end: not if that is all that ends it, its headers included."""
    return "Content-Length" in response.headers or response.chunked


def _refusal(response: HTTPResponse) -> DownloadFailed:
    message = f"The server answered with status {response.status}."
    if response.status < 500 and response.status not in _TRANSIENT_STATUSES:
        return DownloadFailed(message)
    error = TransientFailure(message)
    with suppress(HTTPError, ValueError, OverflowError):  # what it says of the time may be nonsense
        error.after_s = Retry().get_retry_after(response) or 0.0
    return error


def body(response: HTTPResponse) -> Iterator[bytes]:
    """The body in pieces, decompressed should the server have compressed it unasked.

    Raises:
        DownloadIncomplete: if less comes than was promised.
        DownloadTimeout: if nothing comes any more.
        DownloadFailed: if it cannot be decompressed.
    """
    with _translated_errors():
        while piece := response.read1(_CHUNK_BYTES, decode_content=True):  # all that came before a break, too
            yield piece


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raises the network's many errors as the worker's few."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise DownloadFailed("The server has no valid certificate.") from error
    except (NewConnectionError, ConnectionError, ssl.SSLEOFError) as error:  # the first is a kind of time-out
        raise TransientFailure("The server cannot be reached or hung up.") from error
    except (TimeoutError, WaitedTooLong) as error:
        raise DownloadTimeout("The server did not answer in time.") from error
    except ProtocolError as error:
        raise DownloadIncomplete(BROKE_OFF) from error
    except (HTTPError, HTTPException, OSError) as error:
        raise DownloadFailed("The server does not answer in proper HTTP.") from error
