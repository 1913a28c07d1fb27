"""Runs a command that does not outlive whoever holds the other end of its stdin, however that one ends.

``python leash.py COMMAND…`` becomes the command, under the same process id and without stdin. A child
watches: when stdin ends, it kills the command's process group, of which this has to be the leader.
"""

import os
import signal
import sys
from contextlib import suppress
from typing import Never

STDIN = 0


def run(command: list[str]) -> Never:
    """Becomes the command.

    Raises:
        OSError: if there is no such program; the watching child is then left, and ends with stdin.
    """
    leader = os.getpid()
    if os.fork() == 0:
        os.setsid()  # what kills the group, or interrupts it from a terminal, must not reach this
        while os.read(STDIN, 4096):
            pass
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)
        os._exit(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), STDIN)
    os.execvp(command[0], command)  # noqa: S606 – an argument list, no shell


if __name__ == "__main__":
    run(sys.argv[1:])
