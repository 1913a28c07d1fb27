import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

pytest.importorskip("huggingface_hub", reason="make lint's and the container's packages have it")
from huggingface_hub import HfApi, constants

from actionmesh_wrapper.weights import Repository, SearchPath, fetch, find
from actionmesh_wrapper.weights import verify as verify_found
from actionmesh_wrapper.weights.marker import MARKER, Marker
from tests.weights.hub import Handler, Hub, serving
from tests.weights.laid import CUTTER, FILES, SHAPES, TABLE, TRACKER, in_folder

BIG = ("acme/Shapes", "vae/model.safetensors")


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that the real huggingface_hub talks to."""
    hub = Hub(TABLE)
    with serving(hub) as hub.address:
        yield hub


@pytest.fixture(autouse=True)
def _no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no token"))
    monkeypatch.setattr(fetch, "SECRET", tmp_path / "no secret")


def run(hub: Hub, folder: Path, *table: Repository, token: str | None = None) -> list[str]:
    return fetch.fetch(folder, table or TABLE, token, endpoint=hub.address)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_is_fetched_is_what_is_read_and_the_worker_takes_it(tmp_path: Path, hub: Hub) -> None:
    told: list[str] = []
    assert fetch.fetch(tmp_path, TABLE, endpoint=hub.address, tell=told.append) == []
    for repository in TABLE:
        assert names(tmp_path / repository.folder) == {*repository.files, MARKER}
    weights = find(SearchPath((tmp_path,), ()), TABLE)
    assert weights.missing == ()
    verify_found(weights)
    assert {(name, file) for name, file, _ in hub.asked} == {
        (name, file) for name, files in FILES.items() for file in files
    }
    size = sum(len(data) for data in FILES["acme/Tracker"].values())
    assert f"Tracker (acme/Tracker@cccccccc): fetched, {size:,} bytes" in told


def test_only_what_was_asked_for_is_fetched(tmp_path: Path, hub: Hub) -> None:
    assert run(hub, tmp_path, CUTTER, TRACKER) == []
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
    assert run(hub, tmp_path, SHAPES, CUTTER) == []


def test_a_cut_fetch_leaves_no_marker_and_goes_on_where_it_stopped(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 65_536)  # what a cut may lose at most
    hub.cuts[BIG] = 300_000
    [problem] = run(hub, tmp_path, SHAPES)
    assert problem.endswith("start the fetch again, it goes on where it stopped")
    assert Marker.read(tmp_path / "Shapes") is None
    assert "half-downloaded" in find(SearchPath((tmp_path,), ()), (SHAPES,)).absent["Shapes"]
    assert run(hub, tmp_path, SHAPES) == []
    first, second = (start for name, file, start in hub.asked if (name, file) == BIG)
    assert (first, second) == (0, 4 * 65_536)
    verify_found(find(SearchPath((tmp_path,), ()), (SHAPES,)))


def test_what_is_there_is_not_fetched_again(tmp_path: Path, hub: Hub) -> None:
    in_folder(tmp_path, SHAPES)
    assert run(hub, tmp_path, SHAPES) == []
    assert hub.asked == []


def test_what_is_there_but_damaged_is_fetched_again(tmp_path: Path, hub: Hub) -> None:
    folder = in_folder(tmp_path, SHAPES)
    (folder / "config.json").write_bytes(b"{}")
    assert run(hub, tmp_path, SHAPES) == []
    assert (folder / "config.json").read_bytes() == FILES["acme/Shapes"]["config.json"]
    verify_found(find(SearchPath((tmp_path,), ()), (SHAPES,)))


def test_a_file_of_another_hash_is_refused_and_removed(tmp_path: Path, hub: Hub) -> None:
    hub.gives[BIG] = bytes(len(FILES["acme/Shapes"][BIG[1]]))
    [problem] = run(hub, tmp_path, SHAPES, CUTTER)
    assert problem.startswith(f"Shapes (acme/Shapes@aaaaaaaa) in {tmp_path / 'Shapes'}: {BIG[1]}: hash ")
    assert names(tmp_path / "Shapes") == {"config.json"}
    assert Marker.read(tmp_path / "Cutter") is not None  # the other one is not held up
    hub.gives.clear()
    assert run(hub, tmp_path) == []


def test_a_file_that_is_not_as_the_table_pins_it_is_refused(tmp_path: Path, hub: Hub) -> None:
    [problem] = run(hub, tmp_path, replace(CUTTER, sha256={"cut.py": "0" * 64}))
    assert "cut.py: hash " in problem
    assert Marker.read(tmp_path / "Cutter") is None


def test_a_file_that_the_hub_lacks_is_named(tmp_path: Path, hub: Hub) -> None:
    hub.lacks.add(BIG)
    assert run(hub, tmp_path, SHAPES) == [f"Shapes (acme/Shapes@aaaaaaaa): the hub has no {BIG[1]}"]
    assert names(tmp_path) == set()


def test_a_file_too_many_is_named(tmp_path: Path, hub: Hub) -> None:
    (tmp_path / "Shapes").mkdir()
    (tmp_path / "Shapes" / "pytorch_model.bin").write_bytes(b"")
    [problem] = run(hub, tmp_path, SHAPES)
    assert problem.endswith("pytorch_model.bin: not among the repository's files")
    assert Marker.read(tmp_path / "Shapes") is None


def test_a_folder_that_cannot_be_made_is_a_problem_of_its_repository(tmp_path: Path, hub: Hub) -> None:
    (tmp_path / "weights").write_bytes(b"a file")
    [problem] = run(hub, tmp_path / "weights", SHAPES)
    where = tmp_path / "weights" / "Shapes"
    assert problem == f"Shapes (acme/Shapes@aaaaaaaa): {where}: Not a directory; {fetch.AGAIN}"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "no room is left on the disk: all weights take 16 GB",
        ),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "no room is left on the disk: all weights take 16 GB"),
        (RuntimeError("Data processing error: x"), "RuntimeError: Data processing error: x"),
    ],
)
def test_a_download_that_breaks_off_names_its_repository(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def breaks(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(HfApi, "hf_hub_download", breaks)
    assert run(hub, tmp_path, SHAPES) == [f"{SHAPES}: {message}; {fetch.AGAIN}"]
    assert Marker.read(tmp_path / "Shapes") is None


def test_the_marker_comes_last(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    write = Marker.write

    def looked_at(self: Marker, folder: Path) -> None:
        seen.append(names(folder))
        write(self, folder)

    monkeypatch.setattr(Marker, "write", looked_at)
    assert run(hub, tmp_path, SHAPES) == []
    assert seen == [set(SHAPES.files)]


def test_a_gated_repository_says_what_to_do(tmp_path: Path, hub: Hub) -> None:
    hub.gated.add("acme/Cutter")
    [problem] = run(hub, tmp_path, CUTTER)
    assert problem == (
        "Cutter (acme/Cutter@bbbbbbbb): gated: log in at https://huggingface.co/acme/Cutter, accept the"
        " terms, and set HF_TOKEN to your token"
    )
    assert run(hub, tmp_path, CUTTER, token="hf_opens") == []


@pytest.mark.parametrize("empty", ["", " \n"])
@pytest.mark.parametrize("kind", ["given", "secret", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "saved"])
def test_an_empty_token_is_none_wherever_it_comes_from(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, kind: str, empty: str
) -> None:
    token = give(tmp_path, monkeypatch, kind, empty)
    assert run(hub, tmp_path / "weights", CUTTER, token=token) == []
    assert hub.bearers == {None}


@pytest.mark.parametrize("kind", ["given", "secret", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "saved"])
def test_a_token_opens_wherever_it_comes_from_beside_an_empty_secret(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    hub.gated.add("acme/Cutter")
    give(tmp_path, monkeypatch, "secret", "")
    token = give(tmp_path, monkeypatch, kind, "hf_opens\n" if kind in {"secret", "saved"} else "hf_opens")
    assert run(hub, tmp_path / "weights", CUTTER, token=token) == []


def give(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, token: str) -> str | None:
    """Has the token lie where the kind says; what is to be handed to the fetch itself."""
    if kind == "given":
        return token
    if kind.isupper():
        monkeypatch.setenv(kind, token)
        return None
    (folder / kind).write_text(token)
    if kind == "secret":
        monkeypatch.setattr(fetch, "SECRET", folder / kind)
    else:
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(folder / kind))
    return None


def test_a_wrong_token_is_named_as_the_cause(tmp_path: Path, hub: Hub) -> None:
    [problem] = run(hub, tmp_path, CUTTER, token="hf_old")
    assert problem == (
        "Cutter (acme/Cutter@bbbbbbbb): the hub refuses the token: it is wrong or has expired; what is not"
        " gated needs none"
    )


@pytest.mark.parametrize(
    ("unknown", "message"),
    [
        (
            replace(TRACKER, name="acme/Nothing"),
            "the hub has no such repository, or hides it from you: HF_TOKEN may help",
        ),
        (replace(TRACKER, revision="d" * 40), "the hub has no such revision"),
    ],
)
def test_what_the_hub_does_not_know(tmp_path: Path, hub: Hub, unknown: Repository, message: str) -> None:
    assert run(hub, tmp_path, unknown) == [f"{unknown}: {message}"]


def test_a_hub_out_of_reach_is_said_in_plain_words(tmp_path: Path, hub: Hub) -> None:
    with serving(hub) as address:
        pass  # nobody answers there any more
    assert fetch.fetch(tmp_path, (TRACKER,), endpoint=address) == [
        f"{TRACKER}: {address} could not be reached: is there a network? {fetch.AGAIN}"
    ]


def test_a_folder_that_was_found_wrong_has_no_marker_until_it_is_right(tmp_path: Path, hub: Hub) -> None:
    assert run(hub, tmp_path, SHAPES) == []
    (tmp_path / "Shapes" / BIG[1]).write_bytes(b"broken")
    assert len(fetch.fetch(tmp_path, (SHAPES,), endpoint="http://127.0.0.1:9")) == 1
    assert not (tmp_path / "Shapes" / MARKER).exists()
    assert run(hub, tmp_path, SHAPES) == []


def test_a_hub_that_answers_for_another_revision_is_refused(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.heads[TRACKER.name] = ("e" * 40, FILES[TRACKER.name])
    listing = hub.listing
    monkeypatch.setattr(hub, "listing", lambda repository, _asked: listing(repository, None))
    assert run(hub, tmp_path, TRACKER) == [f"{TRACKER}: the hub answers for revision {'e' * 40}"]
    assert hub.asked == []


@pytest.mark.parametrize("token", ["hf_secret\u20ac", "hf_sec\nret"])
def test_a_token_that_no_header_can_have_is_not_shown(tmp_path: Path, hub: Hub, token: str) -> None:
    assert run(hub, tmp_path, CUTTER, token=token) == [
        f"{CUTTER}: HF_TOKEN, or the token that is given, has characters that no token has"
    ]
