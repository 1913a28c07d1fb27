"""An S3 server's address, in any of the forms that people have it in, and the region that it tells."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

# Servers whose hosts are known to the letter: the region is a group, or "auto" where there is none.
_KNOWN_HOSTS = [
    re.compile(pattern)
    for pattern in (
        r"s3[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?",
        r"s3\.(?P<region>[a-z]+-[a-z]+-\d{3})\.backblazeb2\.com",
        r"(?P<region>[a-z]{3}\d)\.digitaloceanspaces\.com",
        r"s3api-(?P<region>[a-z0-9-]+)\.runpod\.io",
        r"[0-9a-z]+(?:\.(?:eu|fedramp))?\.r2\.cloudflarestorage\.com",
        r"storage\.googleapis\.com",
    )
]


@dataclass(frozen=True)
class Endpoint:
    """A server.

    Attributes:
        url: its address, without the bucket.
        host: the name or address that is connected to, lower case, IPv6 without brackets.
        port: as in the address, None where it has none.
        region: as its host tells, None where it does not.
    """

    url: str
    host: str
    port: int | None
    region: str | None

    @classmethod
    def of(cls, url: str, bucket: str) -> Self:
        """The server of a bucket's address.

        Args:
            url: ``https://host``, ``https://bucket.host`` or ``https://host/bucket``. Where the bucket is the
                first part of an unknown server's own host, such as ``minio`` on ``https://minio.example.com``,
                it has to be the path as well.
            bucket: its name.

        Raises:
            ValueError: if it has no host, or no port that there is; the message repeats nothing of it.
        """
        try:
            parts = urlsplit(url)
            host, path, port = parts.hostname or "", parts.path.rstrip("/"), parts.port
        except ValueError:
            raise ValueError("its host or port is none that there could be") from None
        if not host:
            raise ValueError("it names no host")
        if path.endswith(f"/{bucket}"):
            path = path.removesuffix(f"/{bucket}")
        else:
            host = _without_bucket(bucket, host)
        return cls(_address(parts, host, path), host, port, _region(host))


def _without_bucket(bucket: str, host: str) -> str:
    """A server's host, without the bucket that may stand before it."""
    rest = host.removeprefix(f"{bucket.lower()}.")
    is_server = any(pattern.fullmatch(host) for pattern in _KNOWN_HOSTS)
    is_address = ":" in host or host.rpartition(".")[2].isdigit()
    return host if is_server or is_address else rest


def _region(host: str) -> str | None:
    for pattern in _KNOWN_HOSTS:
        if match := pattern.fullmatch(host):
            return match.groupdict().get("region", "auto")
    return None


def _address(parts: SplitResult, host: str, path: str) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{bracketed}{port}{path}"
