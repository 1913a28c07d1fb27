"""SAM 2.1 (Ravi et al., 2024): tracks one object through a clip with transformers' Sam2VideoModel."""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from transformers import Sam2VideoInferenceSession, Sam2VideoModel

from actionmesh_wrapper.data.arrays import Bytes
from actionmesh_wrapper.data.progress import StageStep
from actionmesh_wrapper.masking.models import Box, Points, refuse_missing_tensors

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, of values 0 to 1
OFF, ON, BOX_START, BOX_END = 0, 1, 2, 3  # labels of the prompt's points: off or on the object, corners
OBJECT_ID = 1  # by which the session knows the object


class Sam2:
    """A `MaskTracker`.

    Args:
        model: in float32; on a GPU it is run in bfloat16 where that is safe, as SAM 2's own code does.
        device: on which the model is.
    """

    def __init__(self, model: Sam2VideoModel, device: str) -> None:
        self._model = model
        self._device = torch.device(device)
        self._side = int(model.config.image_size)

    @classmethod
    def load(cls, folder: Path, device: str) -> "Sam2":
        """Loads the model from a folder of its repository's files onto a device.

        Raises:
            Internal: if it lacks tensors.
        """
        model, loading_info = Sam2VideoModel.from_pretrained(
            folder, local_files_only=True, output_loading_info=True
        )
        refuse_missing_tensors("SAM 2", loading_info)
        return cls(model.eval().to(device), device)

    def __call__(self, rgb: Bytes, box: Box | None, points: Points, step: StageStep) -> Bytes:
        """Makes the masks of a clip; see `MaskTracker`. The frames go through the model one by one."""
        session = self._start_session(rgb.shape[1], rgb.shape[2], box, points)
        masks = np.empty(rgb.shape[:3], np.uint8)
        try:
            for frame, picture in enumerate(rgb):
                masks[frame] = self._next_mask(session, frame, picture)
                step(frame + 1, len(rgb))
        finally:  # a traceback would hold it, and the GPU memory with it
            session.reset_inference_session()
            session.processed_frames = None
        return masks

    def _start_session(
        self, height: int, width: int, box: Box | None, points: Points
    ) -> Sam2VideoInferenceSession:
        """A session that knows what to track, but no frame yet."""
        session = Sam2VideoInferenceSession(
            video_height=height,
            video_width=width,
            inference_device=self._device,
            inference_state_device=self._device,
            video_storage_device=self._device,
            dtype=torch.float32,
        )
        object_index = session.obj_id_to_idx(OBJECT_ID)
        session.add_point_inputs(object_index, 0, to_prompt(box, points, self._side))
        session.obj_with_new_inputs = [OBJECT_ID]
        return session

    def _next_mask(self, session: Sam2VideoInferenceSession, frame: int, picture: Bytes) -> Bytes:
        """(H, W) uint8 mask of the next frame."""
        pixels = to_input(torch.from_numpy(np.ascontiguousarray(picture)).to(self._device), self._side)
        on_gpu = self._device.type == "cuda"
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=on_gpu):
            coarse = self._model(inference_session=session, frame_idx=frame, frame=pixels).pred_masks
        session.processed_frames.clear()  # only its memory of them is needed again
        size = picture.shape[:2]
        logits = functional.interpolate(coarse.float(), size, mode="bilinear", align_corners=False)[0, 0]
        return np.where((logits > 0).cpu().numpy(), np.uint8(255), np.uint8(0))


def to_input(rgb: torch.Tensor, side: int) -> torch.Tensor:
    """A picture (H, W, 3) uint8 as (1, 3, side, side) float32: resized, rounded, then normalised."""
    picture = rgb.permute(2, 0, 1)[None]
    if picture.is_cuda:  # where torch cannot resize uint8
        picture = picture.to(torch.float32)
    resized = functional.interpolate(
        picture, (side, side), mode="bilinear", align_corners=False, antialias=True
    )
    mean, std = (torch.tensor(each, device=rgb.device).view(3, 1, 1) * 255 for each in (MEAN, STD))
    return (resized.to(torch.float32).round() - mean) / std


def to_prompt(box: Box | None, points: Points, side: int) -> dict[str, torch.Tensor]:
    """The caller's hints as SAM 2's prompt, in pixels of the square picture, the box's corners first.

    Returns:
        ``point_coords`` (1, 1, P, 2) float32 x, y and ``point_labels`` (1, 1, P) int64.
    """
    coords = [(x, y) for x, y, _ in points]
    labels = [ON if is_subject else OFF for _, _, is_subject in points]
    if box is not None:
        coords = [box[:2], box[2:], *coords]
        labels = [BOX_START, BOX_END, *labels]
    return {
        "point_coords": torch.tensor([[coords]], dtype=torch.float32) * side,
        "point_labels": torch.tensor([[labels]], dtype=torch.int64),
    }
