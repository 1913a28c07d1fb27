"""Going on with a file that broke off: which version it was, and whether an answer is that one's rest."""

import re
from dataclasses import dataclass, replace
from typing import Self

from urllib3.response import HTTPResponse

from actionmesh_wrapper.source.pinned import NotResumed

_STRONG_ETAG = re.compile(r'"[!#-~]{1,128}"')  # a weak one says that two versions are alike, not the same
_DATE = re.compile(r"[\w:, +-]{10,40}", re.ASCII)
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


@dataclass(frozen=True)
class Version:
    """A file as a server sends it now.

    Attributes:
        validator: what the server knows this version by, a strong ETag or the time of its last change.
        size: bytes of all of it; None where the server did not say.
    """

    validator: str
    size: int | None

    @classmethod
    def of(cls, response: HTTPResponse) -> Self | None:
        """The version that an answer with all of a file is of; None if a rest could not be told to be its."""
        headers = response.headers
        if _is_compressed(response) or headers.get("Accept-Ranges", "").lower() == "none":
            return None
        for validator, kind in (
            (headers.get("ETag", ""), _STRONG_ETAG),
            (headers.get("Last-Modified", ""), _DATE),
        ):
            if kind.fullmatch(validator):
                return cls(validator, response.length_remaining)
        return None

    def rest(self, start: int) -> dict[str, str]:
        """Headers that ask for this version from a byte on, or for all of it if it is another by now."""
        return {"Range": f"bytes={start}-", "If-Range": self.validator} if start else {}

    def continued(self, response: HTTPResponse, start: int) -> Self:
        """This version, with its size, if an answer with a part of a file is that of this one.

        Raises:
            NotResumed: if it starts at another byte, or is a part of another file.
        """
        content_range = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if not content_range or _is_compressed(response):
            raise NotResumed
        first, last, size = map(int, content_range.groups())
        length = response.length_remaining
        is_rest = first == start <= last < size and length in {None, last + 1 - first}
        etag = response.headers.get("ETag", self.validator)
        is_same = self.size in {None, size} and (etag == self.validator or not self.validator.startswith('"'))
        if not (is_rest and is_same):
            raise NotResumed
        return replace(self, size=size)


def _is_compressed(response: HTTPResponse) -> bool:
    return response.headers.get("Content-Encoding", "identity").lower() != "identity"
