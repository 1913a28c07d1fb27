import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from actionmesh_wrapper.errors import Cancelled
from actionmesh_wrapper.system import limited_exec
from actionmesh_wrapper.system.contained import LimitExceeded, Limits, run

ROOMY = Limits(seconds=60, cpu_seconds=60, memory_bytes=1 << 30, output_bytes=1 << 20, file_bytes=1 << 20)
SPAWN = 'sleep 600 & echo $! > "$1"; echo started; wait'  # a shell with a child in its group


def shell(script: str, *arguments: str) -> list[str]:
    return ["/bin/sh", "-c", script, "sh", *arguments]


def python(script: str) -> list[str]:
    return [sys.executable, "-I", "-c", script]


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has reaped yet has, too."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            stat = Path(f"/proc/{pid}/stat")
            if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_output_log_and_code_come_back() -> None:
    result = run(shell("echo out; echo err >&2; exit 3"), limits=ROOMY)
    assert (result.code, bytes(result.output), result.log) == (3, b"out\n", "err\n")


def test_only_the_end_of_the_log_is_kept() -> None:
    result = run(python("import sys; sys.stderr.write('x' * 100_000 + 'cause')"), limits=ROOMY)
    assert result.log.endswith("xcause")
    assert len(result.log) == 4096


def test_a_file_becomes_stdin(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("content")
    assert run(shell("cat"), limits=ROOMY, stdin=tmp_path / "file").output == b"content"


def test_it_gets_the_variables_that_it_is_given_and_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "key")
    result = run(shell('echo "$THREADS$SECRET"'), limits=ROOMY, environment={"THREADS": "1"})
    assert result.output == b"1\n"


def test_stdin_is_empty_by_default() -> None:
    assert run(shell("cat"), limits=ROOMY).output == b""


def test_a_feed_becomes_stdin() -> None:
    pieces = [b"a" * 300_000, b"", b"b" * 300_000]
    assert run(shell("cat"), limits=ROOMY, feed=pieces).output == b"".join(pieces)


def test_a_feed_may_be_left_unread() -> None:
    assert run(shell("exit 0"), limits=ROOMY, feed=(bytes(1 << 20) for _ in range(8))).code == 0


def test_the_environment_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("BUCKET_SECRET_ACCESS_KEY", "secret")
    output = run(["/usr/bin/env"], limits=ROOMY).output.decode()
    names = {line.partition("=")[0] for line in output.splitlines()}
    assert names <= {"LC_ALL", "AV_LOG_FORCE_NOCOLOR", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}


def test_out_of_time_kills_the_whole_group(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    with pytest.raises(LimitExceeded) as error:
        run(shell("trap '' TERM; " + SPAWN, str(pid)), limits=replace(ROOMY, seconds=0.5))
    assert error.value.cause == "time"
    assert is_gone(int(pid.read_text()))


def test_out_of_time_while_its_streams_are_closed() -> None:
    with pytest.raises(LimitExceeded, match="time"):
        run(shell("exec >&- 2>&-; exec sleep 600"), limits=replace(ROOMY, seconds=0.5))


def test_too_much_output_kills_it() -> None:
    with pytest.raises(LimitExceeded) as error:
        run(shell("exec yes"), limits=ROOMY)
    assert error.value.cause == "output"


def test_a_cancel_kills_the_whole_group_and_passes_through(tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    def cancel(received: int) -> None:
        if received:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(shell(SPAWN, str(pid)), limits=ROOMY, tick=cancel)
    assert is_gone(int(pid.read_text()))


def test_what_a_command_leaves_running_is_killed_at_its_end(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    done = run(shell('sleep 600 >&- 2>&- & echo $! > "$1"', str(pid)), limits=ROOMY)
    assert done.code == 0
    assert is_gone(int(pid.read_text()))


def test_an_error_of_the_feed_kills_it_and_passes_through(tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    def failing() -> Iterator[bytes]:
        while not (pid.exists() and pid.read_text()):
            yield b"x"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(shell(SPAWN, str(pid)), limits=ROOMY, feed=failing())
    assert is_gone(int(pid.read_text()))


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses RLIMIT_AS")
def test_memory_is_bounded() -> None:
    result = run(python("bytearray(1 << 30)"), limits=replace(ROOMY, memory_bytes=1 << 29))
    assert result.code == 1
    assert "MemoryError" in result.log


def test_processor_time_is_bounded() -> None:
    assert run(python("while True: pass"), limits=replace(ROOMY, cpu_seconds=1)).code < 0


def test_files_are_bounded(tmp_path: Path) -> None:
    file = tmp_path / "file"
    result = run(shell('head -c 5000 /dev/zero > "$1"', str(file)), limits=replace(ROOMY, file_bytes=1000))
    assert result.code != 0
    assert file.stat().st_size == 1000


def test_a_limit_below_ours_stays() -> None:
    print_limit = [sys.executable, "-c", "import resource as r; print(*r.getrlimit(r.RLIMIT_FSIZE))"]
    arguments = [str(1 << 40), "60", str(1 << 40), *print_limit]
    again = f"""
import os
from actionmesh_wrapper.system import limited_exec
limited_exec.main([str(os.getppid()), *{arguments}])"""
    output = run([sys.executable, "-c", again], limits=ROOMY).output
    assert output.split() == [b"1048576", b"1048576"]


def test_no_more_than_32_files_can_be_open() -> None:
    open_all = """
import os, resource
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
try:
    while True:
        last = os.dup(0)
except OSError as error:
    print(last, error.strerror)"""
    result = run(python(open_all), limits=ROOMY)
    assert result.output.decode().splitlines() == ["32 32", "31 Too many open files"]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs a command, in a thread, whose id it writes down."""
    script = f"""
import threading
from tests.system.test_contained import ROOMY, run, shell
command = shell('echo $$ > "$1"; exec sleep 600', {str(tmp_path / "pid")!r})
threading.Thread(target=run, args=(command,), kwargs={{"limits": ROOMY}}).start()"""
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        yield process
        process.kill()


def written(file: Path) -> int:
    """The number in a file that is being written."""
    for _ in range(200):
        if file.exists() and (text := file.read_text()).endswith("\n"):
            return int(text)
        time.sleep(0.05)
    raise TimeoutError(file)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_what_runs_dies_with_a_killed_worker(worker: subprocess.Popen[bytes], tmp_path: Path) -> None:
    pid = written(tmp_path / "pid")
    os.kill(pid, 0)
    worker.kill()
    worker.wait()
    assert is_gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_what_starts_after_the_workers_end_dies_at_once(tmp_path: Path) -> None:
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    command = [str(gone.pid), str(1 << 30), "60", "0", *shell('touch "$1"', str(tmp_path / "started"))]
    late = subprocess.run([sys.executable, "-I", "-S", limited_exec.__file__, *command], check=False)
    assert late.returncode == -signal.SIGKILL
    assert not (tmp_path / "started").exists()
