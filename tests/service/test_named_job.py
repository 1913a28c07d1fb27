import base64
import json
from pathlib import Path

import pytest

from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.service.named_job import read_job


def test_a_job_may_be_json_a_file_of_json_or_a_video(tmp_path: Path) -> None:
    job = {"input": {"video_url": "https://example.com/a.mp4?a=b"}}
    (tmp_path / "my job.json").write_text(json.dumps(job))
    (tmp_path / "camel.mp4").write_bytes(b"\x00\x01")
    results = tmp_path / "outputs"
    assert read_job(json.dumps(job), results) == job
    from_file = read_job(str(tmp_path / "my job.json"), results)
    assert from_file["input"] == job["input"]
    assert from_file["id"].startswith("my_job--")
    video = {"video_base64": base64.b64encode(b"\x00\x01").decode()}
    assert read_job(str(tmp_path / "camel.mp4"), results) == {"id": "camel", "input": video}


def test_a_second_video_of_one_name_has_another_id(tmp_path: Path) -> None:
    (tmp_path / "camel.mp4").write_bytes(b"\x00\x01")
    (tmp_path / "outputs" / "camel").mkdir(parents=True)
    assert read_job(str(tmp_path / "camel.mp4"), tmp_path / "outputs")["id"] == "camel-2"


@pytest.mark.parametrize(
    "value",
    [
        *("{", "nowhere.mp4", "nowhere.json", "{]", "/dev/zero"),
        '{"id": 5}',
        '{"id": null}',
        '{"id": ["x"]}',
        '{"id": "\\ud800"}',
    ],
)
def test_what_is_no_job_stops_the_start(value: str) -> None:
    with pytest.raises(StartError, match="--test_input"):
        read_job(value, Path())
