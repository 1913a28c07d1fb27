"""One file's way into a bucket: whole, or in parts where it is large, and then looked at."""

import io
import logging
from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from hashlib import file_digest, md5
from pathlib import Path
from threading import Event

from botocore.exceptions import BotoCoreError, ClientError

from actionmesh_wrapper.errors import Cancelled, StorageFailed
from actionmesh_wrapper.storage.bucket import Bucket, base64_md5, headers, reading_answers
from actionmesh_wrapper.storage.retry import Lost, keep_trying

log = logging.getLogger(__name__)

WHOLE_BYTES = 64_000_000  # up to here in one request, which can be repeated
PART_BYTES = 8_000_000  # is held in memory; S3 takes no smaller ones than 5 MiB


def upload(bucket: Bucket, key: str, file: Path, *, stop: Event) -> None:
    """Stores a file until the server says that it is there, by its size; the server checks the bytes.

    Args:
        bucket: where to.
        key: in the bucket, prefix and all.
        file: stays as it is meanwhile.
        stop: when set, ends it: between two tries at once, in a request once that sends or ends.

    Raises:
        StorageFailed: if it cannot be stored.
        Cancelled: if ``stop`` is set.
    """
    try:
        size = file.stat().st_size
        attempt = (_WholeUpload if size <= WHOLE_BYTES else _MultipartUpload)(bucket, key, file, stop)
        try:
            keep_trying(partial(_send, attempt, bucket, key, size), patience_s=bucket.patience_s, stop=stop)
        except BaseException:
            attempt.abort()
            raise
    except OSError as error:
        raise StorageFailed("A result file could not be read.") from error


def _send(attempt: "_WholeUpload | _MultipartUpload", bucket: Bucket, key: str, size: int) -> None:
    """Sends the file, unless an earlier try did, and looks whether it is there."""
    if not attempt.is_sent:
        with reading_answers():
            attempt.send()
        attempt.is_sent = True
    attempt.is_sent = bucket.size(key) == size
    if not attempt.is_sent:
        raise Lost


class _WholeUpload:
    """An upload in one request."""

    def __init__(self, bucket: Bucket, key: str, file: Path, stop: Event) -> None:
        self._bucket, self._key, self._file, self._stop = bucket, key, file, stop
        with file.open("rb") as content:
            digest = file_digest(content, partial(md5, usedforsecurity=False)).digest()
        self._md5 = b64encode(digest).decode()
        self.is_sent = False

    def send(self) -> None:
        """Sends the file."""
        with _Body(self._file, self._stop) as body:
            self._bucket.client.put_object(
                Bucket=self._bucket.bucket,
                Key=self._key,
                Body=body,
                ContentMD5=self._md5,
                **headers(self._key),
            )

    def abort(self) -> None:
        """Does nothing: there is a whole file or none."""


class _MultipartUpload:
    """An upload in parts; those that arrived are not sent again by the next try."""

    def __init__(self, bucket: Bucket, key: str, file: Path, stop: Event) -> None:
        self._client, self._file, self._stop = bucket.client, file, stop
        self._bucket, self._key = bucket.bucket, key
        self._id: str | None = None
        self._tags: list[str] = []
        self.is_sent = False

    def send(self) -> None:
        """Sends what is missing."""
        if self._id is None:
            created = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=self._key, **headers(self._key)
            )
            self._id, self._tags = _required(created, "UploadId"), []
        try:
            self._send(self._id)
        except self._client.exceptions.NoSuchUpload:
            self._id = None
            raise
        self._id = None

    def _send(self, upload_id: str) -> None:
        with self._file.open("rb") as content:
            content.seek(PART_BYTES * len(self._tags))
            while part := content.read(PART_BYTES):
                if self._stop.is_set():
                    raise Cancelled
                stored = self._client.upload_part(
                    Bucket=self._bucket,
                    Key=self._key,
                    UploadId=upload_id,
                    PartNumber=len(self._tags) + 1,
                    Body=part,
                    ContentMD5=base64_md5(part),
                )
                self._tags.append(_required(stored, "ETag"))
        self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=upload_id,
            MultipartUpload={
                "Parts": [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(self._tags, 1)]
            },
        )

    def abort(self) -> None:
        """Drops the parts, if the server can be reached; else its own rule for such parts does."""
        if self._id is None:
            return
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._id)
        except (BotoCoreError, ClientError):
            log.warning("the parts of an upload could not be dropped", exc_info=True)


def _required(answer: Mapping[str, object], name: str) -> str:
    """A field of an answer; raises Lost if that was cut before it."""
    if not isinstance(value := answer.get(name), str):
        raise Lost
    return value


class _Body(io.FileIO):
    """A file that can no longer be read once an event is set, so that the request with it ends."""

    def __init__(self, file: Path, stop: Event) -> None:
        super().__init__(file)
        self._stop = stop

    def read(self, size: int | None = -1, /) -> bytes:
        if self._stop.is_set():
            raise Cancelled
        return super().read(-1 if size is None else size)
