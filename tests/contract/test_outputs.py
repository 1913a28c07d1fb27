from pkgutil import resolve_name

import pytest

from actionmesh_wrapper.contract.output_kind import OutputKind
from actionmesh_wrapper.contract.outputs import (
    CHOICES,
    FILES,
    KINDS,
    fields,
    file_of,
    holds_many,
    media_type,
)
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.request import Request
from actionmesh_wrapper.contract.result import File, Files
from actionmesh_wrapper.data.writing import Written

SHA = "0" * 64


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_has_a_writer(kind: OutputKind) -> None:
    assert callable(resolve_name(kind.writer))


def test_a_name_is_of_one_kind_alone() -> None:
    for file in FILES:
        assert [row for row in FILES if file_of(row.example) is file] == [file]
    assert file_of("mesh_0000.glb") is None
    assert file_of("result.json") is None


def test_priorities_differ_and_the_archive_is_written_last() -> None:
    assert len({kind.priority for kind in KINDS}) == len(KINDS)
    assert (KINDS[-1].name, KINDS[-1].stage) == ("archive", "preview")


def test_a_kind_is_asked_for_by_name_or_by_a_switch_of_the_request() -> None:
    assert {kind.option for kind in KINDS} - {None} <= set(Recipe.model_fields)
    schema = Request.model_json_schema()["properties"]["outputs"]
    assert tuple(schema["items"]["enum"]) == CHOICES
    assert set(schema["default"]) == {"meshes", "animated_mesh", "preview"}
    assert all(kind.about in schema["description"] for kind in KINDS if kind.option is None)


def test_the_results_fields_are_the_kinds() -> None:
    assert list(Files.model_fields) == list(fields())
    named = [File(name=file.example, url=None, bytes=1, sha256=SHA) for file in FILES]
    files = Files.of(reversed(named))
    expected = [row.example for rows in fields().values() for row in reversed(rows)]
    assert [file.name for file in files.all()] == expected
    for name, rows in fields().items():
        assert isinstance(getattr(files, name), tuple) is holds_many(rows)
    assert Files.of([]).all() == ()


def test_files_are_changed_one_by_one() -> None:
    files = Files.of(File(name=file.example, url=None, bytes=1, sha256=SHA) for file in FILES)
    changed = files.changed(lambda file: file.model_copy(update={"url": f"https://a/{file.name}"}))
    assert [file.url for file in changed.all()] == [f"https://a/{file.name}" for file in files.all()]


def test_results_of_older_workers_can_be_read() -> None:
    older: dict[str, object] = {"meshes": [], "animated_mesh": None, "preview": None, "archive": None}
    assert Files.model_validate(older).all() == ()
    with pytest.raises(ValueError, match="archive"):
        Files.model_validate({name: value for name, value in older.items() if name != "archive"})


def test_media_types() -> None:
    assert media_type("anchor_mesh.glb") == "model/gltf-binary"
    assert media_type("obj_sequence.zip") == "application/zip"
    assert media_type("animated_mesh.abc") == media_type("animated_mesh.fbx") == "application/octet-stream"
    assert media_type("result.json") == "application/json"
    assert media_type("notes.txt") == "application/octet-stream"


def test_what_was_written_adds_up() -> None:
    one, other = Written(result_fields={"a": 1}), Written(result_fields={"b": 2})
    assert (one | other).result_fields == {"a": 1, "b": 2}
