"""RunPod's Hub: ``.runpod/hub.json`` and ``tests.json`` against the documented format, and against us.

The clip in ``tests.json`` is the sample's, smaller: ``builder.make_sample.frame(index, 256, 192)`` for all of
its frames, through ``encode_mp4`` at its rate and ``crf=28``.
"""

import json
import re
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from PIL import Image

from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.contract.request import Request, parse
from actionmesh_wrapper.errors import StartError
from actionmesh_wrapper.job.workspace import job_bytes
from actionmesh_wrapper.settings import Settings
from actionmesh_wrapper.source import fetch
from actionmesh_wrapper.video import sample
from handler import RUNPOD
from local_runpod.limits import MIB
from tests import hub_format

ROOT = Path(__file__).resolve().parent.parent
HUB = json.loads((ROOT / ".runpod/hub.json").read_text("utf-8"))
LISTING = (ROOT / ".runpod/README.md").read_text("utf-8")
TESTS = json.loads((ROOT / ".runpod/tests.json").read_text("utf-8"))
API = (ROOT / "docs/api.md").read_text("utf-8")

ROWS = re.findall(r"^\| `(\w+)` \| (\d+) GB \|", API, re.MULTILINE)
MEMORY_GB = {str(mode): int(size) for mode, size in ROWS}  # of a GPU, by mode
SETTINGS = {str(field.alias): field for field in Settings.model_fields.values()}
ENV = {entry["key"]: entry["input"] for entry in HUB["config"]["env"]}
# What nobody deploys with.
NOT_OFFERED = {
    "BLENDER_PATH",  # no image has Blender
    "BUCKET_PRIVATE_LINKS",  # RunPod reaches no private network
    "HF_HOME",  # the image's own, as the next three
    "HF_HUB_CACHE",
    "JOBS_DIR",
    "WEIGHTS_CHECK",
    "OUTPUT_DIR",  # for a machine that is not on RunPod, as the next
    "PORT",
    "PREVIEW_RENDERER",  # auto is right on RunPod, and the hub's image has no PyTorch3D
}
BUCKET = {"BUCKET_NAME": "b", "BUCKET_ACCESS_KEY_ID": "id", "BUCKET_SECRET_ACCESS_KEY": "s"}


def test_both_files_are_in_the_documented_format() -> None:
    jsonschema.validate(HUB, hub_format.HUB)
    jsonschema.validate(TESTS, hub_format.TESTS)


def with_config(**changes: Any) -> dict[str, Any]:
    return {**HUB, "config": HUB["config"] | changes}


def with_input(**given: Any) -> dict[str, Any]:
    return with_config(env=[{"key": "A", "input": {"name": "A", "description": "a"} | given}])


def test_the_format_takes_every_kind_of_input() -> None:
    for kind, default in (("string", "a"), ("huggingface", "a/b"), ("number", 1), ("boolean", True)):
        jsonschema.validate(with_input(type=kind, default=default), hub_format.HUB)


@pytest.mark.parametrize(
    "wrong",
    [
        HUB | {"catgeory": "video"},
        HUB | {"category": "3d"},
        with_config(runsOn="CPU"),
        with_config(gpuIds=""),
        with_config(containerDiskInGb="40"),
        with_config(allowedCudaVersions=["13"]),
        with_config(env=[{"key": "A"}]),
        with_config(env=[{"key": "A", "value": "b", "input": {}}]),
        with_input(type="string", max=1),
        with_input(type="number", default=""),
        with_input(type="text"),
        with_config(presets=[{"name": "A"}]),
    ],
)
def test_the_format_refuses_what_the_hub_would(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, hub_format.HUB)


def test_the_hub_finds_what_it_needs() -> None:
    for name in ("handler.py", "Dockerfile", "README.md"):
        assert (ROOT / name).is_file()


def test_every_setting_is_offered_once_or_is_nobodys_to_set() -> None:
    keys = [entry["key"] for entry in HUB["config"]["env"]]
    assert len(set(keys)) == len(keys)
    assert set(keys) | NOT_OFFERED == set(SETTINGS)
    assert set(keys) & NOT_OFFERED == set()


@pytest.mark.parametrize("key", ENV)
def test_a_variable_is_described_and_preset_as_in_the_settings(key: str) -> None:
    default = SETTINGS[key].default
    described = str(ENV[key]["description"])
    assert described.startswith(str(SETTINGS[key].description))
    assert described == SETTINGS[key].description or "RunPod" in described  # what holds there alone
    assert ENV[key]["default"] == ("" if default is None else default)
    assert Settings.from_env({key: str(ENV[key]["default"])}) == Settings.from_env({})


def read(key: str, value: object) -> Settings:
    return Settings.from_env(BUCKET | {key: str(value)})


@pytest.mark.parametrize("key", [key for key, given in ENV.items() if given["type"] == "number"])
def test_a_number_has_no_wider_bounds_than_in_the_settings(key: str) -> None:
    given = ENV[key]
    for bound in (given["min"], given["default"], given["max"]):
        read(key, bound)
    for beyond in (0, -1):
        with pytest.raises(StartError, match=key):
            read(key, beyond)


@pytest.mark.parametrize("key", ENV)
def test_a_choice_has_all_the_values_of_the_settings(key: str) -> None:
    choices = get_args(SETTINGS[key].annotation)
    is_choice = all(isinstance(choice, str) for choice in choices) and bool(choices)
    assert is_choice == ("options" in ENV[key])
    if is_choice:
        assert tuple(option["value"] for option in ENV[key]["options"]) == choices


def test_there_is_a_preset_for_each_mode() -> None:
    presets = HUB["config"]["presets"]
    assert [preset["defaults"] for preset in presets] == [{"DEFAULT_MODE": mode} for mode in get_args(Mode)]
    assert len({preset["name"] for preset in presets}) == len(presets)
    for preset in presets:
        assert preset["name"].endswith(f"({preset['defaults']['DEFAULT_MODE']})")
        assert set(preset["defaults"]) <= set(ENV)
        Settings.from_env(preset["defaults"])


def test_readme_has_each_modes_memory_and_the_choice_tells_it() -> None:
    assert set(MEMORY_GB) == set(get_args(Mode))
    labels = {option["value"]: option["label"] for option in ENV["DEFAULT_MODE"]["options"]}
    assert labels == {mode: f"{mode}, {MEMORY_GB[mode]} GB" for mode in get_args(Mode)}


def test_every_gpu_of_the_listing_holds_its_default_mode() -> None:
    pools = HUB["config"]["gpuIds"].split(",")
    assert 0 < len(pools) <= 3  # an endpoint takes three kinds at most
    for pool in pools:
        assert hub_format.POOLS_GB[pool] >= MEMORY_GB[ENV["DEFAULT_MODE"]["default"]]
    assert HUB["config"]["gpuCount"] == TESTS["config"]["gpuCount"] == 1


def test_the_disk_has_room_for_what_the_health_check_asks() -> None:
    settings = Settings.from_env({})
    needed = job_bytes(settings) * settings.max_concurrent_jobs
    assert HUB["config"]["containerDiskInGb"] * 1e9 > needed


def test_listing_and_tests_run_on_hosts_that_can_start_the_image() -> None:
    """On all of them: RunPod takes the versions for a list, and those alone, not for the lowest."""
    image = (ROOT / ".runpod/Dockerfile").read_text("utf-8")
    [major] = re.findall(r"^ARG CUDA=(\d+)$", image, re.MULTILINE) or ["13"]
    [needed] = re.findall(rf'NVIDIA_REQUIRE_CUDA="cuda>=({major}\.\d+)"', image)
    known = hub_format.CUDA_VERSIONS
    versions = HUB["config"]["allowedCudaVersions"]
    assert versions == list(known[known.index(needed) :])
    assert TESTS["config"]["allowedCudaVersions"] == versions


def test_the_listing_says_whether_a_volume_is_needed() -> None:
    """The image that the Hub builds has the weights; a listing without them has to say where to put them."""
    assert re.search(r"^ARG WEIGHTS=baked$", (ROOT / ".runpod/Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert "no network volume is needed" in HUB["description"]
    [folder] = RUNPOD.weights_dirs
    assert str(folder) in ENV["WEIGHTS_DIR"]["description"]
    assert str(folder) in LISTING


def test_the_listings_page_has_a_job_that_is_taken_the_presets_and_the_versions() -> None:
    [payload] = re.findall(r"```json\n(.*?)```", LISTING, re.DOTALL)
    parse(json.loads(payload)["input"], Request)
    for preset in HUB["config"]["presets"]:
        assert preset["name"] in LISTING
    assert f"CUDA {HUB['config']['allowedCudaVersions'][0]} or newer" in LISTING
    assert set(re.findall(r"`(docs/[\w.]+)`", LISTING)) == {"docs/weights.md"}
    assert (ROOT / "docs/weights.md").is_file()


def test_the_icon_is_a_small_square_and_the_address_that_of_this_file() -> None:
    icon = ROOT / ".runpod/icon.png"
    with Image.open(icon) as picture:
        assert picture.size == (512, 512)
    assert icon.stat().st_size < 100_000
    assert HUB.get("iconUrl", "/.runpod/icon.png").endswith("/.runpod/icon.png")


def test_the_hub_tests_the_engine_that_the_listing_offers() -> None:
    environ = {pair["key"]: pair["value"] for pair in TESTS["config"]["env"]}
    assert Settings.from_env(environ).engine == ENV["ENGINE"]["default"]


def test_the_tests_variables_are_settings() -> None:
    Settings.from_env({pair["key"]: pair["value"] for pair in TESTS["config"]["env"]})
    assert {pair["key"] for pair in TESTS["config"]["env"]} <= set(SETTINGS)


@pytest.mark.parametrize("test", TESTS["tests"], ids=lambda test: str(test["name"]))
def test_a_test_is_a_job_with_a_video_that_fits_its_gpu(test: dict[str, Any], tmp_path: Path) -> None:
    request = parse(test["input"], Request)
    started = {pair["key"]: pair["value"] for pair in TESTS["config"]["env"]}["DEFAULT_MODE"]
    # The mode that fits the smallest card: the Hub may take another one than it was asked for.
    assert MEMORY_GB[request.mode or started] == MEMORY_GB[started] == min(MEMORY_GB.values())
    assert len(json.dumps(test["input"])) < 10 * MIB
    assert hub_format.GPUS_GB[TESTS["config"]["gpuTypeId"]] >= MEMORY_GB[request.mode]
    assert 0 < test["timeout"] <= 600_000  # ms: RunPod's own execution time-out
    fetched = fetch(
        request, tmp_path, max_video_bytes=1_000_000, max_mesh_bytes=0, step=lambda _done, _of: None
    )
    assert len(sample(fetched.main, request, step=lambda _done, _of: None)) == request.num_frames
