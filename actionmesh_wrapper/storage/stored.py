"""What a storage answers once files are in it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Stored:
    """Where the files went.

    Attributes:
        urls: each file's name with its address; None for a file that was left out.
        expires_at: when the addresses end, ISO 8601 in UTC; None if they do not.
    """

    urls: Mapping[str, str | None]
    expires_at: str | None = None
