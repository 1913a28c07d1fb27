from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.contract.result import FilmCameraInfo, TextureInfo
from actionmesh_wrapper.data.animation import Animation
from actionmesh_wrapper.data.film_camera import FilmView
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.progress import Notice
from actionmesh_wrapper.errors import Cancelled, DiskFull
from actionmesh_wrapper.texture import Coloured, ahead, colour
from tests.texture.fakes import CAMERA, FoundCamera, OneColour, square

MESH = square(3)
FRAMES = Frames(np.full((3, 48, 64, 4), 255, np.uint8), np.arange(3) / 8, Source(0.375, 64, 48, 8.0, 3))
MASKS = np.full((3, 48, 64), 255, np.uint8)
DOUBT = "It fits from two sides."


class Run:
    """Colours a mesh, and keeps what is told meanwhile."""

    def __init__(self, mesh: Animation = MESH, **change: Any) -> None:
        self.notices: list[Notice] = []
        self.steps: list[tuple[int, int]] = []
        self.find, self.paint = change.pop("find", FoundCamera()), change.pop("paint", OneColour())
        texture, masks = change.pop("texture", "auto"), change.pop("masks", MASKS)
        begun = change.pop("begun", None)
        self.coloured: Coloured = colour(
            mesh,
            FRAMES,
            masks,
            Recipe(texture=texture),
            step=lambda index, of: self.steps.append((index, of)),
            warn=self.notices.append,
            begun=begun,
            find=self.find,
            paint=self.paint,
        )

    @property
    def codes(self) -> list[str]:
        return [notice.code for notice in self.notices]

    @property
    def is_as_it_was(self) -> bool:
        return self.coloured.film is None and not self.coloured.result_fields


def test_a_sure_camera_gives_colours_and_the_result_says_what_they_rest_on() -> None:
    run = Run()
    made = run.coloured.animation
    assert made is not None
    assert made.texture is not None
    assert made.texture.shape == (1024, 1024, 3)
    assert np.array_equal(made.joined().vertices, MESH.vertices)
    assert (made.fps, made.anchor) == (MESH.fps, MESH.anchor)
    assert run.notices == []
    assert run.coloured.film == FilmView(CAMERA, 64, 48)
    assert run.coloured.result_fields["texture"] == TextureInfo(
        seen=0.4, mirrored=0.3, guessed=0.3, overlap=0.93, disagreement=2.5
    )
    camera = run.coloured.result_fields["camera"]
    assert isinstance(camera, FilmCameraInfo)
    assert (camera.azimuth_deg, camera.elevation_deg, camera.distance) == (20.0, 5.0, 4.0)
    assert camera.frame_height == 48 / 20
    assert camera.principal_point == (0.5, 0.75)


def test_progress_runs_through_both_parts() -> None:
    steps = Run().steps
    assert steps == sorted(steps)
    assert steps[0] == (0, 100)
    assert steps[-1] == (100, 100)


@pytest.mark.parametrize("parts", [{"find": FoundCamera(DOUBT)}, {"paint": OneColour(DOUBT)}])
def test_a_doubt_leaves_the_mesh_as_it_was_unless_it_is_to_be_coloured_anyway(parts: dict[str, Any]) -> None:
    skipped = Run(**parts)
    assert skipped.coloured.animation is MESH
    assert skipped.is_as_it_was
    assert skipped.codes == ["TEXTURE_SKIPPED"]
    assert skipped.notices[0].message.endswith(DOUBT)
    anyway = Run(texture="video", **parts)
    assert anyway.codes == ["TEXTURE_DOUBTFUL"]
    assert anyway.coloured.result_fields


def test_colours_that_a_mesh_has_stay_unless_the_videos_are_asked_for() -> None:
    own = replace(MESH, uv=np.zeros((4, 2), np.float32), texture=np.zeros((4, 4, 3), np.uint8))
    kept = Run(own)
    assert kept.coloured.animation is own
    assert kept.codes == ["TEXTURE_SKIPPED"]
    assert kept.find.seen == []
    painted = Run(own, texture="video").coloured.animation
    assert painted is not None
    assert painted.texture is not None
    assert painted.texture.shape == (1024, 1024, 3)


def test_by_default_nothing_is_looked_for() -> None:
    run = Run(texture="none")
    assert run.coloured.animation is MESH
    assert (run.notices, run.steps, run.find.seen) == ([], [], [])


def test_without_masks_nothing_is_painted() -> None:
    assert Run(masks=None).codes == ["TEXTURE_SKIPPED"]


def test_keys_between_the_frames_are_carried_along() -> None:
    dense = square(9)
    run = Run(dense)
    made = run.coloured.animation
    assert made is not None
    assert np.array_equal(made.joined().vertices, dense.vertices)
    assert np.array_equal(run.find.seen[0].vertices, dense.vertices[::4])
    assert run.find.seen[0].anchor == 2


@pytest.mark.parametrize("fault", [ValueError("no"), MemoryError(), AssertionError()])
def test_no_fault_in_it_loses_the_mesh(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    run = Run(paint=OneColour(fails=fault), texture="video")
    assert run.coloured.animation is MESH
    assert run.is_as_it_was
    assert run.codes == ["TEXTURE_SKIPPED"]
    assert type(fault).__name__ in caplog.text


def test_what_was_begun_ahead_is_what_it_is_painted_with() -> None:
    begun = ahead(MESH, Recipe(texture="auto"))
    assert begun is not None
    try:
        run = Run(begun=begun)
        assert run.paint.lay_flat == begun.unwrap
    finally:
        begun.close()
    assert Run().paint.lay_flat is None


def test_keys_that_fit_no_frames_are_a_fault_too() -> None:
    assert Run(square(4)).codes == ["TEXTURE_SKIPPED"]


@pytest.mark.parametrize("end", [Cancelled(), DiskFull("full.")])
def test_a_cancel_and_a_full_disk_pass_through(end: BaseException) -> None:
    with pytest.raises(type(end)):
        Run(paint=OneColour(fails=end))
