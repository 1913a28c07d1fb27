import numpy as np
import pytest
from numpy.typing import NDArray

from actionmesh_wrapper.contract.recipe import Options
from actionmesh_wrapper.data.frames import Frames
from actionmesh_wrapper.data.progress import Listener, Notice
from actionmesh_wrapper.engines import Engine, Task
from actionmesh_wrapper.engines.silhouette import Silhouette
from actionmesh_wrapper.engines.silhouette.engine import build_surface
from actionmesh_wrapper.engines.silhouette.output import to_animation
from actionmesh_wrapper.errors import Cancelled, InvalidInput, SubjectNotFound
from tests.engines.silhouette.conftest import Walk
from tests.engines.silhouette.drawn import Bend, animal, blob, frames_of
from tests.engines.silhouette.measures import (
    drift,
    is_watertight,
    num_components,
    overlaps,
    reversed_share,
    volume,
)
from tests.export.samples import ball
from tests.fakes import Seen
from tests.masking.fakes import TRUTH, KnownSegmenter, frames_with, hard, models


def ignore(*_: object) -> None:
    """A step, or a warning, that nobody listens to."""


def short_clip() -> Frames:
    return frames_of(Bend(count=4, size=96).clip(animal(96)))


def test_follows_the_protocol() -> None:
    engine: Engine = Silhouette()
    assert engine.facts.name == "silhouette"
    assert tuple(engine.stages(Options(), 16)) == engine.facts.stages
    assert engine.facts.heeded <= set(Options.model_fields)


def test_takes_no_mesh() -> None:
    engine, mesh = Silhouette(), ball(1)
    engine.accept(Options(), mesh=False)
    with pytest.raises(InvalidInput, match="only the actionmesh engine animates a mesh that is given"):
        engine.accept(Options(), mesh=True)
    with pytest.raises(InvalidInput, match="mesh_url, mesh_base64: this worker's silhouette engine"):
        engine.animate(Task(short_clip(), Options(), mesh), Listener())


def test_surface_covers_the_masks(walk: Walk) -> None:
    masks = walk.frames.images[..., 3] > 127
    fit = overlaps(walk.model.vertices, walk.model.faces, masks)
    assert fit.mean() >= 0.975
    assert fit.min() >= 0.965


def test_surface_slides_little_under_its_outline(walk: Walk) -> None:
    errors, motions = drift(walk.model.vertices, walk.model.anchor, walk.bend)
    assert motions.mean() > 33
    assert errors.mean() <= 1.2
    assert np.percentile(errors, 95) <= 4


def test_a_long_clip_is_tracked_no_worse_than_a_short_one() -> None:
    bend = Bend(size=192)
    period = bend.clip(animal(192))
    means = []
    for count in (16, 121):
        images = period[np.arange(count) % len(period)]
        model = build_surface(Task(frames_of(images), Options(face_decimation=2000)))
        means.append(drift(model.vertices, model.anchor, bend)[0].mean())
    assert means[1] < 2 * means[0]


def test_surface_is_closed_whole_and_unfolded(walk: Walk) -> None:
    vertices, faces = walk.model.vertices, walk.model.faces
    assert is_watertight(faces)
    assert num_components(faces) == 1
    assert np.isfinite(vertices).all()
    assert reversed_share(vertices, faces, walk.model.anchor) <= 0.01
    assert abs(len(faces) - 16_000) < 800


def test_a_clean_clip_gives_no_warning(walk: Walk) -> None:
    assert walk.notices == []


def test_reports_every_stage_in_order_and_every_frame_of_the_tracking(walk: Walk) -> None:
    assert list(dict.fromkeys(stage for stage, _, _ in walk.steps)) == list(
        Silhouette().stages(Options(), 16)
    )
    assert [step[1:] for step in walk.steps if step[0] == "track"] == [(i, 16) for i in range(1, 17)]


def test_masks_alone_are_those_of_the_animation() -> None:
    alone, whole = Seen(), Seen()
    steps: list[str] = []
    task = Task(short_clip(), Options())
    Silhouette().find_masks(task, alone.listener(lambda stage, *_: steps.append(stage), lambda _: None))
    Silhouette().animate(task, whole.listener(lambda *_: None, lambda _: None))
    assert set(steps) == {"masks"}
    assert alone.anchors == []
    np.testing.assert_array_equal(alone.taken[0], whole.taken[0])


def test_animation_fits_the_unit_box_with_y_up(walk: Walk) -> None:
    animation = to_animation(walk.model, walk.frames.fps)
    low, high = animation.vertices.min(axis=(0, 1)), animation.vertices.max(axis=(0, 1))
    np.testing.assert_allclose(low, -high, atol=1e-6)
    assert high.max() == pytest.approx(1)
    assert animation.fps == pytest.approx(8)
    assert animation.anchor == walk.model.anchor
    assert all(volume(frame, animation.faces) > 0 for frame in animation.vertices)
    # The head is the only part above and right of the body: Y up and X right as in the picture.
    top = animation.vertices[walk.model.anchor, animation.vertices[walk.model.anchor, :, 1].argmax()]
    assert top[0] > 0.2


def test_two_runs_are_bit_identical() -> None:
    first, second = (Silhouette().animate(Task(short_clip(), Options()), Listener()) for _ in range(2))
    assert first.vertices.tobytes() == second.vertices.tobytes()
    assert first.faces.tobytes() == second.faces.tobytes()
    assert first.uv is not None
    assert second.uv is not None
    assert first.uv.tobytes() == second.uv.tobytes()
    np.testing.assert_array_equal(first.texture, second.texture)


@pytest.mark.parametrize("wanted", [2_000, 30_000])
def test_face_decimation_is_the_number_of_faces(wanted: int) -> None:
    options = Options(face_decimation=wanted)
    animation = Silhouette().animate(Task(short_clip(), options), Listener())
    assert abs(len(animation.faces) - wanted) < 0.1 * wanted


@pytest.mark.parametrize("stage", ["masks", "mesh", "track", "surface"])
def test_a_cancel_in_any_stage_passes_through(stage: str) -> None:
    def cancel(at: str, index: int, of: int) -> None:
        if at == stage and index == of:
            raise Cancelled

    with pytest.raises(Cancelled):
        Silhouette().animate(Task(short_clip(), Options()), Listener(cancel))


def test_shows_its_masks_and_the_anchors_mesh() -> None:
    clip, seen = short_clip(), Seen()
    animation = Silhouette().animate(Task(clip, Options()), seen.listener(ignore, ignore))
    np.testing.assert_array_equal(seen.taken, [clip.images[..., 3]])
    [anchor] = seen.anchors
    assert anchor.num_frames == 1
    np.testing.assert_array_equal(anchor.faces, animation.faces)
    np.testing.assert_array_equal(anchor.uv, animation.uv)
    assert np.ptp(anchor.vertices, axis=(0, 1)).max() == pytest.approx(2)


def test_warns_that_alpha_makes_a_box_needless() -> None:
    notices: list[Notice] = []
    options = Options(subject_box=(0, 0, 1, 1))
    Silhouette().animate(Task(short_clip(), options), Listener(warn=notices.append))
    assert [notice.code for notice in notices] == ["OPTION_IGNORED"]


def test_masks_come_from_its_models() -> None:
    rmbg = KnownSegmenter(hard(TRUTH))
    engine = Silhouette(models(rmbg), "rmbg@1")
    assert engine.revision == "rmbg@1"
    animation = engine.animate(Task(frames_with(), Options(masks="rmbg")), Listener())
    assert animation.num_frames == len(rmbg.seen) == 16


def test_a_lost_frame_lies_between_its_neighbours_and_is_told_of() -> None:
    images = np.stack([blob(96, (30 + 2 * t, 48), 20) for t in range(8)])
    images[3, ..., 3] = 0
    notices: list[Notice] = []
    animation = Silhouette().animate(Task(frames_of(images), Options()), Listener(warn=notices.append))
    assert animation.num_frames == 8
    middle = animation.vertices[[2, 4]].mean(axis=0)
    np.testing.assert_allclose(animation.vertices[3], middle, atol=1e-6)
    assert np.abs(animation.vertices[4] - animation.vertices[2]).max() > 0.05
    assert [notice.code for notice in notices] == ["MASK_FRAMES_REPLACED"]
    assert "1 of 8 frames (3, counted from 0)" in notices[0].message


def test_an_opaque_clip_is_masked_first() -> None:
    images = np.stack([blob(128, (50 + 2 * t, 64), 28) for t in range(4)])
    masks = images[..., 3] > 127
    images[~masks] = 255
    images[..., 3] = 255
    animation = Silhouette().animate(Task(frames_of(images), Options()), Listener())
    extent = np.ptp(animation.vertices[0], axis=0)
    assert extent[0] == pytest.approx(extent[1], rel=0.1)  # a disc stays round
    assert extent[2] == pytest.approx(0.8 * extent[0], rel=0.1)


def refused(alpha: NDArray[np.uint8]) -> str:
    images = np.stack([blob(64, (32, 32), 20) for _ in alpha])
    images[..., 3] = alpha
    with pytest.raises(SubjectNotFound) as error:
        Silhouette().animate(Task(frames_of(images), Options()), Listener())
    return error.value.message


def test_refuses_masks_that_show_nothing() -> None:
    assert refused(np.zeros((8, 64, 64), np.uint8)).startswith("No subject was found in the video.")


def test_refuses_masks_that_show_nothing_but_subject() -> None:
    alpha = np.full((8, 64, 64), 255, np.uint8)
    alpha[:, 0, 0] = 0
    assert refused(alpha).startswith("The subject covers the whole picture")


def test_refuses_masks_that_lose_the_subject_too_often() -> None:
    alpha = np.zeros((8, 64, 64), np.uint8)
    alpha[:5, 20:40, 20:40] = 255
    assert refused(alpha).startswith("The subject was lost in 3 of 8 frames (5, 6, 7, counted from 0). ")
