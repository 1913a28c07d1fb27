"""The machine that figures come from, and the memory that they took."""

import os
import platform
import resource
import sys

MEGABYTE = 1e6
KIB_OR_BYTE = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss


def about() -> str:
    """System, number of processors and Python, in one line."""
    return f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"


def peak_mb() -> float:
    """The most memory that this process has had so far, in units of 10⁶ bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_OR_BYTE / MEGABYTE
