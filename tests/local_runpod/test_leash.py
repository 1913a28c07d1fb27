import signal
import subprocess
import sys
import time

from local_runpod.workers import LEASH
from tests.local_runpod.scene import PATIENCE_S, has_left, until

SLEEPS_WITH_A_CHILD = """
import subprocess, sys
child = subprocess.Popen(["sleep", "600"])
print("no stdin:", sys.stdin.read() == "", flush=True)
child.wait()
"""


def start(*command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*LEASH, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_command_and_its_children_end_with_its_stdin() -> None:
    with start(sys.executable, "-c", SLEEPS_WITH_A_CHILD) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "no stdin: True\n"
        time.sleep(0.2)
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
        until(lambda: has_left(process.pid), bool)  # all of its group


def test_the_command_is_the_process_itself_and_its_code_is_its_own() -> None:
    with start("sh", "-c", "echo $$; exit 7") as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        assert process.wait(PATIENCE_S) == 7


def test_a_signal_reaches_the_command() -> None:
    with start("sleep", "600") as process:
        process.terminate()
        assert process.wait(PATIENCE_S) == -signal.SIGTERM


def test_what_cannot_be_started_is_an_exit_code() -> None:
    with start("no-such-program") as process:
        assert process.wait(PATIENCE_S) == 1
