"""How far found masks can be trusted, measured without knowing the truth."""

import numpy as np

from actionmesh_wrapper.engines.silhouette.arrays import Bools
from actionmesh_wrapper.engines.silhouette.masks.backdrop import ring
from actionmesh_wrapper.engines.silhouette.masks.flow import Flow

LEAST_OVERLAP = 0.6  # of two neighbouring masks, one carried to the other; less is a jump
USUAL_OVERLAP = 0.8  # the same in the middle half of all pairs
MOST_BORDER = 0.35  # of the border that a subject may cover
LEAST_AREA = 0.004  # of the picture


def find_doubt(masks: Bools, flow: Flow) -> str | None:
    """What speaks against (T, h, w) masks, as part of a sentence, or None."""
    overlap = _overlaps(masks, flow)
    if overlap.size and overlap.min() < LEAST_OVERLAP:
        return "its outline jumps from one frame to the next"
    if overlap.size and np.median(overlap) < USUAL_OVERLAP:
        return "its outline is unsteady"
    if masks[:, ring(*masks.shape[1:])].mean() > MOST_BORDER:
        return "it covers much of the picture's border"
    if masks.mean() < LEAST_AREA:
        return "it is very small"
    return None


def _overlaps(masks: Bools, flow: Flow) -> np.ndarray:
    """(T − 1,) intersection over union of each mask, carried along by flow, with the next."""
    overlaps = []
    for frame in range(len(masks) - 1):
        carried, _ = flow.to_next(masks[frame].astype(np.float32), frame)
        both, either = (carried > 0.5) & masks[frame + 1], (carried > 0.5) | masks[frame + 1]
        overlaps.append(both.sum() / max(1, either.sum()))
    return np.array(overlaps)
