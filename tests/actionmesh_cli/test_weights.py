import socket
from pathlib import Path

import pytest

pytest.importorskip("huggingface_hub", reason="make lint's and the container's packages have it")

from actionmesh_wrapper.weights import REPOSITORIES
from actionmesh_wrapper.weights.table import chosen
from tests.programs import COMMAND_LINE, finish, stop_at
from tests.weights.hub import Hub, serving
from tests.weights.laid import safetensors

[ACTIONMESH] = [item for item in REPOSITORIES if item.folder == "ActionMesh"]  # no hash of it is pinned
CONTENTS = {
    ACTIONMESH.name: {
        name: b"{}" if name.endswith(".json") else safetensors(("w",), 64) for name in ACTIONMESH.files
    }
}


def test_fetch_verify_and_list(tmp_path: Path) -> None:
    with serving(Hub((ACTIONMESH,), files=CONTENTS)) as hub:
        fetched = finish(
            COMMAND_LINE, "weights", "fetch", "w", "--only", "ActionMesh", folder=tmp_path, HF_ENDPOINT=hub
        )
    assert (fetched.stderr, fetched.returncode) == ("Fetching into w: ActionMesh.\n", 0)
    assert "ActionMesh (facebook/ActionMesh@fb69228b): fetched, " in fetched.stdout
    verified = finish(COMMAND_LINE, "weights", "verify", "w", "--only", "ActionMesh", folder=tmp_path)
    assert (verified.stderr, verified.returncode) == ("", 0)
    listed = finish(COMMAND_LINE, "weights", "list", folder=tmp_path, WEIGHTS_DIR="w")
    assert (listed.stderr, listed.returncode) == ("", 0)
    lines = listed.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [item.folder for item in chosen((), tmp_path)]
    assert lines[0].endswith("B  there")
    all_of_them = finish(COMMAND_LINE, "weights", "verify", "w", folder=tmp_path)
    assert all_of_them.returncode == 1
    assert "TripoSG (VAST-AI/TripoSG@2c1c516d): not found in w" in all_of_them.stderr


def test_an_unknown_repository_is_refused(tmp_path: Path) -> None:
    done = finish(COMMAND_LINE, "weights", "list", "w", "--only", "x", folder=tmp_path)
    assert done.returncode == 2
    assert "'x' is not one of 'ActionMesh'" in done.stderr


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = finish(
        COMMAND_LINE, "weights", "fetch", "file/w", folder=tmp_path, HF_ENDPOINT="http://127.0.0.1:9"
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[1:] == ["file/w cannot be written: Not a directory."]


def test_ctrl_c_ends_a_fetch_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls, and never answers
        hub = f"http://127.0.0.1:{silent.getsockname()[1]}"
        code, shown = stop_at(
            "Fetching into", COMMAND_LINE, "weights", "fetch", "w", folder=tmp_path, HF_ENDPOINT=hub
        )
    assert code == 130
    assert "Traceback" not in shown
