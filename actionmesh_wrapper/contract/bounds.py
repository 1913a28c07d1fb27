"""How much a job may hold, seen on the decoded JSON before any of it is validated.

A validator looks at every item and keeps an error for each: of a few megabytes of zeros it makes gigabytes.
"""

from collections.abc import Container, Mapping
from typing import Any

MOST_FIELDS = 100
MOST_VALUES = 200  # in one field, at any depth
DEEPEST = 8  # lists in lists
LONGEST_TEXT = 8192  # characters, of all but a file in base64


def beyond_bounds(
    data: Mapping[str, Any], known: Container[str], *, files: Container[str] = ()
) -> str | None:
    """What is too much about an object of JSON; takes no time and no memory to speak of, whatever it holds.

    Args:
        data: the object.
        known: fields that are looked into; others are only counted, and the schema refuses them.
        files: fields whose text may be of any length.

    Returns:
        ``field: what is wrong``, of the first field that is too large; None if there is none.
    """
    if len(data) > MOST_FIELDS:
        return f"{len(data):,} fields, of which at most {MOST_FIELDS} are looked at"
    for name, value in data.items():
        is_file = name in files and isinstance(value, str)
        if name in known and not is_file and (problem := _too_much(value)):
            return f"{name}: {problem}"
    return None


def _too_much(value: Any) -> str | None:
    level, values = [value], 0
    for _ in range(DEEPEST + 1):
        if any(isinstance(item, str) and len(item) > LONGEST_TEXT for item in level):
            return f"a text of more than {LONGEST_TEXT:,} characters"
        holders = [item for item in level if isinstance(item, list | tuple | dict)]
        values += sum(map(len, holders))
        if values > MOST_VALUES:
            return f"more than {MOST_VALUES} values"
        level = [inner for holder in holders for inner in holder]
        level += [inner for holder in holders if isinstance(holder, dict) for inner in holder.values()]
        if not level:
            return None
    return f"more than {DEEPEST} lists in each other"
