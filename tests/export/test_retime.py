from pathlib import Path

import pytest

from actionmesh_wrapper.errors import ExportFailed
from actionmesh_wrapper.export import write_animated_mesh, write_mesh
from actionmesh_wrapper.export.retime import retime

from .reader import read
from .samples import EXTRAS, ball
from .validator import assert_valid


def test_the_last_key_lies_at_the_duration_and_nothing_else_changes(tmp_path: Path) -> None:
    path = tmp_path / "mesh.glb"
    write_animated_mesh(ball(5), path, extras=EXTRAS)
    before = read(path)
    retime(path, 2.0)
    after = read(path)
    index = after.json["animations"][0]["samplers"][0]["input"]
    assert after.values(index).ravel().tolist() == [0, 0.5, 1, 1.5, 2]
    accessor = after.json["accessors"][index]
    assert (accessor.pop("min"), accessor.pop("max")) == ([0], [2])
    for bound in ("min", "max"):
        before.json["accessors"][index].pop(bound)
    assert after.json == before.json
    assert (after.frame(3)[0] == before.frame(3)[0]).all()
    assert_valid(path)


def test_a_mesh_that_does_not_move_stays_as_it_is(tmp_path: Path) -> None:
    path = write_mesh(ball(1), tmp_path / "mesh.glb", extras=EXTRAS)
    before = read(path)
    retime(path, 2.0)
    assert read(path) == before


@pytest.mark.parametrize("content", [b"", b"glTF", b"x" * 100])
def test_what_is_no_glb_is_an_export_failure(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "out.glb"
    path.write_bytes(content)
    with pytest.raises(ExportFailed) as caught:
        retime(path, 1.0)
    assert str(caught.value) == "EXPORT_FAILED: The result file out.glb could not be retimed."
