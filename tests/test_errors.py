import inspect

import pytest

from actionmesh_wrapper import errors
from actionmesh_wrapper.errors import Cancelled, JobError, VideoTooShort, in_words

TREE = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, JobError)]


def test_what_the_caller_reads_is_code_and_message() -> None:
    error = VideoTooShort("This video has 10 frames; at least 16 are needed.", detail="/tmp/x: EOF")
    assert str(error) == "VIDEO_TOO_SHORT: This video has 10 frames; at least 16 are needed."
    assert error.detail == "/tmp/x: EOF"


def test_every_error_stands_in_the_tree_with_its_code() -> None:
    drawing = errors.__doc__ or ""
    for error in TREE:
        if error is not JobError:
            assert any(error.__name__ in line and error.code in line for line in drawing.splitlines()), error


def test_codes_are_distinct() -> None:
    codes = [error.code for error in TREE if error is not JobError]
    assert len(codes) == len(set(codes)) == 28


def test_no_except_exception_swallows_a_cancel() -> None:
    with pytest.raises(Cancelled):
        try:
            raise Cancelled
        except Exception:  # noqa: BLE001 – the very thing
            pytest.fail("swallowed")


def test_what_the_system_says_is_told_without_its_number() -> None:
    assert in_words(OSError(28, "No space left on device")) == "No space left on device"
    assert in_words(PermissionError(13, "Permission denied", "/a/b")) == "/a/b: Permission denied"
    assert in_words(OSError("odd")) == "odd"
