import sys
from dataclasses import replace
from pathlib import Path

import pytest

from actionmesh_wrapper.weights import command
from actionmesh_wrapper.weights.folder import listing, verify
from actionmesh_wrapper.weights.marker import MARKER
from tests.weights.laid import CUTTER, FILES, SHAPES, TABLE, in_folder


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here needs huggingface_hub."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    monkeypatch.delitem(sys.modules, "actionmesh_wrapper.weights.fetch", raising=False)
    monkeypatch.delattr("actionmesh_wrapper.weights.fetch", raising=False)


def test_verify_names_all_that_is_wrong(tmp_path: Path) -> None:
    for repository in TABLE:
        in_folder(tmp_path, repository)
    assert verify(tmp_path, TABLE) == []
    (tmp_path / "Shapes/vae/model.safetensors").unlink()
    (tmp_path / "Tracker" / MARKER).unlink()
    required, optional = verify(tmp_path, TABLE)
    assert "vae/model.safetensors: missing" in required
    assert optional.startswith("Tracker (acme/Tracker@cccccccc): ")


def test_a_listing_names_what_is_there_and_why_the_rest_is_not(tmp_path: Path) -> None:
    in_folder(tmp_path, SHAPES)
    (in_folder(tmp_path, CUTTER) / MARKER).unlink()
    shapes, cutter, tracker = listing(tmp_path, TABLE)
    assert (shapes.why_not, shapes.size) == (None, sum(len(data) for data in FILES["acme/Shapes"].values()))
    assert cutter.why_not == "it is half-downloaded or was not fetched by builder/fetch_weights.py"
    assert (tracker.why_not, tracker.size) == (f"not found in {tmp_path}", 0)
    assert str(shapes) == "Shapes     acme/Shapes                    aaaaaaaa    2.1 MB  there"
    assert str(replace(shapes, size=4_574_861)).endswith("  4.6 MB  there")
    assert str(replace(shapes, size=1_234_567_890)).endswith("  1.23 GB  there")
    assert str(tracker).endswith(f"0.0 MB  not found in {tmp_path} (optional)")


def test_without_the_hub_s_package_only_a_fetch_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_heed_ctrl_c", lambda: None)
    for repository in TABLE:
        in_folder(tmp_path, repository)
    assert command.run("list", tmp_path, TABLE, environ={})
    assert command.run("verify", tmp_path, TABLE, environ={})
    assert capsys.readouterr().err == ""
    assert not command.run("fetch", tmp_path, TABLE, environ={})
    assert capsys.readouterr().err.endswith(": pip install 'huggingface_hub<1'\n")
