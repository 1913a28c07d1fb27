import gc
import logging
import signal
from collections.abc import Iterator

import pytest

from actionmesh_wrapper.system import accelerator

# What is started in a shell's background ignores Ctrl-C, and so would all that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_root_logger() -> Iterator[None]:
    """A test that sets the log up, as a worker does, leaves it to the next as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)  # an assignment would leave what loggers remember of the level that was


@pytest.fixture(autouse=True)
def _own_process() -> Iterator[None]:
    """A test whose GPU fails, or that loads a worker, leaves the next one a process as it was."""
    yield
    accelerator._failed.clear()
    gc.unfreeze()
