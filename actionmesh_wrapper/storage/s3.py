"""Results in an S3 bucket, with links to them: the worker's own, or one that a job brings."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Self
from uuid import uuid4

import boto3
from botocore.config import Config
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from actionmesh_wrapper.contract.bounds import beyond_bounds
from actionmesh_wrapper.contract.request import problems
from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.errors import InvalidInput, StartError, StorageFailed, UrlNotAllowed
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.bucket import PROBE, Bucket
from actionmesh_wrapper.storage.delivery import UPLOADS, S3Delivery
from actionmesh_wrapper.storage.endpoint import Endpoint
from actionmesh_wrapper.storage.manifest import MANIFEST, Manifest, Sealed, relinked
from actionmesh_wrapper.storage.retry import keep_trying
from actionmesh_wrapper.system.addresses import Resolve, public_addresses

log = logging.getLogger(__name__)
BRIEF_S = 10.0  # patience where no result is at stake
CLIENT = Config(
    signature_version="s3v4",
    max_pool_connections=16 * UPLOADS,  # jobs may run side by side, 16 at most
    connect_timeout=5,  # seconds, as below
    read_timeout=10,  # a cancel waits for the request on its way
    retries={"mode": "standard", "total_max_attempts": 1},  # see `keep_trying`
    # Not every S3 server knows the newer checksums; all know Content-MD5.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
HTTPS_PORT = 443


@dataclass(frozen=True)
class S3(Bucket):
    """Keeps results under ``{prefix}{job_id}/``."""

    kind: ClassVar[Literal["s3"]] = "s3"
    prefers_compact: ClassVar[bool] = False

    @classmethod
    def open(
        cls,
        bucket: str,
        *,
        endpoint: Endpoint | None,
        region: str | None,
        key: SecretStr | None,
        secret: SecretStr | None,
        prefix: str,
        link_ttl_s: int,
        public_url: str | None = None,
    ) -> Self:
        """Opens a client of a bucket; what is None comes from the standard AWS variables and roles.

        Where these tell no region either, it is the endpoint's own.
        """
        session = boto3.Session()
        client = session.client(
            "s3",
            endpoint_url=endpoint.url if endpoint else None,
            region_name=region or session.region_name or (endpoint.region if endpoint else None),
            aws_access_key_id=key.get_secret_value() if key else None,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            config=CLIENT,
        )
        return cls(client, bucket, prefix, link_ttl_s, public_url)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The bucket that the settings name.

        Raises:
            StartError: if its endpoint is no address.
        """
        bucket, url = settings.bucket_name, settings.bucket_endpoint_url
        assert bucket is not None
        try:
            endpoint = None if url is None else Endpoint.of(url, bucket)
        except ValueError as error:
            raise StartError(f"BUCKET_ENDPOINT_URL={url!r}: {error}") from error
        return cls.open(
            bucket,
            endpoint=endpoint,
            region=settings.bucket_region,
            key=settings.bucket_access_key_id,
            secret=settings.bucket_secret_access_key,
            prefix=settings.bucket_prefix,
            link_ttl_s=settings.bucket_link_ttl,
            public_url=settings.bucket_public_url,
        )

    def check(self) -> None:
        """Writes an object into the bucket and deletes it.

        Raises:
            StartError: if it cannot.
        """
        key = self.key(PROBE, uuid4().hex)
        try:
            keep_trying(lambda: self.write(key, b""), patience_s=BRIEF_S)
            keep_trying(lambda: self.delete(key), patience_s=BRIEF_S)
        except StorageFailed as error:
            raise StartError(f"BUCKET_NAME={self.bucket!r}: cannot be written: {error.__cause__}") from error

    def find(self, key: str) -> Result | None:
        """Looks for the result and its files; whatever is in the way of that, the job is run."""
        try:
            return keep_trying(lambda: self._find(key), patience_s=BRIEF_S)
        except (StorageFailed, ValidationError):
            log.warning("the bucket could not be searched for an earlier result", exc_info=True)
            return None

    def deliver(self, name: str) -> S3Delivery:
        """Opens a job's delivery."""
        return S3Delivery(self, name)

    def _find(self, key: str) -> Result | None:
        """The result under a key, if its manifest is of the same files and these are there."""
        if (entry := self.read(self.cache_key(key))) is None:
            return None
        sealed = Sealed.model_validate_json(entry)
        name, files = sealed.name, sealed.result.files.all()
        manifest = self.read(self.key(name, MANIFEST))
        if manifest is None or not Manifest.model_validate_json(manifest).holds(sealed.result):
            return None
        listed = self.client.list_objects_v2(Bucket=self.bucket, Prefix=self.key(name, ""))
        sizes = {item["Key"]: item["Size"] for item in listed.get("Contents", [])}
        if any(sizes.get(self.key(name, file.name)) != file.bytes for file in files):
            return None
        return relinked(sealed.result, self.stored(name, [file.name for file in files]))


class S3Config(BaseModel):
    """The fields of ``s3Config``, in camel case as a job has them."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, loc_by_alias=True)

    access_id: SecretStr = Field(min_length=1)
    access_secret: SecretStr = Field(min_length=1)
    bucket_name: str = Field(min_length=1)
    endpoint_url: HttpUrl


def open_bucket(config: object, *, link_ttl_s: int, find: Resolve = public_addresses) -> S3:
    """Opens the bucket of one job.

    The endpoint comes from a caller, so it must be public and speak TLS: its certificate then stands for the
    name that was looked up here, should the name lead elsewhere a moment later.

    Args:
        config: the job's ``s3Config``.
        link_ttl_s: how long presigned links live, in seconds.
        find: looks up hosts and refuses addresses.

    Raises:
        InvalidInput: naming every field that is wrong; no value is repeated.
        UrlNotAllowed: if the endpoint is not https, or not public.
        DownloadFailed: if its host is not found.
    """
    names = {to_camel(name) for name in S3Config.model_fields}
    if isinstance(config, Mapping) and (too_much := beyond_bounds(config, names)):
        raise InvalidInput(f"s3Config: {too_much}.")
    try:
        parsed = S3Config.model_validate(config)
    except ValidationError as error:
        message = "; ".join(f"s3Config.{problem}" for problem in problems(error))
        raise InvalidInput(f"{message}.") from None  # the cause quotes the secret
    if parsed.endpoint_url.scheme != "https":
        raise UrlNotAllowed("s3Config.endpointUrl: only https is taken.")
    endpoint = Endpoint.of(str(parsed.endpoint_url), parsed.bucket_name)
    find(endpoint.host, endpoint.port or HTTPS_PORT)
    return S3.open(
        parsed.bucket_name,
        endpoint=endpoint,
        region=endpoint.region,
        key=parsed.access_id,
        secret=parsed.access_secret,
        prefix="",
        link_ttl_s=link_ttl_s,
    )
