"""Results in an S3 bucket, with presigned links."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self
from uuid import uuid4

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.notice import Warn
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.media_types import media_type
from actionmesh_wrapper.storage.stored import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOADS = 16  # at a time: 35 files over a 50 ms line take 0.3 s instead of 2.4 s one by one
PROBE = ".probe"  # in place of a job's name; none starts with a dot
# A plain PUT can be repeated whole; parts are for files that are larger than any of ours should be.
TRANSFER = TransferConfig(multipart_threshold=64_000_000, use_threads=False)
CLIENT = Config(
    signature_version="s3v4",
    max_pool_connections=UPLOADS,
    connect_timeout=5,  # seconds, as below
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 8},
    # Not every S3 server knows the newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@dataclass(frozen=True)
class S3:
    """Keeps results under ``{prefix}{job_id}/`` in a bucket of AWS, R2, B2, MinIO and their like."""

    kind: ClassVar[Literal["s3"]] = "s3"
    client: "S3Client"
    bucket: str
    prefix: str
    link_ttl_s: int

    @classmethod
    def open(
        cls,
        bucket: str,
        *,
        endpoint_url: str | None,
        region: str | None,
        key: SecretStr | None,
        secret: SecretStr | None,
        prefix: str,
        link_ttl_s: int,
    ) -> Self:
        """Opens a client of a bucket; what is None comes from the standard AWS variables and roles."""
        client = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            region_name=region,
            aws_access_key_id=key.get_secret_value() if key else None,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            config=CLIENT,
        )
        return cls(client, bucket, prefix, link_ttl_s)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The bucket that the settings name."""
        assert settings.bucket_name is not None
        return cls.open(
            settings.bucket_name,
            endpoint_url=settings.bucket_endpoint_url,
            region=settings.bucket_region,
            key=settings.bucket_access_key_id,
            secret=settings.bucket_secret_access_key,
            prefix=settings.bucket_prefix,
            link_ttl_s=settings.bucket_link_ttl,
        )

    def check(self) -> None:
        """Writes an object into the bucket and deletes it.

        Raises:
            StartError: if it cannot.
        """
        key = self._key(PROBE, uuid4().hex)
        try:
            self.client.put_object(Bucket=self.bucket, Key=key, Body=b"")
            self.client.delete_object(Bucket=self.bucket, Key=key)
        except (BotoCoreError, ClientError) as error:
            raise StartError(f"BUCKET_NAME={self.bucket!r}: cannot be written: {error}") from error

    def put(self, name: str, files: Sequence[Path], *, step: Part, warn: Warn) -> Stored:  # noqa: ARG002
        """Uploads the files side by side and presigns a link to each."""
        with ThreadPoolExecutor(UPLOADS, thread_name_prefix="upload") as pool:
            uploads = [pool.submit(self._upload, name, file) for file in files]
            try:
                for done, upload in enumerate(as_completed(uploads)):
                    step(done, len(files))
                    upload.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        expires = datetime.now(UTC) + timedelta(seconds=self.link_ttl_s)
        urls = {file.name: self._link(name, file.name) for file in files}
        return Stored(urls, expires.isoformat(timespec="seconds"))

    def seal(self, name: str, result_json: bytes) -> None:
        """Uploads ``result.json``."""
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=self._key(name, "result.json"),
                Body=result_json,
                ContentType=media_type("result.json"),
            )
        except (BotoCoreError, ClientError) as error:
            raise StorageFailed("The result could not be written to the bucket.") from error

    def _upload(self, name: str, file: Path) -> None:
        extra = {
            "ContentType": media_type(file.name),
            "ContentDisposition": f'inline; filename="{file.name}"',
        }
        try:
            self.client.upload_file(
                str(file), self.bucket, self._key(name, file.name), ExtraArgs=extra, Config=TRANSFER
            )
        except (BotoCoreError, ClientError, Boto3Error) as error:
            raise StorageFailed("The results could not be written to the bucket.") from error

    def _link(self, name: str, file_name: str) -> str:
        return self.client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.bucket, "Key": self._key(name, file_name)},
            ExpiresIn=self.link_ttl_s,
        )

    def _key(self, name: str, file_name: str) -> str:
        return f"{self.prefix}{name}/{file_name}"
