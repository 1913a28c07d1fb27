import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

pytest.importorskip("huggingface_hub", reason="make lint's and the container's packages have it")
from huggingface_hub import constants

from actionmesh_wrapper.weights import Repository, SearchPath, find, verify
from actionmesh_wrapper.weights.marker import MARKER, Marker
from builder import fetch_weights
from tests.builder.hub import Handler, Hub, serving
from tests.weights.laid import CUTTER, FILES, SHAPES, TABLE, TRACKER, in_folder

BIG = ("acme/Shapes", "vae/model.safetensors")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that the real huggingface_hub talks to."""
    hub = Hub(TABLE)
    with serving(hub) as hub.address:
        yield hub


def run(hub: Hub, folder: Path, *arguments: str, table: tuple[Repository, ...] = TABLE) -> int:
    return fetch_weights.main([str(folder), "--endpoint", hub.address, *arguments], table)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_is_fetched_is_what_is_read_and_the_worker_takes_it(tmp_path: Path, hub: Hub) -> None:
    assert run(hub, tmp_path) == 0
    for repository in TABLE:
        assert names(tmp_path / repository.folder) == {*repository.files, MARKER}
    weights = find(SearchPath((tmp_path,), ()), TABLE)
    assert weights.missing == ()
    verify(weights)
    assert {(name, file) for name, file, _ in hub.asked} == {
        (name, file) for name, files in FILES.items() for file in files
    }


def test_only_what_was_asked_for_is_fetched(tmp_path: Path, hub: Hub) -> None:
    assert run(hub, tmp_path, "--only", "Cutter", "Tracker") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"Cutter", "Tracker"}


def test_repositories_are_fetched_beside_each_other(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(2, timeout=20)
    answer = Handler.answer

    def both_at_once(self: Handler, *, body: bool) -> None:
        if self.path.startswith("/api/models/"):
            together.wait()
        answer(self, body=body)

    monkeypatch.setattr(Handler, "answer", both_at_once)
    assert run(hub, tmp_path, "--only", "Shapes", "Cutter") == 0


def test_a_cut_fetch_leaves_no_marker_and_goes_on_where_it_stopped(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 65_536)  # what a cut may lose at most
    hub.cuts[BIG] = 300_000
    assert run(hub, tmp_path, "--only", "Shapes") == 1
    assert "start the fetch again, it goes on where it stopped" in capsys.readouterr().err
    assert Marker.read(tmp_path / "Shapes") is None
    assert "half-downloaded" in find(SearchPath((tmp_path,), ()), (SHAPES,)).absent["Shapes"]
    assert run(hub, tmp_path, "--only", "Shapes") == 0
    first, second = (start for name, file, start in hub.asked if (name, file) == BIG)
    assert (first, second) == (0, 4 * 65_536)
    verify(find(SearchPath((tmp_path,), ()), (SHAPES,)))


def test_what_is_there_is_not_fetched_again(tmp_path: Path, hub: Hub) -> None:
    in_folder(tmp_path, SHAPES)
    assert run(hub, tmp_path, "--only", "Shapes") == 0
    assert hub.asked == []


def test_what_is_there_but_damaged_is_fetched_again(tmp_path: Path, hub: Hub) -> None:
    folder = in_folder(tmp_path, SHAPES)
    (folder / "config.json").write_bytes(b"{}")
    assert run(hub, tmp_path, "--only", "Shapes") == 0
    assert (folder / "config.json").read_bytes() == FILES["acme/Shapes"]["config.json"]
    verify(find(SearchPath((tmp_path,), ()), (SHAPES,)))


def test_a_file_of_another_hash_is_refused_and_removed(
    tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.gives[BIG] = bytes(len(FILES["acme/Shapes"][BIG[1]]))
    assert run(hub, tmp_path, "--only", "Shapes", "Cutter") == 1
    error = capsys.readouterr().err
    assert f"Shapes (acme/Shapes@aaaaaaaa) in {tmp_path / 'Shapes'}: {BIG[1]}: hash " in error
    assert names(tmp_path / "Shapes") == {"config.json"}
    assert Marker.read(tmp_path / "Cutter") is not None  # the other one is not held up
    hub.gives.clear()
    assert run(hub, tmp_path) == 0


def test_a_file_that_is_not_as_the_table_pins_it_is_refused(
    tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    pinned = replace(CUTTER, sha256={"cut.py": "0" * 64})
    assert run(hub, tmp_path, "--only", "Cutter", table=(pinned,)) == 1
    assert "cut.py: hash " in capsys.readouterr().err
    assert Marker.read(tmp_path / "Cutter") is None


def test_a_file_that_the_hub_lacks_is_named(
    tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.lacks.add(BIG)
    assert run(hub, tmp_path, "--only", "Shapes") == 1
    assert f"Shapes (acme/Shapes@aaaaaaaa): the hub has no {BIG[1]}\n" in capsys.readouterr().err
    assert names(tmp_path) == set()


def test_a_file_too_many_is_named(tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Shapes").mkdir()
    (tmp_path / "Shapes" / "pytorch_model.bin").write_bytes(b"")
    assert run(hub, tmp_path, "--only", "Shapes") == 1
    assert "pytorch_model.bin: not among the repository's files\n" in capsys.readouterr().err
    assert Marker.read(tmp_path / "Shapes") is None


def test_the_marker_comes_last(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    write = Marker.write

    def looked_at(self: Marker, folder: Path) -> None:
        seen.append(names(folder))
        write(self, folder)

    monkeypatch.setattr(Marker, "write", looked_at)
    assert run(hub, tmp_path, "--only", "Shapes") == 0
    assert seen == [set(SHAPES.files)]


def test_a_gated_repository_says_what_to_do_and_opens_with_the_secret(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.gated.add("acme/Cutter")
    assert run(hub, tmp_path / "weights", "--only", "Cutter") == 1
    said = (
        "Cutter (acme/Cutter@bbbbbbbb): its licence must be accepted on its page first, and HF_TOKEN be set"
    )
    assert said in capsys.readouterr().err
    (tmp_path / "hf_token").write_text("hf_opens\n")
    monkeypatch.setattr(fetch_weights, "TOKEN_FILE", tmp_path / "hf_token")
    assert run(hub, tmp_path / "weights", "--only", "Cutter") == 0


@pytest.mark.parametrize(
    ("unknown", "message"),
    [
        (
            replace(TRACKER, name="acme/Nothing"),
            "the hub has no such repository, or shows it to others only: HF_TOKEN may help",
        ),
        (replace(TRACKER, revision="d" * 40), "the hub has no such revision"),
    ],
)
def test_what_the_hub_does_not_know(
    tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str], unknown: Repository, message: str
) -> None:
    assert run(hub, tmp_path, table=(unknown,)) == 1
    assert capsys.readouterr().err.endswith(f"{unknown}: {message}\n")


def test_verify_fetches_nothing_and_names_all(
    tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(hub, tmp_path) == 0
    hub.asked.clear()
    assert run(hub, tmp_path, "--verify") == 0
    (tmp_path / "Shapes" / BIG[1]).unlink()
    (tmp_path / "Tracker" / MARKER).unlink()
    assert run(hub, tmp_path, "--verify") == 1
    error = capsys.readouterr().err
    assert f"{BIG[1]}: missing" in error
    assert "Tracker (acme/Tracker@cccccccc): " in error
    assert hub.asked == []


@pytest.mark.parametrize(
    ("offline", "reason"),
    [("0", "the hub has no such repository"), ("1", "HF_HUB_OFFLINE is set; a fetch needs HF_HUB_OFFLINE=0")],
)
def test_the_script_runs_by_itself_with_the_real_table(tmp_path: Path, offline: str, reason: str) -> None:
    with serving(Hub(())) as address:
        done = subprocess.run(
            [
                sys.executable,
                ROOT / "builder/fetch_weights.py",
                tmp_path / "weights",
                "--only",
                "SAM2",
                "RMBG",
            ],
            env={"PATH": os.environ["PATH"], "HF_ENDPOINT": address, "HF_HUB_OFFLINE": offline},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    rmbg, sam2 = done.stderr.splitlines()
    assert rmbg.startswith(f"RMBG (briaai/RMBG-1.4@2ceba5a5): {reason}")
    assert sam2.startswith(f"SAM2 (facebook/sam2.1-hiera-small@ee5bba1d): {reason}")
