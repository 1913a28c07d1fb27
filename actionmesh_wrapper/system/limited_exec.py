"""A program of its own: sets resource limits on itself, then becomes the command it is given.

Started as ``python -I -S limited_exec.py PARENT MEMORY CPU FILE COMMAND…``. Unlike ``preexec_fn`` it is safe
in a process with threads.
"""

import ctypes
import os
import resource
import signal
import sys

_RESOURCES = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)  # in the order of the arguments
_MAX_OPEN_FILES = 32
_PR_SET_PDEATHSIG = 1  # of Linux's prctl


def main(arguments: list[str]) -> None:
    """Never returns: process id of the parent, three limits (bytes, seconds, bytes), and the command.

    Raises:
        OSError: if the command cannot be started.
    """
    parent, *rest = arguments
    limits, command = rest[: len(_RESOURCES)], rest[len(_RESOURCES) :]
    if sys.platform == "linux":  # elsewhere the command's other limits end it
        _die_with_parent(int(parent))
    for kind, limit in zip(_RESOURCES, limits, strict=True):
        _lower(kind, int(limit))
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
    os.execv(command[0], command)  # noqa: S606 - an argument list, no shell


def _die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when the thread that started it ends; that one waits for it."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it ended before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)


def _lower(kind: int, limit: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    try:
        resource.setrlimit(kind, (limit, limit))
    except (OSError, ValueError):
        if sys.platform != "darwin":  # macOS refuses RLIMIT_AS; there the other limits stand alone
            raise


if __name__ == "__main__":
    main(sys.argv[1:])
