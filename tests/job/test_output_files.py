from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actionmesh_wrapper.contract.output_kind import OutputFile, OutputKind
from actionmesh_wrapper.contract.outputs import KINDS
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.progress import LOW_CONFIDENCE, Notice
from actionmesh_wrapper.data.writing import Tools, WriteJob, Written
from actionmesh_wrapper.job import output_files as module
from actionmesh_wrapper.job.output_files import PREVIEW_BYTES, OutputFiles, OutputPlan
from actionmesh_wrapper.storage import Inline, Local
from tests.export.samples import ball

LOCAL = Local(Path("outputs"))


def ignore(_: Notice) -> None:
    """Stands for who is warned."""


def test_what_is_asked_for_is_made() -> None:
    plan = OutputPlan.of(Recipe(outputs=("masks", "meshes"), blender_export=True))
    assert plan.asked == plan.made == {"masks", "meshes", "blender"}


def test_an_archive_holds_more_than_is_asked_for_beside_it() -> None:
    plan = OutputPlan.of(Recipe(outputs=("archive", "usdz")))
    assert plan.asked == {"archive", "usdz"}
    assert plan.made == {"archive", "usdz", "meshes", "animated_mesh", "preview"}


def test_the_animated_mesh_leaves_room_for_the_preview_that_is_asked_for() -> None:
    alone, beside = OutputPlan.of(Recipe(outputs=("animated_mesh",))), OutputPlan.of(Recipe())
    inline = Inline(10_000_000)
    assert inline.room is not None
    assert alone.mesh_bytes(inline) == inline.room
    assert beside.mesh_bytes(inline) == inline.room - PREVIEW_BYTES > 4_000_000
    assert beside.mesh_bytes(Inline()) is beside.mesh_bytes(LOCAL) is None


@pytest.fixture
def job(tmp_path: Path) -> WriteJob:
    frames = Frames(np.zeros((1, 8, 8, 4), np.uint8), np.zeros(1), Source(1.0, 8, 8, 8.0, 1))
    return WriteJob(ball(1), frames, None, tmp_path, {}, "standard", Tools(), ignore)


def write_ply(job: WriteJob) -> Written:
    """The writer of a kind that the tests add."""
    path = job.folder / "mesh.ply"
    path.write_text("\n".join(path.name for path in job.before.files))
    job.step(1, 1)
    return Written((path,), {"preview_renderer": "nobody"})


PLY = OutputKind(
    name="ply",
    about="for old tools",
    files=(OutputFile("mesh.ply", "ply", "model/ply", "PLY", "one still mesh"),),
    writer=f"{__name__}:write_ply",
    priority=0,
)


def test_a_kind_is_written_in_its_stage_after_those_before_it(
    job: WriteJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KINDS", (*KINDS, PLY))
    plan = replace(OutputPlan.of(Recipe(outputs=("animated_mesh",))), asked=frozenset({"ply"}))
    files = OutputFiles(replace(plan, made=frozenset({"ply", "animated_mesh"})), job)
    steps: list[tuple[int, int]] = []

    assert files.write("preview", lambda done, of: steps.append((done, of))) == []
    assert files.write("export", lambda done, of: steps.append((done, of))) == [job.folder / "mesh.ply"]

    assert steps == [(1, 1)]
    assert (job.folder / "mesh.ply").read_text() == "animated_mesh.glb"
    assert files.asked.files == (job.folder / "mesh.ply",)
    assert set(files.result_fields) == {"animated_mesh_info", "preview_renderer"}


def test_the_most_important_files_come_first(job: WriteJob) -> None:
    plan = OutputPlan.of(Recipe(outputs=("meshes", "animated_mesh")))
    names = [path.name for path in OutputFiles(plan, job).write("export", lambda _done, _of: None)]
    assert names == ["animated_mesh.glb", "mesh_000.glb"]


def test_masks_in_doubt_are_shown_without_being_asked_for(job: WriteJob) -> None:
    doubtful = replace(job, masks=np.zeros((1, 8, 8), np.uint8))
    notices = [Notice(LOW_CONFIDENCE, "It jumps.")]
    for outputs, sure, in_doubt in (
        (("meshes",), ["mesh_000.glb"], ["mesh_000.glb", "masks_preview.jpg"]),
        (("masks",), ["mask_000.png", "masks_preview.jpg"], ["mask_000.png", "masks_preview.jpg"]),
    ):
        plan = OutputPlan.of(Recipe(outputs=outputs))
        for after, names in (
            (plan.after([Notice("LOOP_UNLIKE", "")]), sure),
            (plan.after(notices), in_doubt),
        ):
            files = OutputFiles(after, doubtful)
            assert [path.name for path in files.write("export", lambda _done, _of: None)] == names
            assert [path.name for path in files.asked.files] == names
