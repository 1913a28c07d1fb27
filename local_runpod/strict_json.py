"""JSON by the letter: what is taken here can be told again to whoever asks."""

import json
from typing import Any

from pydantic_core import from_json


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body.

    Raises:
        ValueError: if it is none (NaN and Infinity are no JSON), or holds what other readers do not take: a
            number beyond float64 or of thousands of digits, half of a surrogate pair, lists in lists without
            end.
    """
    value = from_json(body, allow_inf_nan=False)
    if not isinstance(value, dict):
        raise ValueError("it is no object")  # noqa: TRY004 – of the same kind as the others
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:  # 1e999 is JSON, and read as infinity
        raise ValueError("a number is too large") from None
    return value
