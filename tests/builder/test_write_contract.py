import json
import re
from pathlib import Path

import jsonschema
import pytest

from actionmesh_wrapper import errors
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.contract.result import Result
from builder import write_contract

ROOT = write_contract.ROOT
API = (ROOT / "docs/api.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", write_contract.published())
def test_what_is_published_is_the_codes(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == write_contract.published()[path]


@pytest.mark.parametrize("page", write_contract.tables())
def test_the_tables_of_the_pages_are_the_models(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert write_contract.with_tables(page, text) == text


def test_a_table_without_its_place_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"docs/api\.md needs <!-- request -->"):
        write_contract.with_tables("docs/api.md", "nothing")


def test_the_page_has_every_error_code() -> None:
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, errors.JobError):
            assert f"`{error.code}`" in API


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


def test_the_example_of_a_result_has_the_results_fields() -> None:
    start = API.index("```json\n", API.index("## Result"))
    example = json.loads(API[start + 8 : API.index("```", start + 8)])
    assert set(example) == set(Result.model_fields)
    assert set(example["files"]) == {"meshes", "animated_mesh", "preview", "archive"}


def _anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target.read_text("utf-8")), link
