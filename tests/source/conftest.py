from collections.abc import Iterator
from pathlib import Path

import pytest

from actionmesh_wrapper.source import transfer
from tests.source.server import Server, serving


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server, and no waiting between tries."""
    monkeypatch.setattr(transfer, "_PAUSE_S", 0)
    with serving() as http:
        yield http


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "video"
