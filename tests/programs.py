"""This project's programs as processes, as their users start them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 240
HANDLER = (str(ROOT / "handler.py"),)
COMMAND_LINE = ("-m", "actionmesh_cli")


def environment(folder: Path, **environ: str) -> dict[str, str]:
    """A user's, who lives in a folder and has set nothing but these."""
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "JOBS_DIR": str(folder / "jobs")}
    return own | {"PYTHONPATH": str(ROOT)} | environ


def finish(
    program: Sequence[str], *arguments: str | Path, folder: Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Runs a program in a folder to its end."""
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=folder,
        env=environment(folder, **environ),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def stop_at(
    words: str, program: Sequence[str], *arguments: str | Path, folder: Path, **environ: str
) -> tuple[int, str]:
    """Runs a program, and presses Ctrl-C at the first line on its stderr that has these words.

    Returns:
        Its exit code as a shell gives it, and what it has written to stderr since. To a shell a program that
        SIGINT has ended and one that exits with 130 are the same. Python ends itself by SIGINT, not with its
        code, where the KeyboardInterrupt once passed an `exec` of text, as in the making of a dataclass.
    """
    with started(program, *arguments, folder=folder, **environ) as process:
        assert process.stderr is not None
        seen: list[str] = []
        for line in process.stderr:
            seen.append(line)
            if words in line:
                break
        else:
            raise AssertionError(f"{words!r} is not in {seen}")
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells the whole group
        rest = process.stderr.read()
        code = process.wait(PATIENCE_S)
        return (128 - code if code < 0 else code), rest


@contextmanager
def started(
    program: Sequence[str], *arguments: str | Path, folder: Path, **environ: str
) -> Iterator[subprocess.Popen[str]]:
    """Starts a program in a process group of its own, which is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=folder,
        env=environment(folder, **environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:  # waits for it, last
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
