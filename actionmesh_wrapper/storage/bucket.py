"""A bucket: its keys, its links, single requests to it, and removing many objects."""

import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote

from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from actionmesh_wrapper.contract.outputs import media_type
from actionmesh_wrapper.storage.manifest import Stored
from actionmesh_wrapper.storage.retry import PATIENCE_S, Lost, keep_trying
from actionmesh_wrapper.storage.session_end import session_end

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PROBE, CACHE = ".probe", ".cache"  # in place of a job's name, none of which starts with a dot
REMOVALS = 16  # at a time
QUIET_S = 1.5  # without any answer but to come again; then the server is not there


class Headers(TypedDict):
    """What a server tells of a file to whoever gets it."""

    ContentType: str
    ContentDisposition: str


@dataclass(frozen=True)
class Bucket:
    """A bucket of AWS, R2, B2, MinIO and their like; what it raises is boto's.

    Attributes:
        client: asks the server once, without retries.
        bucket: its name.
        prefix: stands before every key.
        link_ttl_s: seconds that a presigned link lives, unless what signs it ends before.
        public_url: where the bucket is open to all; then links are no presigned ones. None where it is not.
        patience_s: seconds from a file's first failure for which it is tried again.
        credentials: what signs links, where that may be a session that ends; None is a key that does not.
    """

    client: "S3Client"
    bucket: str
    prefix: str
    link_ttl_s: int
    public_url: str | None = None
    patience_s: float = PATIENCE_S
    credentials: Credentials | None = None

    def key(self, name: str, file_name: str) -> str:
        """The key of a file in a folder, such as that of a job's run."""
        return f"{self.prefix}{name}/{file_name}"

    def link(self, name: str, file_name: str) -> str:
        """A link to a file in a folder."""
        key = self.key(name, file_name)
        if self.public_url is not None:
            return f"{self.public_url.rstrip('/')}/{quote(key)}"
        return self.client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=self._link_s()
        )

    def stored(self, name: str, file_names: Sequence[str]) -> Stored:
        """Links to files in a folder."""
        ends = None
        if self.public_url is None:
            ends = (datetime.now(UTC) + timedelta(seconds=self._link_s())).isoformat(timespec="seconds")
        return Stored({file_name: self.link(name, file_name) for file_name in file_names}, ends)

    def _link_s(self) -> int:
        """Seconds that a link lives that is signed now."""
        end = session_end(self.credentials)
        if end is None:
            return self.link_ttl_s
        return max(1, min(self.link_ttl_s, int((end - datetime.now(UTC)).total_seconds())))

    def write(self, key: str, content: bytes) -> None:
        """Stores a small object; the server checks that it got these bytes, and is asked for them.

        Raises:
            Lost: if it took them and has not got them.
        """
        with reading_answers():
            self.client.put_object(
                Bucket=self.bucket, Key=key, Body=content, ContentMD5=base64_md5(content), **headers(key)
            )
        if self.read(key) != content:
            raise Lost

    def read(self, key: str) -> bytes | None:
        """An object's content, None if there is no such object."""
        try:
            with reading_answers():
                return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None

    def size(self, key: str) -> int | None:
        """An object's size; None if there is no such object, or the answer was cut."""
        try:
            with reading_answers():
                return self.client.head_object(Bucket=self.bucket, Key=key).get("ContentLength")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                return None
            raise

    def delete(self, key: str) -> None:
        """Deletes an object; it is no error if there is none."""
        with reading_answers():
            self.client.delete_object(Bucket=self.bucket, Key=key)


@contextmanager
def reading_answers() -> Iterator[None]:
    """Raises botocore's error for an answer without sense also where its parser stumbles: over a length, say.

    Raises:
        ResponseParserError: instead of a ValueError or an OverflowError.
    """
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise ResponseParserError("an answer cannot be read") from error


def headers(key: str) -> Headers:
    """What a file of this key, or name, is stored with."""
    name = key.rpartition("/")[2]
    return {"ContentType": media_type(name), "ContentDisposition": f'inline; filename="{name}"'}


def base64_md5(content: bytes) -> str:
    """MD5 in the form of Content-MD5, which every S3 server checks what it gets by."""
    return b64encode(md5(content, usedforsecurity=False).digest()).decode()


def remove(bucket: Bucket, keys: Sequence[str], *, within_s: float) -> list[str]:
    """Deletes objects side by side, a request each: not every server knows the one that deletes many.

    It goes on while it gets on, and ends with the requests that are on their way then.

    Args:
        bucket: where they lie.
        keys: theirs; it is no error if there is no such object.
        within_s: seconds after which it gives up.

    Returns:
        The keys of those that may still be there.
    """
    left, stop, ends = dict.fromkeys(keys), Event(), time.monotonic() + within_s

    def delete(key: str) -> None:
        keep_trying(partial(bucket.delete, key), patience_s=within_s, stop=stop)
        left.pop(key)

    with ThreadPoolExecutor(REMOVALS, thread_name_prefix="remove") as pool:
        running = {pool.submit(delete, key) for key in keys}
        while running and time.monotonic() < ends:
            done, running = wait(running, QUIET_S, FIRST_COMPLETED)
            if not done:
                break
        stop.set()
        pool.shutdown(cancel_futures=True)
    return list(left)
