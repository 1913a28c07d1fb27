"""Asking a bucket's server until it does what it is asked to, as far as that makes sense."""

import logging
import random
import time
from collections.abc import Callable
from http import HTTPStatus
from itertools import count
from threading import Event
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as ConnectionFailed
from botocore.parsers import ResponseParserError

from actionmesh_wrapper.errors import Cancelled, StorageFailed

T = TypeVar("T")
log = logging.getLogger(__name__)

PATIENCE_S = 180.0  # from the first failure on: an outage of some minutes is common, and a mesh dear
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0

# What passes, though the status says that the request is at fault.
_TRANSIENT_CODES = {
    *("BadDigest", "IncompleteBody", "RequestTimeout", "SlowDown", "OperationAborted"),
    "XAmzContentSHA256Mismatch",  # bytes that were changed on the way, over http
    "NoSuchUpload",  # its parts were dropped, or it was completed and that answer lost: it begins anew
}
_NO_SPACE_CODES = {
    *("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"),
    *("QuotaExceeded", "InsufficientStorage"),
}
_REDIRECTED = "The bucket's server redirects: its address and region have to be the bucket's own."
_CLOCK = "The worker's clock and that of the bucket's server differ by too much; it is not the key."
_SESSION = "The session of the bucket's key has ended."
_REFUSALS_OF_TIME = {
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), _CLOCK),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"), _SESSION),
}
_REFUSED_KEY_STATUSES = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class Lost(BotoCoreError):
    """What was stored is not there as it was sent."""

    fmt = "the server has other bytes than it was sent"


class Redirected(BotoCoreError):
    """The server sends requests elsewhere and does not say to which region."""

    fmt = "the server redirects"


def keep_trying(attempt: Callable[[], T], *, patience_s: float, stop: Event | None = None) -> T:
    """Tries until it works, with full-jitter exponential backoff between failures that may pass.

    boto's own retries are off: it sleeps between them, and no cancel wakes it.

    Args:
        attempt: may be made again after any failure.
        patience_s: seconds from the first failure after which there is no other try.
        stop: when set, ends the waiting at once.

    Raises:
        StorageFailed: with a message for the caller, caused by the last failure.
        Cancelled: if ``stop`` is set.
    """
    stop = stop or Event()
    ends = float("inf")
    for tries in count():
        if stop.is_set():
            raise Cancelled
        try:
            return attempt()
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            now = time.monotonic()
            ends = min(ends, now + patience_s)
            if now >= ends or not _is_transient(error):
                raise StorageFailed(_message(error, patience_s)) from error
            if tries == 0:
                log.info("the bucket's server failed and is asked again: %s", error)
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(tries, 10))
        stop.wait(min(random.uniform(0, longest), ends - now))  # noqa: S311 – a pause, no secret
    raise AssertionError


def _is_transient(error: Exception) -> bool:
    if isinstance(error, ClientError):
        status, code = _status_and_code(error)
        return code in _TRANSIENT_CODES or status >= 500 or status in {408, 429}
    kinds = (ConnectionFailed, HTTPClientError, ResponseParserError, IncompleteReadError, Lost)
    return isinstance(error, kinds)


def _message(error: Exception, patience_s: float) -> str:
    """What the caller is told of it: no host, bucket or key."""
    if isinstance(error, ClientError) and (message := _message_of_server(*_status_and_code(error))):
        return message
    if isinstance(error, Redirected):
        return _REDIRECTED
    if isinstance(error, (ConnectionFailed, HTTPClientError)):
        return f"The bucket's server could not be reached for {patience_s:.0f} s."
    if _is_transient(error):
        return f"The bucket's server failed for {patience_s:.0f} s."
    return "The results could not be written to the bucket."


def _message_of_server(status: int, code: str) -> str | None:
    if code == "NoSuchBucket":
        return "The bucket does not exist."
    if code in _NO_SPACE_CODES or status == HTTPStatus.INSUFFICIENT_STORAGE:
        return "The bucket has no room left."
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _REDIRECTED
    if code in _REFUSALS_OF_TIME:
        return _REFUSALS_OF_TIME[code]
    if status in _REFUSED_KEY_STATUSES:
        return "The bucket refuses the key: it has to allow reading, writing and deleting."
    return None


def _status_and_code(error: ClientError) -> tuple[int, str]:
    """An answer's HTTP status and S3's code."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status, error.response.get("Error", {}).get("Code", "")
