import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from actionmesh_wrapper.errors import Cancelled, StorageFailed
from actionmesh_wrapper.storage import retry as module
from actionmesh_wrapper.storage.retry import Lost, keep_trying
from tests.storage.moody import refusal

HOST = "https://bucket.example"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.001)


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=HOST),
        ConnectTimeoutError(endpoint_url=HOST),
        ReadTimeoutError(endpoint_url=HOST),
        ConnectionClosedError(endpoint_url=HOST),
        ResponseParserError("no XML"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        Lost(),
        refusal(500, "InternalError"),
        refusal(503, "SlowDown"),
        refusal(507, "XMinioStorageFull"),
        refusal(429, "TooManyRequests"),
        refusal(408, "RequestTimeout"),
        refusal(400, "RequestTimeout"),
        refusal(400, "BadDigest"),
        refusal(400, "IncompleteBody"),
        refusal(404, "NoSuchUpload"),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    assert keep_trying(failing(*[error] * 5), patience_s=60) == "done"


CLOCK = "The worker's clock and that of the bucket's server differ by too much; it is not the key."
REFUSED = "The bucket refuses the key: it has to allow reading, writing and deleting."


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (refusal(403, "AccessDenied"), REFUSED),
        (refusal(403, "SignatureDoesNotMatch"), REFUSED),
        (refusal(403, "InvalidAccessKeyId"), REFUSED),
        (refusal(403, "403"), REFUSED),
        (refusal(401, "Unauthorized"), REFUSED),
        (refusal(403, "RequestTimeTooSkewed"), CLOCK),
        (refusal(403, "RequestExpired"), CLOCK),
        (refusal(400, "RequestExpired"), CLOCK),
        (refusal(400, "ExpiredToken"), "The session of the bucket's key has ended."),
        (refusal(403, "ExpiredToken"), "The session of the bucket's key has ended."),
        (refusal(404, "NoSuchBucket"), "The bucket does not exist."),
        (refusal(400, "XMinioAdminBucketQuotaExceeded"), "The bucket has no room left."),
        (refusal(400, "InvalidRequest"), "The results could not be written to the bucket."),
        (NoCredentialsError(), "The results could not be written to the bucket."),
    ],
)
def test_what_does_not_pass_is_told_at_once(error: Exception, message: str) -> None:
    with pytest.raises(StorageFailed) as caught:
        keep_trying(failing(error), patience_s=60)
    assert caught.value.message == message
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (EndpointConnectionError(endpoint_url=HOST), "The bucket's server could not be reached for 0 s."),
        (ReadTimeoutError(endpoint_url=HOST), "The bucket's server could not be reached for 0 s."),
        (refusal(503, "SlowDown"), "The bucket's server failed for 0 s."),
        (Lost(), "The bucket's server failed for 0 s."),
        (refusal(507, "XMinioStorageFull"), "The bucket has no room left."),
    ],
)
def test_patience_ends_after_its_time_with_the_last_failure(error: Exception, message: str) -> None:
    start = time.monotonic()
    with pytest.raises(StorageFailed) as caught:
        keep_trying(failing(*[error] * 100_000), patience_s=0.2)
    assert 0.2 <= time.monotonic() - start < 10
    assert caught.value.message == message


def test_patience_counts_from_the_first_failure() -> None:
    def slow_then_failing() -> str:
        if not tries:
            time.sleep(0.3)
        tries.append(1)
        if len(tries) < 3:
            raise refusal(503, "SlowDown")
        return "done"

    tries: list[int] = []
    assert keep_trying(slow_then_failing, patience_s=0.2) == "done"


def test_pauses_are_at_most_ten_seconds_and_double_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.5)

    def shortest(low: float, high: float) -> float:
        pauses.append(high)
        return low

    monkeypatch.setattr("random.uniform", shortest)
    keep_trying(failing(*[refusal(503, "SlowDown")] * 8), patience_s=60)
    assert pauses == [0.5, 1, 2, 4, 8, 10, 10, 10]


def test_the_first_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        keep_trying(failing(*[refusal(503, "SlowDown")] * 3), patience_s=60)
    [message] = caplog.messages
    assert message.startswith("the bucket's server failed and is asked again: An error occurred (SlowDown)")


def test_a_cancel_ends_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 10.0)
    monkeypatch.setattr("random.uniform", lambda _low, high: high)
    stop, start = Event(), time.monotonic()
    Timer(0.1, stop.set).start()
    with pytest.raises(Cancelled):
        keep_trying(failing(refusal(503, "SlowDown")), patience_s=60, stop=stop)
    assert time.monotonic() - start < 5


def test_nothing_is_tried_after_a_cancel() -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Cancelled):
        keep_trying(lambda: pytest.fail("tried"), patience_s=60, stop=stop)


def test_a_fault_of_ours_is_no_failure_of_the_server(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keep_trying((tmp_path / "gone").read_bytes, patience_s=60)
