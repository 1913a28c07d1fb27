"""Presigned links of the worker's own bucket: the only URLs whose addresses need not be public."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote

from actionmesh_wrapper.source.pinned import Target, parse

_SIGNATURE_PARAMETERS = ({"X-Amz-Signature"}, {"AWSAccessKeyId", "Signature"})  # version 4, and 2
_DOT_SEGMENTS = {".", ".."}


@dataclass(frozen=True)
class OwnBucket:
    """A bucket on a server that may lie in a network of ours.

    Attributes:
        server: its address, without the bucket.
        bucket: its name.
    """

    server: Target
    bucket: str

    @classmethod
    def at(cls, server_url: str, bucket: str) -> Self:
        """The bucket on the server with this address."""
        return cls(parse(server_url), bucket)

    def signed(self, target: Target) -> bool:
        """Whether this is a signed link to an object in the bucket, which may stand in its path or its host.

        Whether the signature is right is for the server to tell.
        """
        path, _, query = target.resource.partition("?")
        path, parameters = unquote(path), parse_qs(query).keys()
        if not any(names <= parameters for names in _SIGNATURE_PARAMETERS):
            return False
        if _DOT_SEGMENTS & set(path.replace("\\", "/").split("/")):
            return False
        base = self.server.resource.rstrip("/")
        places = {
            self.server.host: f"{base}/{self.bucket}/",
            f"{self.bucket}.{self.server.host}": f"{base}/",
        }
        start = places.get(target.host)
        is_there = (target.is_secure, target.port) == (self.server.is_secure, self.server.port)
        return is_there and start is not None and path.startswith(start) and path != start
