"""A job's files on their way into a bucket, while the job goes on.

A host may take a job for lost and give it to a second worker while the first still runs, and either may end
in any way at any time. S3 has no transactions, and few servers know conditional writes and deletes: whoever
looks at an object and then deletes it may delete what another wrote in between. So no two runs write one
key. Each has a folder of its own, ``{prefix}{job_id}/{run}/``, with its files, ``result.json`` and the
manifest, and an entry of its own for equal jobs. What one run does is then nothing to another, in whatever
order; links that were given out lead to the bytes that they led to; and an earlier run's result stays until
the bucket's own rule removes it.

Within a run the manifest is written after all that it lists and removed before it. Once the server has taken
it, the result stays, even if a cancel comes then: an equal job may have been answered with it.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import partial
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self
from uuid import uuid4

from pydantic import BaseModel

from actionmesh_wrapper.contract.result import Result
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.errors import StorageFailed
from actionmesh_wrapper.storage.bucket import Bucket, remove
from actionmesh_wrapper.storage.entries import entry_key
from actionmesh_wrapper.storage.manifest import MANIFEST, RESULT, Manifest, Sealed, Stored
from actionmesh_wrapper.storage.retry import keep_trying
from actionmesh_wrapper.storage.upload import upload

log = logging.getLogger(__name__)

UPLOADS = 16  # at a time: 35 files over a 50 ms line take 0.3 s instead of 2.4 s one by one
TICK_S = 0.25  # between two looks for a cancel
SHARE_S = 5.0  # how long the job waits for a file that is shown at once
ENTRY_S = 10.0  # patience with the entry for equal jobs: without it these are run
UNDO_S = 5.0  # how long a job that failed removes what it stored, where that gets on


class S3Delivery:
    """Uploads side by side from `send` on. Its threads start when needed and end when it is left.

    Args:
        bucket: where to.
        name: the job's folder name.
    """

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket, self._run = bucket, uuid4().hex
        self._folder = f"{name}/{self._run}"
        self._pool = ThreadPoolExecutor(UPLOADS, thread_name_prefix="upload")
        self._stop = Event()
        self._uploads: dict[str, Future[None]] = {}
        self._last: list[str] = []  # result.json, then the manifest, once they may be there
        self._is_sealed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)  # a request on its way ends first: it may yet store its file
        if kind is not None and not self._is_sealed:
            self._undo()

    def share(self, file: Path) -> str | None:
        """Uploads the file and gives a link to it, unless that takes long."""
        self.send([file])
        try:
            self._uploads[file.name].result(SHARE_S)
        except (StorageFailed, TimeoutError):
            log.warning("%s could not be shared", file.name, exc_info=True)
            return None
        return self._bucket.link(self._folder, file.name)

    def send(self, files: Sequence[Path]) -> None:
        """Begins to upload the files."""
        for file in files:
            if file.name not in self._uploads:
                self._uploads[file.name] = self._start(partial(self._upload, file))

    def put(self, files: Sequence[Path], *, step: StageStep, warn: Warn) -> Stored:  # noqa: ARG002
        """Waits until all files are there."""
        self.send(files)
        self._wait([self._uploads[file.name] for file in files], step)
        return self._bucket.stored(self._folder, [file.name for file in files])

    def seal(self, key: str, result: Result, *, step: StageStep) -> None:
        """Stores ``result.json``, then ``manifest.json``, then the entry that an equal job finds it by."""
        self._wait([self._start(partial(self._seal, key, result))], lambda _done, _of: step(1, 1))

    def _seal(self, key: str, result: Result) -> None:
        content = _json(result)
        for name, text in ((RESULT, content), (MANIFEST, _json(Manifest.of(result, content)))):
            self._last.append(name)
            self._persist(partial(self._bucket.write, self._key(name), text))
        self._is_sealed = True
        entry = partial(
            self._bucket.write,
            entry_key(self._bucket, key, self._run),
            _json(Sealed(name=self._folder, result=result)),
        )
        try:
            keep_trying(entry, patience_s=ENTRY_S, stop=self._stop)
        except StorageFailed:
            log.warning("equal jobs will not find this result", exc_info=True)

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

    def _upload(self, file: Path) -> None:
        upload(self._bucket, self._key(file.name), file, stop=self._stop)

    def _undo(self) -> None:
        """Removes all that may have been stored; first, and else alone, what calls it whole."""
        files = [name for name, future in self._uploads.items() if not future.cancelled()]
        manifest = [name for name in self._last if name == MANIFEST]
        left = self._remove(manifest) or self._remove([*files, *self._last[:1]])
        if left:
            log.warning("%d objects of a job that failed could not be removed from the bucket", len(left))

    def _remove(self, names: Sequence[str]) -> list[str]:
        """Removes these files; returns the keys of those that may still be there."""
        return remove(self._bucket, [self._key(name) for name in names], within_s=UNDO_S)

    def _persist(self, attempt: Callable[[], None]) -> None:
        keep_trying(attempt, patience_s=self._bucket.patience_s, stop=self._stop)

    def _key(self, file_name: str) -> str:
        return self._bucket.key(self._folder, file_name)


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json(indent=2).encode()
