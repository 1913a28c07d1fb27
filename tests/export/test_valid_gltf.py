"""Every kind of file passes Khronos's validator without an error or a warning."""

import json
import struct
from pathlib import Path

import pytest

from actionmesh_wrapper.contract.profiles import PROFILES
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.export import write_animated_mesh, write_meshes
from tests.export.samples import EXTRAS, ball, flawed, painted, point, ring, seamed, still
from tests.export.validator import assert_valid, validate

KINDS = {
    "plain": ball(16),
    "textured": ball(16, textured=True),
    "with seams": seamed(3),
    "unlit": painted(3),
    "31 frames": ball(31),
    "one frame": ball(1),
    "one textured frame": ball(1, textured=True),
    "still": still(16),
    "tiny": ball(3, scale=1e-6),
    "huge": ball(3, scale=1e6),
    "flawed": flawed(3),
    "in one place": point(2),
    "narrow indices": ring(65_535),
    "wide indices": ring(65_536),
    "turning around": ball(4, turn=8.0),
}


@pytest.mark.parametrize("animation", KINDS.values(), ids=KINDS.keys())
def test_files_are_valid(tmp_path: Path, animation: Animation) -> None:
    meshes = write_meshes(animation, tmp_path, extras=EXTRAS, step=lambda index, of: None)
    moving = [
        write_animated_mesh(animation, tmp_path / f"{profile}.glb", extras=EXTRAS, profile=profile).path
        for profile in PROFILES
    ]
    assert_valid(*moving, meshes[0], meshes[-1])


def test_the_validator_would_notice(tmp_path: Path) -> None:
    text = json.dumps({"asset": {"version": "2.0"}, "scene": 3}).encode()
    text += b" " * (-len(text) % 4)
    broken = tmp_path / "broken.glb"
    broken.write_bytes(
        struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack("<I4s", len(text), b"JSON") + text
    )
    (report,) = validate(broken)
    assert [message["code"] for message in report["messages"]] == ["UNRESOLVED_REFERENCE"]
    assert report["errors"] == 1
