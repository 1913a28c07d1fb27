import socket
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("huggingface_hub", reason="make lint's and the container's packages have it")
from actionmesh_cli.weights import main
from actionmesh_wrapper.weights import REPOSITORIES, fetch
from tests.programs import COMMAND_LINE, finish, stop_at
from tests.weights.hub import Hub, serving
from tests.weights.laid import TABLE


def test_fetch_verify_and_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)  # this process stays a test's
    monkeypatch.setattr(fetch, "SECRET", tmp_path / "no secret")
    hub = Hub(TABLE)
    with serving(hub) as address:
        monkeypatch.setattr(fetch, "fetch", partial(fetch.fetch, endpoint=address))
        assert main("fetch", tmp_path, TABLE)
    shown = capsys.readouterr()
    assert shown.err.startswith(f"Fetching into {tmp_path}: ")
    assert all(f"{item}: fetched" in shown.out for item in TABLE)
    assert main("verify", tmp_path, TABLE)
    assert main("list", tmp_path, TABLE)
    capsys.readouterr()
    first = tmp_path / TABLE[0].folder / TABLE[0].files[0]
    first.write_bytes(first.read_bytes() + b"x")
    assert not main("verify", tmp_path, TABLE)
    assert TABLE[0].files[0] in capsys.readouterr().err


def test_as_a_process(tmp_path: Path) -> None:
    listed = finish(COMMAND_LINE, "weights", "list", "--only", "SAM2", "w", folder=tmp_path)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout.startswith("SAM2 ")
    assert "ActionMesh" not in listed.stdout
    verified = finish(COMMAND_LINE, "weights", "verify", folder=tmp_path, WEIGHTS_DIR="w")
    assert verified.returncode == 1
    assert all(item.name in verified.stderr for item in REPOSITORIES)
    wrong = finish(COMMAND_LINE, "weights", "list", "w", "--only", "x", folder=tmp_path)
    assert wrong.returncode == 2


def test_ctrl_c_ends_a_fetch_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls, and never answers
        hub = f"http://127.0.0.1:{silent.getsockname()[1]}"
        code, shown = stop_at(
            "Fetching into", COMMAND_LINE, "weights", "fetch", "w", folder=tmp_path, HF_ENDPOINT=hub
        )
    assert code == 130
    assert shown.endswith("Stopped by Ctrl-C.\n")
