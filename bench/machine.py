"""The machine that figures come from, and the memory that they took."""

import os
import platform
import re
import resource
import sys
from pathlib import Path

MEGABYTE = 1e6
KIB_OR_BYTE = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss
STATUS = Path("/proc/self/status")  # Linux's account of this process


def about() -> str:
    """System, number of processors and Python, in one line."""
    return f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"


def peak_mb() -> float:
    """The most memory that this process has had so far, in units of 10⁶ bytes.

    Linux's ``ru_maxrss`` is no less than what the process that started this one had.
    """
    if STATUS.is_file() and (peak := re.search(r"VmHWM:\s*(\d+) kB", STATUS.read_text())):
        return int(peak[1]) * 1024 / MEGABYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_OR_BYTE / MEGABYTE
