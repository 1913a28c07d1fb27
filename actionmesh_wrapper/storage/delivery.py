"""A job's files on their way into a bucket, while the job goes on."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import partial
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from pydantic import BaseModel

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.errors import StorageFailed
from actionmesh_wrapper.storage.bucket import Bucket, remove
from actionmesh_wrapper.storage.manifest import MANIFEST, RESULT, Manifest, Sealed, Stored
from actionmesh_wrapper.storage.retry import keep_trying
from actionmesh_wrapper.storage.upload import upload

log = logging.getLogger(__name__)

UPLOADS = 16  # at a time: 35 files over a 50 ms line take 0.3 s instead of 2.4 s one by one
TICK_S = 0.25  # between two looks for a cancel
SHARE_S = 5.0  # how long the job waits for a file that is shown at once
UNDO_S = 5.0  # how long a job that failed removes what it stored, where that gets on


class S3Delivery:
    """Uploads side by side from `send` on. Its threads start when needed and end when it is left.

    Args:
        bucket: where to.
        name: the job's folder name.
    """

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket, self._name = bucket, name
        self._pool = ThreadPoolExecutor(UPLOADS, thread_name_prefix="upload")
        self._stop = Event()
        self._unsealed: Future[None] | None = None
        self._uploads: dict[str, Future[None]] = {}
        self._seal_keys: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)  # a request on its way ends first: it may yet store its file
        if kind is not None:
            self._undo()

    def share(self, file: Path) -> str | None:
        """Uploads the file and gives a link to it, unless that takes long."""
        self.send([file])
        try:
            self._uploads[file.name].result(SHARE_S)
        except (StorageFailed, TimeoutError):
            log.warning("%s could not be shared", file.name, exc_info=True)
            return None
        return self._bucket.link(self._name, file.name)

    def send(self, files: Sequence[Path]) -> None:
        """Begins to upload the files."""
        if self._unsealed is None:
            self._unsealed = self._start(self._unseal)
        for file in files:
            if file.name not in self._uploads:
                self._uploads[file.name] = self._start(partial(self._upload, file, self._unsealed))

    def put(self, files: Sequence[Path], *, step: StageStep, warn: Warn) -> Stored:  # noqa: ARG002
        """Waits until all files are there."""
        self.send(files)
        self._wait([self._uploads[file.name] for file in files], step)
        return self._bucket.stored(self._name, [file.name for file in files])

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:
        """Stores ``result.json``, then ``manifest.json``, then the entry that an equal job finds it by."""
        content = _json(result)
        contents = {
            self._key(RESULT): content,
            self._key(MANIFEST): _json(Manifest.of(result, content)),
            self._bucket.cache_key(key): _json(Sealed(name=self._name, result=result)),
        }
        self.send([])
        assert self._unsealed is not None
        self._wait([self._unsealed], lambda _done, _of: step(1, 1))
        self._seal_keys = list(contents)

        def attempt() -> None:
            for path, text in contents.items():
                self._bucket.write(path, text)

        self._wait([self._start(partial(self._persist, attempt))], lambda _done, _of: step(1, 1))

    def _wait(self, tasks: Sequence[Future[None]], step: StageStep) -> None:
        """Waits for all of them, or the first that fails; looks for a cancel meanwhile."""
        left = set(tasks)
        while left:
            done, left = wait(left, TICK_S, FIRST_COMPLETED)
            for task in done:
                task.result()
            step(len(tasks) - len(left), len(tasks))

    def _start(self, task: Callable[[], None]) -> Future[None]:
        """Starts a task that logs in the job's name."""
        return self._pool.submit(copy_context().run, task)

    def _unseal(self) -> None:
        """Removes what calls an earlier result of this job whole."""
        for name in (MANIFEST, RESULT):
            self._persist(partial(self._bucket.delete, self._key(name)))

    def _upload(self, file: Path, unsealed: Future[None]) -> None:
        unsealed.result()
        upload(self._bucket, self._key(file.name), file, stop=self._stop)

    def _undo(self) -> None:
        """Removes all that may have been stored; first, and else alone, what calls it whole."""
        keys = [self._key(name) for name, future in self._uploads.items() if not future.cancelled()]
        left = remove(self._bucket, self._seal_keys, within_s=UNDO_S)
        left = left or remove(self._bucket, keys, within_s=UNDO_S)
        if left:
            log.warning("%d objects of a job that failed could not be removed from the bucket", len(left))

    def _persist(self, attempt: Callable[[], None]) -> None:
        keep_trying(attempt, patience_s=self._bucket.patience_s, stop=self._stop)

    def _key(self, file_name: str) -> str:
        return self._bucket.key(self._name, file_name)


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json(indent=2).encode()
