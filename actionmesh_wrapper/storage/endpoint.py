"""An S3 server's address, in any of the forms that people have it in, and the region that it tells."""

import re
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit

_WIDE = r"(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d+)"  # such as us-east-1, us-gov-west-1, fr-par-1

# Servers whose hosts are known to the letter, by their owners' documentation. The region is a group; without
# one it is "auto".
_KNOWN_HOSTS = [
    re.compile(pattern)
    for pattern in (
        rf"s3(?:-fips)?[.-](?:dualstack\.)?{_WIDE}\.amazonaws\.(?:com(?:\.cn)?|eu)",
        rf"s3\.{_WIDE}\.backblazeb2\.com",
        r"(?P<region>[a-z]{3}\d)\.digitaloceanspaces\.com",
        r"s3api-(?P<region>[a-z0-9-]+)\.runpod\.io",
        r"[0-9a-z]+(?:\.(?:eu|fedramp))?\.r2\.cloudflarestorage\.com",
        r"storage\.googleapis\.com",
        rf"s3\.{_WIDE}\.wasabisys\.com",
        r"s3\.(?P<region>[a-z]{2}-[a-z]{3})\.scw\.cloud",  # Scaleway
        r"s3\.(?P<region>[a-z]+(?:-[a-z]+)*)\.(?:(?:io|perf)\.)?cloud\.ovh\.(?:net|us)",
        r"(?P<region>[a-z]{3}\d)\.your-objectstorage\.com",  # Hetzner
        rf"{_WIDE}\.linodeobjects\.com",
        rf"[a-z0-9_-]+\.compat\.objectstorage\.{_WIDE}\.(?:oci\.customer-oci|oraclecloud|oraclegovcloud)\.com",
        rf"vhcompat\.objectstorage\.{_WIDE}\.oci\.customer-oci\.com",
        r"(?:s3\.)?oss-(?P<region>[a-z]{2}(?:-[a-z]+)+?(?:-\d)?)(?:-internal)?\.aliyuncs\.com",
    )
]
# Those whose region has another name than their host.
_REGIONS = {
    "s3.wasabisys.com": "us-east-1",
    "s3.nl-1.wasabisys.com": "eu-central-1",
    "s3.de-1.wasabisys.com": "eu-central-2",
    "s3.uk-1.wasabisys.com": "eu-west-1",
    "s3.fr-1.wasabisys.com": "eu-west-2",
    "s3.uk-2.wasabisys.com": "eu-west-3",
    "s3.it-1.wasabisys.com": "eu-south-1",
}
# Those that refuse a bucket in the path.
_VIRTUAL_HOSTS = re.compile(r"(?:s3\.)?oss-[a-z0-9-]+\.aliyuncs\.com|vhcompat\.objectstorage\..+")


@dataclass(frozen=True)
class Endpoint:
    """A server.

    Attributes:
        url: its address, without the bucket.
        host: its name or address, lower case, IPv6 without brackets.
        port: as in the address, None where it has none.
        region: as its host tells, None where it does not.
        addressing: where a bucket's name stands: in the address's path, or, if the server takes nothing else,
            as the first part of the host.
    """

    url: str
    host: str
    port: int | None
    region: str | None
    addressing: Literal["path", "virtual"]

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
        addressing: Literal["path", "virtual"] = "virtual" if _VIRTUAL_HOSTS.fullmatch(host) else "path"
        return cls(_address(parts, host, path), host, port, _region(host), addressing)

    def host_of(self, bucket: str) -> str:
        """The name or address that is connected to for a bucket."""
        return f"{bucket}.{self.host}" if self.addressing == "virtual" else self.host


def _without_bucket(bucket: str, host: str) -> str:
    """A server's host, without the bucket that may stand before it."""
    rest = host.removeprefix(f"{bucket.lower()}.")
    is_server = host in _REGIONS or any(pattern.fullmatch(host) for pattern in _KNOWN_HOSTS)
    is_address = ":" in host or host.rpartition(".")[2].isdigit()
    return host if is_server or is_address else rest


def _region(host: str) -> str | None:
    if host in _REGIONS:
        return _REGIONS[host]
    for pattern in _KNOWN_HOSTS:
        if match := pattern.fullmatch(host):
            return match.groupdict().get("region", "auto")
    return None


def _address(parts: SplitResult, host: str, path: str) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{bracketed}{port}{path}"
