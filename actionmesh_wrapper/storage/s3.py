"""Results in an S3 bucket, with presigned links."""

import logging
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
from pydantic import BaseModel, SecretStr, ValidationError

from actionmesh_wrapper.errors import StartError, StorageFailed
from actionmesh_wrapper.notice import Warn
from actionmesh_wrapper.progress import Part
from actionmesh_wrapper.result import Result
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.storage.media_types import media_type
from actionmesh_wrapper.storage.stored import RESULT, Stored, relinked

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

log = logging.getLogger(__name__)

UPLOADS = 16  # at a time: 35 files over a 50 ms line take 0.3 s instead of 2.4 s one by one
PROBE, CACHE = ".probe", ".cache"  # in place of a job's name; none starts with a dot
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


class _Sealed(BaseModel):
    """What lies under a key: the result, and the name that its files lie under."""

    name: str
    result: Result


@dataclass(frozen=True)
class S3:
    """Keeps results under ``{prefix}{job_id}/`` in a bucket of AWS, R2, B2, MinIO and their like."""

    kind: ClassVar[Literal["s3"]] = "s3"
    prefers_compact: ClassVar[bool] = False
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

    def find(self, key: str) -> Result | None:
        """Looks for the result and its files; whatever is in the way of that, the job is run."""
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=self._key(CACHE, f"{key}.json"))[
                "Body"
            ].read()
            entry = _Sealed.model_validate_json(body)
            listed = self.client.list_objects_v2(Bucket=self.bucket, Prefix=self._key(entry.name, ""))
        except self.client.exceptions.NoSuchKey:
            return None
        except (BotoCoreError, ClientError, ValidationError):
            log.warning("the bucket could not be searched for an earlier result", exc_info=True)
            return None
        sizes = {item["Key"]: item["Size"] for item in listed.get("Contents", [])}
        files = entry.result.files.all()
        if any(sizes.get(self._key(entry.name, file.name)) != file.bytes for file in files):
            return None
        return relinked(entry.result, self._stored(entry.name, [file.name for file in files]))

    def share(self, name: str, file: Path) -> str | None:
        """Uploads the file and presigns a link to it."""
        try:
            self._upload(name, file)
        except StorageFailed:
            log.warning("%s could not be shared", file.name, exc_info=True)
            return None
        return self._link(name, file.name)

    def put(self, name: str, files: Sequence[Path], *, step: Part, warn: Warn) -> Stored:  # noqa: ARG002
        """Uploads the files side by side and presigns a link to each."""
        with ThreadPoolExecutor(UPLOADS, thread_name_prefix="upload") as pool:
            uploads = [pool.submit(self._upload, name, file) for file in files]
            try:
                for done, upload in enumerate(as_completed(uploads), 1):
                    upload.result()
                    step(done, len(files))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return self._stored(name, [file.name for file in files])

    def seal(self, name: str, key: str, result: Result) -> None:
        """Uploads ``result.json``, and then the entry that `find` looks for."""
        entry = _Sealed(name=name, result=result)
        try:
            for path, model in (
                (self._key(name, RESULT), result),
                (self._key(CACHE, f"{key}.json"), entry),
            ):
                self.client.put_object(
                    Bucket=self.bucket,
                    Key=path,
                    Body=model.model_dump_json(indent=2).encode(),
                    ContentType=media_type(path),
                )
        except (BotoCoreError, ClientError) as error:
            raise StorageFailed("The result could not be written to the bucket.") from error

    def _stored(self, name: str, file_names: Sequence[str]) -> Stored:
        """Presigns a link to each file."""
        expires = datetime.now(UTC) + timedelta(seconds=self.link_ttl_s)
        urls = {file_name: self._link(name, file_name) for file_name in file_names}
        return Stored(urls, expires.isoformat(timespec="seconds"))

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
