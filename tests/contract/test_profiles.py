import json
from pathlib import Path
from typing import get_args

import pytest

from actionmesh_wrapper.contract.profiles import FORMER, PROFILES
from actionmesh_wrapper.data.writing import Profile

MEASURED = Path(__file__).parents[2] / "bench/results/open-in.json"


def test_every_profile_is_known_in_order() -> None:
    assert tuple(PROFILES) == get_args(Profile)
    assert not FORMER.keys() & PROFILES.keys()


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_said_to_open_a_profile_has_opened_it(profile: Profile) -> None:
    tools = json.loads(MEASURED.read_text("utf-8"))["tools"]
    opened = {
        f"{name.partition(' ')[0]} {row['version']}"
        for name, row in tools.items()
        if row.get(profile, {}).get("says") == "all keys"
    }
    assert set(PROFILES[profile].opened) == opened


def test_tools_are_named_once_and_without_versions() -> None:
    assert PROFILES["standard"].tools[:4] == ["three.js", "Babylon.js", "glTF-Transform", "Blender"]
    assert PROFILES["standard"].tools.count("Blender") == 1
