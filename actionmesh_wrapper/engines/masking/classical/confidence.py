"""How far found masks can be trusted, measured without knowing the truth."""

import numpy as np

from actionmesh_wrapper.engines.arrays import Bools, Floats
from actionmesh_wrapper.engines.masking.classical.backdrop import ring
from actionmesh_wrapper.engines.masking.classical.flow import Flow
from actionmesh_wrapper.notice import Notice, Warn

LEAST_OVERLAP = 0.6  # of two neighbouring masks, one carried to the other; less is a jump
USUAL_OVERLAP = 0.8  # the same in the middle half of all pairs
MOST_BORDER = 0.35  # of the border that a subject may cover
LEAST_AREA = 0.004  # of the picture


def find_doubt(masks: Bools, flow: Flow) -> str | None:
    """What speaks against (T, h, w) masks, with its measure, as part of a sentence, or None."""
    overlap = overlaps(masks, flow)
    if overlap.size and overlap.min() < LEAST_OVERLAP:
        jump = int(overlap.argmin())
        return (
            "its outline jumps from one frame to the next "
            f"(frames {jump} and {jump + 1}, counted from 0, overlap by {percent(overlap[jump])})"
        )
    if overlap.size and (usual := float(np.median(overlap))) < USUAL_OVERLAP:
        return f"its outline is unsteady (frames overlap by {percent(usual)}, in the median)"
    border = float(masks[:, ring(*masks.shape[1:])].mean())
    if border > MOST_BORDER:
        return f"it covers much of the picture's border ({percent(border)})"
    if masks.mean() < LEAST_AREA:
        return f"it is very small ({percent(float(masks.mean()))} of the picture)"
    return None


def overlaps(masks: Bools, flow: Flow) -> Floats:
    """Intersection over union of each (h, w) mask, carried along by flow, with the next.

    Returns:
        (T − 1,) float64 in [0, 1]; 0 too where neither shows anything.
    """
    found = np.zeros(len(masks) - 1)
    for frame in range(len(masks) - 1):
        carried, _ = flow.to_next(masks[frame].astype(np.float32), frame)
        both, either = (carried > 0.5) & masks[frame + 1], (carried > 0.5) | masks[frame + 1]
        found[frame] = both.sum() / max(1, either.sum())
    return found


def warn_of_doubt(doubt: str, warn: Warn) -> None:
    """Warns of what `find_doubt` found, with a ``MASK_LOW_CONFIDENCE`` notice."""
    message = f"The subject's outline may be wrong: {doubt}. A subject_box or subject_points may help."
    warn(Notice("MASK_LOW_CONFIDENCE", message))


def percent(share: float) -> str:
    """A share as it is told: ``"41 %"``, below ten per cent with a decimal."""
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"
