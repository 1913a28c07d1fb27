import sys
from pathlib import Path

import pytest

from actionmesh_wrapper.host import Host
from actionmesh_wrapper.weights import SearchPath, Weights, find
from actionmesh_wrapper.weights.marker import MARKER, Marker
from tests.weights.laid import CUTTER, SHAPES, TABLE, TRACKER, in_cache, in_folder


def places(tmp_path: Path) -> SearchPath:
    return SearchPath((tmp_path / "own", tmp_path / "volume"), (tmp_path / "runpod", tmp_path / "hub"))


def test_each_repository_is_found_where_it_lies(tmp_path: Path) -> None:
    shapes = in_folder(tmp_path / "volume", SHAPES)
    cutter = in_cache(tmp_path / "runpod", CUTTER)
    tracker = in_cache(tmp_path / "hub", TRACKER)
    weights = find(places(tmp_path), TABLE)
    assert weights.paths == {"Shapes": shapes, "Cutter": cutter, "Tracker": tracker}
    assert (weights.missing, weights.absent) == ((), {})


def test_the_first_place_counts(tmp_path: Path) -> None:
    own = in_folder(tmp_path / "own", SHAPES)
    in_folder(tmp_path / "volume", SHAPES)
    in_cache(tmp_path / "hub", SHAPES)
    assert find(places(tmp_path), (SHAPES,)).paths == {"Shapes": own}


def test_a_place_that_is_not_whole_is_passed_over(tmp_path: Path) -> None:
    Marker.remove(in_folder(tmp_path / "own", SHAPES))
    (tmp_path / "volume" / "Shapes").mkdir(parents=True)
    hub = in_cache(tmp_path / "hub", SHAPES)
    assert find(places(tmp_path), (SHAPES,)).paths == {"Shapes": hub}


def test_a_cache_may_write_names_small(tmp_path: Path) -> None:
    snapshot = in_cache(tmp_path / "runpod", SHAPES, small=True)
    assert find(places(tmp_path), (SHAPES,)).paths == {"Shapes": snapshot}


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_folder(tmp_path / "own", SHAPES)
    monkeypatch.chdir(tmp_path)
    assert find(SearchPath((Path("own"),), ()), (SHAPES,)).paths == {"Shapes": tmp_path / "own" / "Shapes"}


def test_what_is_nowhere_is_said_with_the_places(tmp_path: Path) -> None:
    weights = find(places(tmp_path), (TRACKER,))
    looked = ", ".join(str(tmp_path / name) for name in ("own", "volume", "runpod", "hub"))
    assert (weights.paths, weights.missing) == ({}, (TRACKER,))
    assert weights.absent == {"Tracker": f"not found in {looked}"}


def test_why_a_place_does_not_do(tmp_path: Path) -> None:
    half = in_folder(tmp_path / "own", SHAPES)
    Marker.remove(half)
    other = in_folder(tmp_path / "volume", SHAPES)
    Marker("acme/Shapes", "f" * 40, {}).write(other)
    snapshot = in_cache(tmp_path / "runpod", SHAPES)
    (snapshot / "config.json").unlink()
    others = tmp_path / "hub/models--acme--Shapes/snapshots"
    (others / ("e" * 40)).mkdir(parents=True)
    assert find(places(tmp_path), (SHAPES,)).absent["Shapes"].split("; ") == [
        f"{half}: it is half-downloaded or was not fetched by builder/fetch_weights.py",
        f"{other}: it has acme/Shapes@{'f' * 40}",
        f"{snapshot}: config.json: missing",
        f"{others / ('a' * 40)}: another revision is there",
    ]


def test_a_link_whose_blob_is_not_there_yet_is_missing(tmp_path: Path) -> None:
    snapshot = in_cache(tmp_path / "hub", SHAPES)
    (snapshot / "config.json").resolve().unlink()
    assert find(places(tmp_path), (SHAPES,)).absent["Shapes"] == f"{snapshot}: config.json: missing"


def test_a_damaged_marker_is_said(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "own", SHAPES)
    (folder / MARKER).write_text("{")
    assert find(places(tmp_path), (SHAPES,)).absent["Shapes"] == f"{folder}: {MARKER} is damaged"


def test_the_revision_is_that_of_all_that_were_found(tmp_path: Path) -> None:
    in_folder(tmp_path / "own", SHAPES)
    in_folder(tmp_path / "own", TRACKER)
    assert find(places(tmp_path), TABLE).revision == "aaaaaaaa-cccccccc"
    assert Weights({"RMBG": Path("/x"), "ActionMesh": Path("/y")}).revision == "fb69228b-2ceba5a5"


def test_the_usual_places() -> None:
    volume, cached = Path("/volume/weights"), Path("/volume/hub")
    host = Host("a cloud", weights_dirs=(volume,), hub_caches=(cached,))
    own = Path(sys.prefix, "share/actionmesh-worker")
    home = Path.home() / ".cache/huggingface/hub"
    assert SearchPath.usual(None, None) == SearchPath((Path("/weights"), own), (home,))
    assert SearchPath.usual(None, None, host) == SearchPath((Path("/weights"), own, volume), (cached, home))
    assert SearchPath.usual(Path("/w"), Path("/h"), host) == SearchPath((Path("/w"),), (cached, Path("/h")))
