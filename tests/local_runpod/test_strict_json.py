import json
from typing import Any

import pytest

from local_runpod.strict_json import read_object

NOT_TOLD_AGAIN = {
    "not a number": b"NaN",
    "infinity": b"[-Infinity]",
    "a number beyond float64": b"1e999",
    "the same, below": b'{"a": [-1e999]}',
    "a number of 5,000 digits": b"9" * 5000,
    "half of a surrogate pair": rb'"\ud83d"',
    "a name of half a pair": rb'{"\ud83d": 1}',
    "deep nesting": b"[" * 100_000 + b"]" * 100_000,
    "nesting beyond what is written again": b"[" * 900 + b"]" * 900,
    "no UTF-8": b'"\xff"',
}


@pytest.mark.parametrize("name", NOT_TOLD_AGAIN)
def test_refuses_what_could_not_be_told_again(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 – whatever it says
        read_object(b'{"output": %b}' % NOT_TOLD_AGAIN[name])


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"null", b'"x"'])
def test_refuses_what_is_no_object(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 – whatever it says
        read_object(body)


def test_takes_all_other_json() -> None:
    value: dict[str, Any] = {
        "a": [1, -2.5e300, None, True, "\U0001f600\n"],
        "": {"b": 10**400},
        "deep": [[[[[[]]]]]],
    }
    assert read_object(json.dumps(value).encode()) == value
