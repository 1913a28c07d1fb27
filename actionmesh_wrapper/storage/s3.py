"""Results in an S3 bucket, with links to them: the worker's own, or one that a job brings."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Self
from uuid import uuid4

import boto3
import botocore.session
from botocore.config import Config
from pydantic import SecretStr

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.errors import DownloadFailed, StartError, StorageFailed, UrlNotAllowed
from actionmesh_wrapper.settings import Settings, shown
from actionmesh_wrapper.storage.bucket import PROBE, Bucket
from actionmesh_wrapper.storage.delivery import UPLOADS, S3Delivery
from actionmesh_wrapper.storage.endpoint import Endpoint
from actionmesh_wrapper.storage.entries import find_equal
from actionmesh_wrapper.storage.pinned import HTTPS_PORT, pin
from actionmesh_wrapper.storage.retry import Redirected, keep_trying
from actionmesh_wrapper.storage.s3_config import S3Config
from actionmesh_wrapper.storage.session_end import is_unknown
from actionmesh_wrapper.system.addresses import Resolve, public_addresses

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

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
PLAIN = CLIENT.merge(Config(use_dualstack_endpoint=False, use_fips_endpoint=False))  # whatever AWS_USE_… say
ADDRESSING = {
    "path": Config(s3={"addressing_style": "path", "use_accelerate_endpoint": False}),
    "virtual": Config(s3={"addressing_style": "virtual", "use_accelerate_endpoint": False}),
}
DEFAULT_REGION = "us-east-1"  # of servers whose region nobody tells, MinIO's and their like


@dataclass(frozen=True)
class S3(Bucket):
    """Keeps results under ``{prefix}{job_id}/{run}/``."""

    kind: ClassVar[Literal["s3"]] = "s3"
    room: ClassVar[None] = None

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
        in_host = endpoint is not None and endpoint.addressing == "virtual"  # boto's own choice is the path
        client = _client(
            session,
            endpoint,
            region=region or session.region_name or (endpoint.region if endpoint else None),
            key=key,
            secret=secret,
            config=CLIENT.merge(ADDRESSING["virtual"]) if in_host else CLIENT,
        )
        credentials = session.get_credentials() if key is None else None
        if is_unknown(credentials):
            log.warning("AWS_SESSION_TOKEN has no AWS_CREDENTIAL_EXPIRATION: links are promised for an hour")
        return cls(client, bucket, prefix, link_ttl_s, public_url, credentials=credentials)

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
            raise StartError(f"BUCKET_ENDPOINT_URL={shown(url)}: {error}") from error
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
            reason = f"{error.message} {error.__cause__}"
            raise StartError(f"BUCKET_NAME={self.bucket!r}: cannot be written: {reason}") from error

    def find(self, key: str) -> Result | None:
        """Looks for the result and its files; whatever is in the way of that, the job is run."""
        try:
            return keep_trying(lambda: find_equal(self, key), patience_s=BRIEF_S)
        except StorageFailed:
            log.warning("the bucket could not be searched for an earlier result", exc_info=True)
            return None

    def deliver(self, name: str) -> S3Delivery:
        """Opens a job's delivery."""
        return S3Delivery(self, name)


def _client(
    session: boto3.Session,
    endpoint: Endpoint | None,
    *,
    region: str | None,
    key: SecretStr | None,
    secret: SecretStr | None,
    config: Config,
) -> "S3Client":
    """A client; what is None is the session's own.

    It does not do what boto does with a redirect that tells no region: to ask for the bucket, in vain.
    """
    client = session.client(
        "s3",
        endpoint_url=endpoint.url if endpoint else None,
        region_name=region,
        aws_access_key_id=key.get_secret_value() if key else None,
        aws_secret_access_key=secret.get_secret_value() if secret else None,
        config=config,
    )

    def refuse(**_: object) -> None:
        raise Redirected

    client.meta.events.register("before-call.s3.HeadBucket", refuse)
    return client


def open_bucket(config: object, *, link_ttl_s: int, find: Resolve = public_addresses) -> S3:
    """Opens the bucket of one job; of the worker's environment it takes the trusted certificates alone.

    The endpoint comes from a caller: it must speak TLS and be public, now and at each connection (`pin`).

    Args:
        config: the job's ``s3Config``.
        link_ttl_s: how long presigned links live, in seconds.
        find: looks up hosts and refuses addresses.

    Raises:
        InvalidInput: naming every field that is wrong; no value is repeated.
        UrlNotAllowed: if the endpoint is not https, or not public.
        StorageFailed: if its host is not found.
    """

    def checked(host: str, port: int) -> list[str]:
        try:
            return find(host, port)
        except UrlNotAllowed as error:
            raise UrlNotAllowed(f"s3Config.endpointUrl: {error.message}") from error

    job = S3Config.of(config)
    if job.endpoint_url.scheme != "https":
        raise UrlNotAllowed("s3Config.endpointUrl: only https is taken.")
    endpoint = Endpoint.of(str(job.endpoint_url), job.bucket_name)
    host, port = endpoint.host_of(job.bucket_name), endpoint.port or HTTPS_PORT
    try:
        checked(host, port)
    except DownloadFailed as error:
        raise StorageFailed(f"s3Config.endpointUrl: {error.message}") from error
    session = botocore.session.get_session()
    client = _client(
        boto3.Session(botocore_session=session),
        endpoint,
        region=job.region or endpoint.region or DEFAULT_REGION,
        key=job.access_id,
        secret=job.access_secret,
        config=PLAIN.merge(ADDRESSING[endpoint.addressing]),
    )
    pin(client, host, port, checked, trusted=session.get_config_variable("ca_bundle"))
    return S3(client, job.bucket_name, prefix="", link_ttl_s=link_ttl_s)
