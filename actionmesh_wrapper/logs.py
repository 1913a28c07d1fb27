"""The log: one line an event, with the job it belongs to, as text or as JSON."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

from actionmesh_wrapper.redaction import Redactor

NO_JOB = "-"
LONGEST_ID = 100  # characters that are told of a job's id
TEXT = "%(asctime)s %(levelname)s %(name)s [%(job)s] %(message)s"

_job: ContextVar[str] = ContextVar("job", default=NO_JOB)


@contextmanager
def logging_job(job_id: str) -> Iterator[None]:
    """Names the job in every line that this thread, or task, logs meanwhile; of any id, in one line."""
    told = "".join(letter if letter.isprintable() else "?" for letter in job_id[:LONGEST_ID])
    token = _job.set(told)
    try:
        yield
    finally:
        _job.reset(token)


def configure(level: str, form: Literal["text", "json"], redactor: Redactor) -> None:
    """Sends the log to stderr, in place of whatever handlers a library has set up before.

    Args:
        level: the least that is logged.
        form: text, or one JSON object a line.
        redactor: hides in every line, tracebacks included, what must not be told.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_name_job)
    handler.addFilter(Redaction(redactor))  # a logger's own filters do not see what loggers below it hand up
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler], force=True)


class Redaction(logging.Filter):
    """Lets every record pass, with its texts redacted."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redact = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Puts message and tracebacks together and redacts them, so that formatters find nothing else."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 – a library's faulty line must neither end a job nor be shown with its values
            message = f"a line that cannot be put together: {record.msg!r}"
        record.msg, record.args = self._redact(message), ()
        if record.exc_info:
            record.exc_text = self._redact(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = self._redact(record.stack_info)
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, job, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "job": getattr(record, "job", NO_JOB),
            "message": record.getMessage(),
        }
        if record.exc_text:
            line["traceback"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


def _name_job(record: logging.LogRecord) -> bool:
    record.job = _job.get()
    return True
