"""A bucket in memory, as a client of boto's has it: every request is one step that is done or not.

`test_memory_client.py` holds its answers to a real server's.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, ClassVar

from botocore.exceptions import ClientError

from tests.storage.moody import refusal

Objects = dict[str, bytes]
Change = tuple[str, bytes | None]
"""A key and its new content; None where it was deleted."""


class _NoSuchKey(ClientError):
    pass


class MemoryClient:
    """Keeps objects, and remembers how they changed.

    Args:
        objects: what lies in the bucket; is changed.
        refused: which of the writes, from 0, is answered with a refusal.
        lands: whether a write that is refused is done all the same, as one whose answer is lost.
    """

    class exceptions:  # noqa: N801 – boto's name
        NoSuchKey: ClassVar[type[ClientError]] = _NoSuchKey

    def __init__(self, objects: Objects, *, refused: int | None = None, lands: bool = False) -> None:
        self._objects, self._refused, self._lands = objects, refused, lands
        self._writes = 0
        self.changes: list[Change] = []

    def put_object(self, *, Bucket: str, Key: str, Body: bytes | BinaryIO, **_: object) -> dict[str, Any]:  # noqa: N803
        content = Body if isinstance(Body, bytes) else Body.read()
        is_refused = self._writes == self._refused
        self._writes += 1
        if not is_refused or self._lands:
            self._change(Key, content)
        if is_refused:
            raise refusal(403, "AccessDenied")
        return {}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        self._change(Key, None)
        return {}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self._objects:
            raise refusal(404, "404")
        return {"ContentLength": len(self._objects[Key])}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self._objects:
            raise _NoSuchKey(refusal(404, "NoSuchKey").response, "GetObject")
        return {"Body": io.BytesIO(self._objects[Key])}

    def list_objects_v2(self, *, Bucket: str, Prefix: str) -> dict[str, Any]:  # noqa: N803
        keys = sorted(key for key in self._objects if key.startswith(Prefix))
        now = datetime.now(UTC)
        listed = [{"Key": key, "Size": len(self._objects[key]), "LastModified": now} for key in keys]
        return {"KeyCount": len(keys)} | ({"Contents": listed} if listed else {})

    def generate_presigned_url(self, method: str, *, Params: dict[str, str], ExpiresIn: int) -> str:  # noqa: N803
        return f"memory://{Params['Bucket']}/{Params['Key']}?{method}"

    def _change(self, key: str, content: bytes | None) -> None:
        self.changes.append((key, content))
        apply(self._objects, [(key, content)])


def apply(objects: Objects, changes: Sequence[Change]) -> None:
    """Does to a bucket what was done to another."""
    for key, content in changes:
        if content is None:
            objects.pop(key, None)
        else:
            objects[key] = content
