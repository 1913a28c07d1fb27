"""The log: one line an event, with the job it belongs to, as text or as JSON, without secrets."""

import json
import logging
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote, unquote

from actionmesh_wrapper.settings import Settings

HIDDEN = "***"
SHORTEST_SECRET = 8  # characters; hiding less would riddle every line
NO_JOB = "-"
LONGEST_ID = 100  # characters that are logged of a job's id
TEXT = "%(asctime)s %(levelname)s %(name)s [%(job)s] %(message)s"
_SECRET_NAMES = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL", re.IGNORECASE)
_PASSWORD = re.compile(r"://[^:/?#@\s]*:(\S+)@")
# Each keeps its groups and hides the rest.
_SHAPES = [
    re.compile(shape)
    for shape in (
        r"(://)[^/?#\s\"'<>@]+(?=@)",  # a user's name and password in an address
        r"(\?)[\w%.~+*-]+=[^\s\"'<>]*",  # a query, presigned or not, of an address or of a path alone
        r"(?i)(\bauthorization['\"]?\s*[:=]\s*)(?:b?'[^']*'|b?\"[^\"]*\"|[^\n]+)",
        r"(?i)(\b(?:signature|x-amz-security-token)['\"]?\s*[:=]\s*)\S+",
        r"(?i)(\bbearer\s+)[^\s\"']+",
        r"(\bdata:[\w/+.-]*;base64,)[\w+/=-]+",
        r"()\b[\w+/-]{256,}={0,2}",  # base64 of some length
        r"()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # AWS's key ids
        r"()\b(?:hf|rpa)_\w{16,}",  # tokens of the Hugging Face hub and of hosts
    )
]
_job: ContextVar[str] = ContextVar("job", default=NO_JOB)


class Redactor:
    """Hides known secrets and whatever has the shape of one. Threads may share it.

    Args:
        secrets: hidden always; those shorter than `SHORTEST_SECRET` are not.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._counts = Counter(_spellings(secrets))
        self._pattern = _any_of(self._counts)

    def __call__(self, text: str) -> str:
        """The text with ``***`` in the place of all that must not be told."""
        if pattern := self._pattern:  # read once: another thread may change it
            text = pattern.sub(HIDDEN, text)
        for shape in _SHAPES:
            text = shape.sub(rf"\1{HIDDEN}", text)
        return text

    @contextmanager
    def hiding(self, secrets: Iterable[str]) -> Iterator[None]:
        """Hides these too, in every thread, for as long as the block runs."""
        added = list(_spellings(secrets))
        self._count(added, 1)
        try:
            yield
        finally:
            self._count(added, -1)

    def _count(self, spellings: Iterable[str], by: int) -> None:
        with self._lock:
            for spelling in spellings:
                self._counts[spelling] += by
            self._counts = +self._counts  # without those that nobody has any more
            self._pattern = _any_of(self._counts)


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """The values of the variables whose names say that they are secret, and the passwords in any address."""
    named = [value for name, value in environ.items() if _SECRET_NAMES.search(name)]
    passwords = [match[1] for value in environ.values() if (match := _PASSWORD.search(value))]
    return [*named, *passwords, *map(unquote, passwords)]


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Each secret as it is and as it stands in an address."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            yield from {secret, quote(secret, safe="")}


def _any_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Matches each of them, the longest first; None where there are none."""
    ordered = sorted(secrets, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def in_one_line(job_id: str) -> str:
    """A job's id as it may stand in a log or on a terminal: its start, without what moves the cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in job_id[:LONGEST_ID])


@contextmanager
def logging_job(job_id: str) -> Iterator[None]:
    """Names the job in every line that this thread, or task, logs meanwhile; of any id, in one line."""
    token = _job.set(in_one_line(job_id))
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


def set_up(settings: Settings, environ: Mapping[str, str]) -> Redactor:
    """Sets the log up as the settings say; returns what redacts it, which knows the environment's secrets."""
    redactor = Redactor(secrets_of(environ))
    configure(settings.log_level, settings.log_format, redactor)
    return redactor


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
