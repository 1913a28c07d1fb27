"""A warning in a result: something the caller should know that did not stop the job."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """One warning.

    Attributes:
        code: stable, upper case, such as ``OPTION_IGNORED``.
        message: one or two sentences for the caller, free of paths and host names.
    """

    code: str
    message: str


Warn = Callable[[Notice], None]
"""What a step is handed to warn the caller with."""
