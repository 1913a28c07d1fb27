"""The page's examples are those that the script makes."""

import json
from hashlib import sha256

import pytest

from actionmesh_wrapper.contract.result import Result
from builder import make_examples
from builder.example_clips import EXAMPLES, Example
from builder.make_examples import PUBLIC


def test_the_page_lists_them() -> None:
    assert json.loads((PUBLIC / "index.json").read_text("utf-8")) == make_examples.index()
    folders = {path.name for path in PUBLIC.iterdir() if path.is_dir()}
    assert folders == {example.name for example in EXAMPLES} | {"first"}
    assert sum(path.stat().st_size for path in PUBLIC.rglob("*.*")) <= make_examples.LARGEST


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_has_what_its_result_names(example: Example) -> None:
    folder = PUBLIC / example.name
    result = Result.model_validate_json((folder / "result.json").read_text("utf-8"))
    assert result.engine == "silhouette"
    named = {file.name for file in result.files.all()}
    assert {path.name for path in folder.iterdir()} == named | {
        f"clip{example.suffix}",
        "poster.webp",
        "result.json",
    }
    for file in result.files.all():
        assert sha256((folder / file.name).read_bytes()).hexdigest() == file.sha256
