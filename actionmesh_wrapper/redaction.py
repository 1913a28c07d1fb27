"""What must not be told: secrets, what signs an address, and payloads, wherever they turn up in a text."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

HIDDEN = "***"
SHORTEST_SECRET = 8  # characters; hiding less would riddle every line

_SECRET_NAMES = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL", re.IGNORECASE)
# Each keeps its groups and hides the rest.
_SHAPES = [
    re.compile(shape)
    for shape in (
        r"(://)[^/?#\s\"'<>@]+(?=@)",  # a user's name and password in an address
        r"(\?)[\w%.~+*-]+=[^\s\"'<>]*",  # a query, presigned or not, of an address or of a path alone
        r"(?i)(\bauthorization['\"]?\s*[:=]\s*)(?:b?'[^']*'|b?\"[^\"]*\"|[^\n]+)",
        r"(?i)(\b(?:signature|x-amz-security-token)['\"]?\s*[:=]\s*)\S+",
        r"(?i)(\bbearer\s+)[^\s\"']+",
        r"(\bdata:[\w/+.-]*;base64,)[\w+/=-]+",
        r"()\b[\w+/-]{256,}={0,2}",  # base64 of some length
        r"()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # AWS's key ids
        r"()\b(?:hf|rpa)_\w{16,}",  # tokens of the Hugging Face hub and of RunPod
    )
]


class Redactor:
    """Hides known secrets and whatever has the shape of one. Threads may share it.

    Args:
        secrets: hidden always; those shorter than `SHORTEST_SECRET` are not.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._counts = Counter(_spellings(secrets))
        self._pattern = _any_of(self._counts)

    def __call__(self, text: str) -> str:
        """The text with ``***`` in the place of all that must not be told."""
        if pattern := self._pattern:  # read once: another thread may change it
            text = pattern.sub(HIDDEN, text)
        for shape in _SHAPES:
            text = shape.sub(rf"\1{HIDDEN}", text)
        return text

    @contextmanager
    def hiding(self, secrets: Iterable[str]) -> Iterator[None]:
        """Hides these too, in every thread, for as long as the block runs."""
        added = list(_spellings(secrets))
        self._count(added, 1)
        try:
            yield
        finally:
            self._count(added, -1)

    def _count(self, spellings: Iterable[str], by: int) -> None:
        with self._lock:
            for spelling in spellings:
                self._counts[spelling] += by
            self._counts = +self._counts  # without those that nobody has any more
            self._pattern = _any_of(self._counts)


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """The values of the variables whose names say that they are secret."""
    return [value for name, value in environ.items() if _SECRET_NAMES.search(name)]


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Each secret as it is and as it stands in an address."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            yield from {secret, quote(secret, safe="")}


def _any_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Matches each of them, the longest first; None where there are none."""
    ordered = sorted(secrets, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None
