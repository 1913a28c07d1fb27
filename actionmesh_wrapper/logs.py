"""The log: one line an event, with the job it belongs to, as text or as JSON."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

NO_JOB = "-"
TEXT = "%(asctime)s %(levelname)s %(name)s [%(job)s] %(message)s"

_job: ContextVar[str] = ContextVar("job", default=NO_JOB)


@contextmanager
def logging_job(job_id: str) -> Iterator[None]:
    """Names the job in every line that this thread, or task, logs meanwhile."""
    token = _job.set(job_id)
    try:
        yield
    finally:
        _job.reset(token)


def configure(level: str, form: Literal["text", "json"]) -> None:
    """Sends the log to stderr, in place of whatever handlers a library has set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_name_job)
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler], force=True)


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
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _name_job(record: logging.LogRecord) -> bool:
    record.job = _job.get()
    return True
