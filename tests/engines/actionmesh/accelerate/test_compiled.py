"""What compiling needs; `tests/upstream/test_accelerate.py` compiles."""

import shutil

import pytest

from actionmesh_wrapper.errors import StartError
from tests.engines.actionmesh.conftest import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)


@pytest.mark.parametrize("there", ["gcc", "cc", "clang"])
def test_any_c_compiler_will_do(monkeypatch: pytest.MonkeyPatch, there: str) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == there else None)
    assert in_effect({"compile"}, torch.device("cpu"), resident=True) == ("compile",)


def test_without_one_the_worker_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from actionmesh_wrapper.engines.actionmesh.accelerate import in_effect

    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert in_effect({"decode_once"}, torch.device("cpu"), resident=True) == ("decode_once",)
    with pytest.raises(StartError, match="ACCELERATE: compile needs a C compiler"):
        in_effect({"compile"}, torch.device("cpu"), resident=True)
