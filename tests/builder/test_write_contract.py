import json
from pathlib import Path

import jsonschema
import pytest

from actionmesh_wrapper import errors
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.contract.result import Result
from builder import write_contract

ROOT = write_contract.ROOT
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("path", write_contract.published())
def test_what_is_published_is_the_codes(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == write_contract.published()[path]


def test_readmes_tables_are_the_models() -> None:
    assert write_contract.readme(README) == README


def test_a_table_without_its_place_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="<!-- request -->"):
        write_contract.readme("nothing")


def test_readme_has_every_error_code() -> None:
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, errors.JobError):
            assert f"`{error.code}`" in README


def test_test_input_is_a_request() -> None:
    job = json.loads((ROOT / "test_input.json").read_text())
    assert parse(job["input"], Request).num_frames == 16
    schema = json.loads((ROOT / "schema/request.schema.json").read_text())
    jsonschema.validate(job["input"], schema)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"video_base64": "a", "x": 1},
        {"video_base64": "a", "video_url": "https://a/"},
        {"seed": -1},
        {"video_base64": "a", "mesh_url": "https://a/", "mesh_base64": "a"},
        {"mesh_base64": "a"},
    ],
)
def test_the_schema_refuses_what_the_model_refuses(data: dict[str, object]) -> None:
    schema = json.loads((ROOT / "schema/request.schema.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)
    with pytest.raises(errors.InvalidInput):
        parse(data, Request)


def test_readmes_example_of_a_result_has_the_results_fields() -> None:
    start = README.index("```json\n", README.index("## Result"))
    example = json.loads(README[start + 8 : README.index("```", start + 8)])
    assert set(example) == set(Result.model_fields)
    assert set(example["files"]) == {"meshes", "animated_mesh", "preview", "archive"}


def test_readme_names_files_that_exist() -> None:
    for path in ("schema/request.schema.json", "ARCHITECTURE.md", "bench/README.md", "docs/sample.webp"):
        assert f"({path})" in README
        assert (ROOT / Path(path)).is_file()
