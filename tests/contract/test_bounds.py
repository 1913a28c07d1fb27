import json
import subprocess
import sys
from typing import Any

import pytest

from actionmesh_wrapper.contract.bounds import DEEPEST, LONGEST_TEXT, MOST_FIELDS, MOST_VALUES, beyond_bounds
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.errors import InvalidInput

VIDEO = {"video_base64": "AAAA"}
BYTES = 9_800_000  # of JSON; RunPod takes 10 MB

# Parses what a line of Python makes, with 64 MiB of address space and 2 s of processor time left.
LIMITED = """
import gc, resource, sys, time
from pathlib import Path
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.errors import InvalidInput
def repeated(item):
    return [item] * 3_200_000
def text(letters):
    return "x" * letters
video = {"video_base64": text(9_000_000)}
data = eval(sys.argv[1])
gc.collect()
if sys.platform == "linux":
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + (64 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
spent = time.process_time()
seconds = int(spent) + 3
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
try:
    parse(data, Request)
except InvalidInput as error:
    message = str(error)
assert time.process_time() - spent < 0.5
sys.stdout.write(message)
"""
HOSTILE = {
    "outputs of zeros": ("video | {'outputs': repeated(0)}", "outputs: more than 200 values."),
    "good outputs": ("video | {'outputs': repeated('meshes')}", "outputs: more than 200 values."),
    "points": ("video | {'subject_points': repeated([2, 2, 5])}", "subject_points: more than 200 values."),
    "a box": ("video | {'subject_box': repeated(0)}", "subject_box: more than 200 values."),
    "lists of lists": ("video | {'outputs': [[0] * 190] * 17_000}", "outputs: more than 200 values."),
    "a video of zeros": ("{'video_base64': repeated(0)}", "video_base64: more than 200 values."),
    "an object for a number": (
        "video | {'seed': {str(number): 0 for number in range(10**6)}}",
        "seed: more than 200 values.",
    ),
    "unknown fields": (
        "video | {f'field {number}': 0 for number in range(10**6)}",
        "1,000,001 fields, of which at most 100 are looked at.",
    ),
    "an unknown field of all that": ("video | {'x': repeated([0])}", "x: unknown field."),
    "a field's name": ("video | {text(9_000_000): 0}", f"{'x' * 100}…: unknown field."),
    "names in a field": (
        "video | {'mode': {text(9_000_000): 0}}",
        "mode: a text of more than 8,192 characters.",
    ),
    "a url": (
        "{'video_url': 'http://' + text(9_000_000)}",
        "video_url: a text of more than 8,192 characters.",
    ),
    "a mode": ("video | {'mode': text(9_000_000)}", "mode: a text of more than 8,192 characters."),
    "numbers of 4,300 digits": (
        "video | {'outputs': [10**4299] * 2_200}",
        "outputs: more than 200 values.",
    ),
    "a number of a million digits": (
        "video | {'seed': 1 << 33_000_000}",
        "seed: Input should be less than or equal to 4294967295.",
    ),
    "nesting": (
        "video | {'outputs': __import__('functools').reduce(lambda inner, _: [inner], range(10**5), 0)}",
        "outputs: more than 8 lists in each other.",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_takes_neither_time_nor_memory(name: str) -> None:
    body, message = HOSTILE[name]
    run = subprocess.run([sys.executable, "-c", LIMITED, body], capture_output=True, timeout=120, check=False)
    assert (run.returncode, run.stdout.decode()) == (0, f"INVALID_INPUT: {message}"), run.stderr.decode()


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 0


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("x" * LONGEST_TEXT, None),
        ("x" * (LONGEST_TEXT + 1), "a text of more than 8,192 characters"),
        ([0] * MOST_VALUES, None),
        ([0] * (MOST_VALUES + 1), "more than 200 values"),
        ([[0] * 99, [0] * 99], None),
        ([[0] * 99, [0] * 100], "more than 200 values"),
        (nested(DEEPEST), None),
        (nested(DEEPEST + 1), "more than 8 lists in each other"),
        ({"x": {"y": ["x" * (LONGEST_TEXT + 1)]}}, "a text of more than 8,192 characters"),
        ({"x" * (LONGEST_TEXT + 1): 0}, "a text of more than 8,192 characters"),
        (None, None),
        (1e308, None),
    ],
)
def test_bounds(value: object, problem: str | None) -> None:
    assert beyond_bounds({"a": value}, {"a"}) == (problem and f"a: {problem}")
    assert beyond_bounds({"a": value}, ()) is None  # the schema refuses it by its name


def test_a_file_may_be_of_any_length() -> None:
    assert beyond_bounds({"a": "x" * 1_000_000}, {"a"}, files={"a"}) is None
    assert beyond_bounds({"a": [0] * 1000}, {"a"}, files={"a"}) == "a: more than 200 values"
    assert (
        len(parse({"video_base64": "A" * BYTES, "mesh_base64": "A" * BYTES}, Request).mesh_base64 or "")
        == BYTES
    )


def test_all_that_a_good_job_may_hold_is_within_the_bounds() -> None:
    points = [[0.5, 0.5, True]] * 32
    parse(
        {"video_url": "https://a/" + "b" * 8000, "subject_points": points, "outputs": ["meshes"] * 32},
        Request,
    )
    assert len(Request.model_fields) < MOST_FIELDS


def test_no_message_is_long() -> None:
    wrong: dict[str, Any] = {name: ["x" * 40] * 66 for name in Request.model_fields}
    with pytest.raises(InvalidInput) as caught:
        parse(json.loads(json.dumps(wrong)) | {f"{'x' * 1000} {number}": 0 for number in range(50)}, Request)
    assert len(caught.value.message) < 5000
