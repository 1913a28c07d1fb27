"""A program of its own: sets resource limits on itself, then becomes the command it is given.

Started as ``python -I -S limited_exec.py MEMORY CPU FILE COMMAND…``. Unlike ``preexec_fn`` it is safe in a
process with threads.
"""

import os
import resource
import sys

_KINDS = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)


def main(arguments: list[str]) -> None:
    """Never returns: the first three arguments are limits (bytes, seconds, bytes), the rest is the command.

    Raises:
        OSError: if the command cannot be started.
    """
    limits, command = arguments[: len(_KINDS)], arguments[len(_KINDS) :]
    for kind, limit in zip(_KINDS, limits, strict=True):
        _lower(kind, int(limit))
    _lower(resource.RLIMIT_CORE, 0)
    os.execv(command[0], command)  # noqa: S606 - an argument list, no shell


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
