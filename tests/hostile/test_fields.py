"""Ids, and everything in the place of a field's value."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from actionmesh_wrapper.contract.request import Request
from tests.hostile.scene import PUBLIC, Case, Scene

Judge = Callable[[Case], None]

IDS = {
    "upwards": "../../../etc/passwd",
    "upwards on Windows": "..\\..\\windows",
    "upwards, escaped": "%2e%2e%2f",
    "here": ".",
    "above": "..",
    "hidden": ".ssh",
    "absolute": "/etc/cron.d/job",
    "a home": "~/.bashrc",
    "a variable": "$HOME",
    "a command": "`id`; $(id) | id & rm -rf *",
    "an option": "-rf",
    "two options": "--help",
    "a NUL": "job\0.glb",
    "newlines": "job\r\nX-Header: 1\n\nbody",
    "escapes": "\x1b[2J\x1b]0;job\x07",
    "nothing": "",
    "a space": " ",
    "10,000 letters": "a" * 10_000,
    "10,000 slashes": "/" * 10_000,
    "a name as long as may be": "a" * 100,
    "a name too long by one": "a" * 101,
    "emoji": "😀" * 100,
    "half an emoji": "job\ud83d",
    "right to left": "\u202egpj.boj",
    "letters with accents": "jöb",
    "the same, composed": "jo\u0308b",
    "a device of Windows": "con",
    "another, with an ending": "NUL.txt",
    "a trailing dot": "job.",
    "an alternate stream": "job:stream",
    "a format": "%s%n{0}{job.__class__}",
    "SQL": "'; DROP TABLE jobs; --",
    "HTML": "<script>alert(1)</script>",
    "our mark": ".actionmesh-job",
    "a result's name": "result.json",
}
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
# None of these is a value of any field, but for those below.
WRONG: Mapping[str, Any] = {
    "NaN": float("nan"),
    "infinity": float("inf"),
    "minus infinity": float("-inf"),
    "a huge integer": 10**4000,
    "a huge negative integer": -(10**4000),
    "a large float": 1e308,
    "a small text": "x",
    "a megabyte of text": "x" * 1_000_000,
    "a text of NUL": "\0",
    "half an emoji": "\ud83d",
    "a list of 100,000": [0] * 100_000,
    "a list of lists": [[[]]] * 1000,
    "deep nesting": DEEP,
    "an object": {"__class__": "x", "": {}},
    "an object of 100,000": {str(n): n for n in range(100_000)},
    "a negative number": -1,
}
# Any text of letters may be base64, and any number that is not negative an end.
MAY: Mapping[str, str] = {
    "video_base64": "INVALID_BASE64|NOT_A_VIDEO",
    "mesh_base64": "INVALID_BASE64|NOT_A_MESH",
    "end_s": "COMPLETED",
}
INPUTS: Mapping[str, Callable[[Scene], object]] = {
    "null": lambda _: None,
    "a number": lambda _: 1,
    "a text": lambda _: "https://server.test/video.mp4",
    "a list": lambda scene: [scene.good],
    "nothing": lambda _: {},
    "an input in an input": lambda scene: {"input": scene.good},
    "no video": lambda _: {"outputs": ["animated_mesh"]},
    "two videos": lambda scene: scene.good | {"video_url": "http://server.test/"},
    "two meshes": lambda scene: scene.good | {"mesh_url": "http://server.test/", "mesh_base64": "AAAA"},
    "videos of null": lambda _: {"video_url": None, "video_base64": None},
    "an unknown field": lambda scene: scene.good | {"frames": 16},
    "a field in capitals": lambda scene: scene.good | {"SEED": 1},
    "a field of the class": lambda scene: scene.good | {"__init__": 1, "model_config": {}, "__class__": "x"},
    "a field of no name": lambda scene: scene.good | {"": 1},
    "a field of half an emoji": lambda scene: scene.good | {"\ud83d": 1},
    "a field of a megabyte": lambda scene: scene.good | {"x" * 1_000_000: 1},
    "a field of escapes": lambda scene: scene.good | {"\x1b[2J\r\n": 1},
    "100,000 fields": lambda scene: scene.good | {f"field {n}": n for n in range(100_000)},
    "a path for a video": lambda _: {"video_url": "/etc/passwd"},
    "a folder of ours": lambda scene: scene.good | {"output_dir": "/etc", "jobs_dir": "/etc"},
    "true for a number": lambda scene: scene.good | {"seed": True},
    "a text for a number": lambda scene: scene.good | {"seed": "1"},
    "a number for a truth": lambda scene: scene.good | {"cache": 2},
    "too many points": lambda scene: scene.good | {"subject_points": [[0, 0, True]] * 33},
    "a point outside": lambda scene: scene.good | {"subject_points": [[0, 1.001, True]]},
    "a point of NaN": lambda scene: scene.good | {"subject_points": [[0, float("nan"), True]]},
    "a point of two": lambda scene: scene.good | {"subject_points": [[0, 0]]},
    "a box outside": lambda scene: scene.good | {"subject_box": [0, 0, 1, 2]},
    "a box outside on the left": lambda scene: scene.good | {"subject_box": [-1, 0, 1, 1]},
    "a box of nothing": lambda scene: scene.good | {"subject_box": [0.5, 0, 0.5, 1]},
    "a box inside out": lambda scene: scene.good | {"subject_box": [1, 1, 0, 0]},
    "a box of NaN": lambda scene: scene.good | {"subject_box": [float("nan")] * 4},
    "a box of five": lambda scene: scene.good | {"subject_box": [0, 0, 1, 1, 1]},
    "an end before its start": lambda scene: scene.good | {"start_s": 2, "end_s": 1},
    "a start after the end": lambda scene: scene.good | {"start_s": 1e300},
    "an output that there is not": lambda scene: scene.good | {"outputs": ["../../etc/passwd"]},
    "no outputs": lambda scene: scene.good | {"outputs": []},
    "an anchor beyond the frames": lambda scene: scene.good | {"anchor_idx": 16},
    "100,000 outputs": lambda scene: scene.good | {"outputs": ["usd"] * 100_000},
    "the same output 33 times": lambda scene: scene.good | {"outputs": ["animated_mesh"] * 33},
    "three million outputs": lambda scene: scene.good | {"outputs": [0] * 3_000_000},
    "three million points": lambda scene: scene.good | {"subject_points": [[2, 2, 5]] * 3_000_000},
}
GOOD: Mapping[str, Mapping[str, Any]] = {
    "an end far away": {"end_s": 1e308},
    "a rate that nothing has": {"fps": 119.999, "end_s": 1e300},
    "the same output twice": {"outputs": ["animated_mesh"] * 2},
    "the same output 32 times": {"outputs": ["animated_mesh"] * 32},
    "the largest seed": {"seed": 2**32 - 1},
    "a whole number as a float": {"start_s": 0},
    "a box of all": {"subject_box": [0, 0, 1, 1]},
    "nulls": dict.fromkeys(["end_s", "fps", "stage_0_steps", "subject_box", "subject_points", "mesh_url"]),
}
S3: Mapping[str, tuple[str, Any]] = {
    "nothing": ("INVALID_INPUT", {}),
    "a text": ("INVALID_INPUT", "s3://bucket"),
    "100,000 fields": ("INVALID_INPUT", {f"field {n}": f"hunter2-of-a-caller {n}" for n in range(100_000)}),
    "a field of a megabyte": ("INVALID_INPUT", {"accessId": "x" * 1_000_000}),
    "a list": ("INVALID_INPUT", []),
    "an unknown field": ("INVALID_INPUT", {"role": "arn:aws:iam::1:role/admin"}),
    "a bucket of another type": ("INVALID_INPUT", {"bucketName": 1}),
    "an empty key": ("INVALID_INPUT", {"accessId": ""}),
    "an empty bucket": ("INVALID_INPUT", {"bucketName": ""}),
    "a file": ("INVALID_INPUT", {"endpointUrl": "file:///etc/passwd"}),
    "no address": ("INVALID_INPUT", {"endpointUrl": "s3.server.test"}),
    "plain http": ("URL_NOT_ALLOWED", {"endpointUrl": "http://server.test"}),
    **{
        f"https at {host}": ("URL_NOT_ALLOWED", {"endpointUrl": f"https://{host}"})
        for host in (
            "127.0.0.1",
            "10.0.0.1:9000",
            "169.254.169.254",
            "[::1]",
            "2130706433",
            "localhost",
            "inside.test",
        )
    },
    "the bucket as a private host": (
        "URL_NOT_ALLOWED",
        {"bucketName": "bucket", "endpointUrl": "https://bucket.inside.test"},
    ),
    "a bucket in a private host": ("URL_NOT_ALLOWED", {"endpointUrl": "https://10.0.0.1/results"}),
    "credentials": (
        "URL_NOT_ALLOWED|INVALID_INPUT",
        {"endpointUrl": "https://user:hunter2-of-a-caller@10.0.0.1"},
    ),
    "an unknown host": ("STORAGE_FAILED", {"endpointUrl": "https://nowhere.test"}),
    **{
        name: ("INVALID_INPUT", {"bucketName": bucket})
        for name, bucket in {
            "a bucket that is a path": "../../x",
            "a bucket that is a host": "10.0.0.1/x?",
            "a bucket that is an address": "10.0.0.1",
            "a bucket with a line's end": "results\n",
            "an access point's ARN": "arn:aws:s3:us-west-2:123456789012:accesspoint/inside",
            "an outpost's ARN": "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-0:accesspoint:inside",
            "a directory bucket": "inside--usw2-az1--x-s3",
            "an access point's alias": "inside-12345-s3alias",
        }.items()
    },
    "a region that is a host": ("INVALID_INPUT", {"region": "x.inside.test/"}),
}
SOUND_S3 = {
    "accessId": "hunter2-of-a-caller",
    "accessSecret": "hunter2-of-a-caller",
    "bucketName": "results",
    "endpointUrl": "https://server.test",
}


@pytest.mark.parametrize("name", IDS)
def test_any_id_is_good(judge: Judge, name: str) -> None:
    judge(Case(name, None, lambda scene: scene.good, job_id=IDS[name]))


def changed(fields: dict[str, Any], scene: Scene) -> object:
    return scene.good | fields


@pytest.mark.parametrize("field", Request.model_fields)
def test_wrong_values(judge: Judge, field: str) -> None:
    code = f"INVALID_INPUT|{MAY[field]}" if field in MAY else "INVALID_INPUT"
    for name, value in WRONG.items():
        judge(Case(name, code, partial(changed, {field: value})))


@pytest.mark.parametrize("name", INPUTS)
def test_wrong_inputs(judge: Judge, name: str) -> None:
    judge(Case(name, "INVALID_INPUT", INPUTS[name]))


@pytest.mark.parametrize("name", GOOD)
def test_odd_but_good(judge: Judge, name: str) -> None:
    judge(Case(name, "COMPLETED|VIDEO_TOO_SHORT", lambda scene: {**scene.good, **GOOD[name]}))


@pytest.mark.parametrize("name", S3)
def test_a_bucket(judge: Judge, scene: Scene, name: str) -> None:
    scene.names.answers["inside.test"] = scene.names.answers["bucket.inside.test"] = [["10.1.2.3"]]
    code, fields = S3[name]
    config = SOUND_S3 | fields if isinstance(fields, dict) and fields else fields
    judge(Case(name, code, lambda scene: scene.good, s3_config=config, seconds=30))
    assert all(address == scene.names.answers["server.test"][0][0] for address, _ in scene.reached)


def test_a_bucket_whose_name_turns_private(judge: Judge, scene: Scene) -> None:
    scene.names.answers["rebinding.test"] = [[PUBLIC], ["10.1.2.3"]]
    config = SOUND_S3 | {"endpointUrl": "https://rebinding.test"}
    judge(Case("rebinding", "URL_NOT_ALLOWED", lambda scene: scene.good, s3_config=config))
    assert scene.names.asked == ["rebinding.test"] * 2
    assert scene.reached == []
