import pytest

pytest.importorskip("torch", reason="the engine's preparation comes with torch")

from bench import preparation


def test_hashes_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "FILE_MB", 1)
    assert preparation._hash() > 0
