"""SAM 2 by transformers' own code, tiny and with random weights: how it is called, not what it finds."""

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="SAM 2 runs on torch, which .venv-image has")
pytest.importorskip("transformers", reason="SAM 2 is transformers' Sam2VideoModel, which .venv-image has")

import torch
from transformers import Sam2VideoInferenceSession
from transformers.models.sam2_video.processing_sam2_video import Sam2VideoProcessor

from actionmesh_wrapper.errors import Cancelled, Internal
from actionmesh_wrapper.masking.models import Box, Points
from actionmesh_wrapper.masking.sam2 import Sam2, to_input, to_prompt
from tests.masking.tiny_sam2 import SIDE, tiny_sam2

HEIGHT, WIDTH = 40, 72
BOX: Box = (0.25, 0.1, 0.75, 0.9)
POINTS: Points = ((0.5, 0.5, True), (0.05, 0.1, False))


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_sam2()


def clip(count: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (count, HEIGHT, WIDTH, 3)).astype(np.uint8)


def ignore(*_: object) -> None:
    """A step that nobody listens to."""


@pytest.mark.parametrize(
    ("box", "points"), [(BOX, ()), (None, POINTS), (BOX, POINTS)], ids=["box", "points", "both"]
)
def test_every_frame_gets_a_mask_of_its_size(model: Any, box: Box | None, points: Points) -> None:
    masks = Sam2(model, "cpu")(clip(4), box, points, ignore)

    assert masks.shape == (4, HEIGHT, WIDTH)
    assert masks.dtype == np.uint8
    assert set(np.unique(masks)) == {0, 255}
    assert len({mask.tobytes() for mask in masks}) == 4


def test_two_runs_are_identical(model: Any) -> None:
    sam2 = Sam2(model, "cpu")

    first, second = (sam2(clip(5), BOX, POINTS, ignore) for _ in range(2))

    np.testing.assert_array_equal(first, second)


def test_one_clip_leaves_nothing_for_the_next(model: Any) -> None:
    sam2 = Sam2(model, "cpu")
    alone = sam2(clip(3), BOX, (), ignore)

    sam2(255 - clip(6), None, ((0.9, 0.9, True),), ignore)

    np.testing.assert_array_equal(sam2(clip(3), BOX, (), ignore), alone)


def test_masks_are_those_of_transformers_own_loop(model: Any) -> None:
    frames = clip(16)
    pixels = torch.cat([to_input(torch.from_numpy(frame), SIDE) for frame in frames])
    session = Sam2VideoInferenceSession(
        video=pixels, video_height=HEIGHT, video_width=WIDTH, dtype=torch.float32
    )
    session.add_point_inputs(session.obj_id_to_idx(1), 0, to_prompt(BOX, POINTS, SIDE))
    session.obj_with_new_inputs = [1]
    expected = [
        torch.nn.functional.interpolate(out.pred_masks, (HEIGHT, WIDTH), mode="bilinear")[0, 0] > 0
        for out in model.propagate_in_video_iterator(session, start_frame_idx=0)
    ]

    masks = Sam2(model, "cpu")(frames, BOX, POINTS, ignore)

    np.testing.assert_array_equal(masks > 0, torch.stack(expected).numpy())


@pytest.mark.parametrize(
    ("box", "points"), [(BOX, ()), (None, POINTS), (BOX, POINTS)], ids=["box", "points", "both"]
)
def test_hints_are_scaled_as_transformers_own_processor_scales_them(box: Box | None, points: Points) -> None:
    session = Sam2VideoInferenceSession(video_height=HEIGHT, video_width=WIDTH)
    processor = object.__new__(Sam2VideoProcessor)  # its pictures need torchvision, its prompts do not
    processor.target_size, processor.point_pad_value = SIDE, -10
    size = np.array([WIDTH, HEIGHT])
    processor.add_inputs_to_inference_session(
        session,
        frame_idx=0,
        obj_ids=1,
        input_points=[[[list(np.array(point[:2]) * size) for point in points]]] if points else None,
        input_labels=[[[int(point[2]) for point in points]]] if points else None,
        input_boxes=[[list(np.array(box) * np.tile(size, 2))]] if box else None,
    )
    expected = session.point_inputs_per_obj[0][0]

    prompt = to_prompt(box, points, SIDE)

    np.testing.assert_allclose(prompt["point_coords"], expected["point_coords"], rtol=1e-6)
    np.testing.assert_array_equal(prompt["point_labels"], expected["point_labels"])


def test_hints_reach_the_prompt_encoder_in_the_first_frame_alone(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[list[float]], list[int]]] = []
    encode = model.prompt_encoder.forward

    def record(*, input_points: Any, input_labels: Any, **others: Any) -> Any:
        seen.append((input_points[0, 0].tolist(), input_labels[0, 0].tolist()))
        return encode(input_points=input_points, input_labels=input_labels, **others)

    monkeypatch.setattr(model.prompt_encoder, "forward", record)
    Sam2(model, "cpu")(clip(2), BOX, POINTS, ignore)

    coords, labels = seen[0]
    assert coords == pytest.approx(np.array([[16, 6.4], [48, 57.6], [32, 32], [3.2, 6.4]]))
    assert labels == [2, 3, 1, 0]
    assert seen[1:] == [([[0, 0]], [-1])]  # none


def test_a_point_off_the_subject_changes_the_masks(model: Any) -> None:
    sam2, on = Sam2(model, "cpu"), (0.5, 0.5, True)

    with_one, without = (
        sam2(clip(1), None, (on, (0.3, 0.5, False)), ignore),
        sam2(clip(1), None, (on,), ignore),
    )

    assert (with_one != without).any()


def test_pictures_are_resized_in_levels_and_normalised() -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    picture[:, 10:] = (255, 128, 64)

    pixels = to_input(torch.from_numpy(picture), SIDE)

    assert pixels.shape == (1, 3, SIDE, SIDE)
    assert pixels.dtype == torch.float32
    np.testing.assert_allclose(
        pixels[0, :, 0, 0], [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225], rtol=1e-5
    )
    expected = [(1 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, (64 / 255 - 0.406) / 0.225]
    np.testing.assert_allclose(pixels[0, :, -1, -1], expected, rtol=1e-5)
    levels = pixels[0, 0] * 0.229 * 255 + 0.485 * 255
    np.testing.assert_allclose(levels, levels.round(), atol=1e-3)


def test_pictures_are_those_of_transformers_own_processor() -> None:
    pytest.importorskip(
        "torchvision", reason="transformers' video processor needs torchvision", exc_type=ImportError
    )
    from transformers.models.sam2_video.video_processing_sam2_video import Sam2VideoVideoProcessor

    frames = torch.from_numpy(clip(2))
    real = Sam2VideoVideoProcessor()(videos=frames.permute(0, 3, 1, 2), return_tensors="pt", device="cpu")

    pixels = torch.cat([to_input(frame, 1024) for frame in frames])

    np.testing.assert_array_equal(pixels, real.pixel_values_videos[0])


def test_every_frame_is_reported(model: Any) -> None:
    steps: list[tuple[int, int]] = []

    Sam2(model, "cpu")(clip(3), BOX, (), lambda index, of: steps.append((index, of)))

    assert steps == [(1, 3), (2, 3), (3, 3)]


class Watched(Sam2):
    """A SAM 2 whose session's tensors are watched.

    Attributes:
        tensors: weak references to all that the model's memory has held after a frame.
    """

    tensors: list[weakref.ref[Any]]

    def _next_mask(self, session: Any, frame: int, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        mask = super()._next_mask(session, frame, picture)
        outputs = session.output_dict_per_obj[0]
        held = [*outputs["cond_frame_outputs"].values(), *outputs["non_cond_frame_outputs"].values()]
        cached = session.cache.get_vision_features(frame)["vision_feats"]
        self.tensors = [weakref.ref(value) for each in held for value in each.values()]
        self.tensors += [weakref.ref(value) for value in cached]
        assert session.processed_frames == {}
        return mask


def test_the_clip_s_memory_is_freed_at_the_end(model: Any) -> None:
    sam2 = Watched(model, "cpu")

    sam2(clip(3), BOX, (), ignore)

    gc.collect()
    assert len(sam2.tensors) > 15
    assert [tensor for tensor in sam2.tensors if tensor() is not None] == []


def test_a_cancel_ends_it_and_frees_the_memory_while_its_traceback_lives(model: Any) -> None:
    sam2 = Watched(model, "cpu")
    steps: list[int] = []

    def cancel(index: int, of: int) -> None:
        steps.append(index)
        if index == 2:
            raise Cancelled

    with pytest.raises(Cancelled) as caught:
        sam2(clip(6), BOX, (), cancel)

    assert caught.value.__traceback__ is not None
    assert steps == [1, 2]
    assert len(sam2.tensors) > 10
    assert [tensor for tensor in sam2.tensors if tensor() is not None] == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="bfloat16 on a GPU needs a GPU")
def test_on_a_gpu_masks_are_nearly_the_same(model: Any) -> None:
    on_cpu = Sam2(model, "cpu")(clip(4), BOX, POINTS, ignore)

    on_gpu = Sam2(tiny_sam2().to("cuda"), "cuda")(clip(4), BOX, POINTS, ignore)

    assert (on_gpu != on_cpu).mean() < 0.1


def test_loads_from_a_folder(model: Any, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)

    loaded = Sam2.load(tmp_path, "cpu")

    expected = Sam2(model, "cpu")(clip(2), BOX, (), ignore)
    np.testing.assert_array_equal(loaded(clip(2), BOX, (), ignore), expected)


def test_a_folder_that_lacks_tensors_is_refused(model: Any, tmp_path: Path) -> None:
    state = {
        name: value for name, value in model.state_dict().items() if "mask_decoder.iou_token" not in name
    }
    model.save_pretrained(tmp_path, state_dict=state)

    with pytest.raises(Internal) as caught:
        Sam2.load(tmp_path, "cpu")

    assert str(caught.value) == "INTERNAL: SAM 2 could not be loaded."
    assert "mask_decoder.iou_token.weight" in caught.value.detail
