"""How far masks can be trusted, measured without knowing the true ones."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Floats, Ints, Singles
from actionmesh_wrapper.data.progress import LOW_CONFIDENCE, Notice, Warn
from actionmesh_wrapper.masking.shapes import MOST_SHARE, numbers, ring, shared
from actionmesh_wrapper.masking.source import LEAST_SHARE, OPAQUE
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.flow import ClipFlow, ClipMotion

LEAST_OVERLAP = 0.6  # of neighbouring masks, one carried to the other by flow; less is a jump
USUAL_OVERLAP = 0.75  # the median of the same; less is unsteady
PLAIN_OVERLAP = 0.3  # before a plain backdrop; there what moves fast is still all that differs
MOST_BORDER = 0.28  # of the picture's border; a subject that covers more is doubtful
LEAST_AREA = 0.004  # of the picture; a subject that covers less is doubtful
EDGE_SLOPE = 0.35  # pixels a pixel, of flow, from which on there is an edge of motion
INNER = 4  # pixels from the outline, within which every body has such edges
LEAST_TRUST = 0.5  # in flow; where it is less, an edge is as likely the flow's own
STEEP = 6.0  # spreads of the subject's motion over its size: flatter edges are its own bending
SIDE = 5  # pixels from an edge of motion to where the colours on its sides are compared
COLOUR_STEP = 8.0  # Lab units, by which these colours differ where one thing ends before another
LONGEST_SEAM = 0.55  # of its pixels, beside the subject's width (√area); see bench/README.md
CUT_BORDER = 0.05  # of the picture's border; a subject that covers more comes in from outside, as a hand does
CUT_EDGES, CUT_SURE_EDGES = 0.025, 0.009  # of its area: more edges, and trusted ones, are a doubt there
LIKE_SIZE = 0.2  # of the largest part; a second one that is larger may be another thing
SINGLE_FRAMES = 0.15  # of the frames, in which it is a slip: two that cross are mostly one part


@dataclass(frozen=True)
class Verdict:
    """How far masks can be trusted.

    Attributes:
        doubt: what speaks against them, with the measured value, as part of a sentence; else None.
        steadiness: 0 to 1, the mean overlap of each mask, carried along by optical flow, with the next; 0
            counts for a mask that shows nothing, or everything.
    """

    doubt: str | None
    steadiness: float

    def is_better_than(self, other: "Verdict") -> bool:
        """Whether these masks are in less doubt than others."""
        return (self.doubt is None, self.steadiness) > (other.doubt is None, other.steadiness)

    @property
    def measure(self) -> str:
        """The steadiness as text."""
        return f"steadiness {percent(self.steadiness)}"


def judge(masks: Bytes, motion: ClipMotion) -> Verdict:
    """Judges masks (T, H, W) uint8 by the motion of their clip."""
    subject = masks >= OPAQUE
    share = subject.mean(axis=(1, 2))
    size = motion.clip.width, motion.clip.height
    small = np.stack([cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in masks]) >= OPAQUE
    full = share > MOST_SHARE
    doubt = (
        _cover_doubt(share < LEAST_SHARE, f"less than {100 * LEAST_SHARE:.0f} %")
        or _cover_doubt(full, f"more than {100 * MOST_SHARE:.0f} %")
        or find_doubt(small, motion.clip, motion.flow)
    )
    return Verdict(doubt, _steadiness(small, full, motion))


def _cover_doubt(frames: Bools, amount: str) -> str | None:
    """The doubt about the frames (T,) bool whose masks cover too little of the picture, or too much."""
    count, which = len(frames), np.flatnonzero(frames)
    if not which.size:
        return None
    some = f"{which.size} of {count} frames ({numbers(which)}, counted from 0)"
    return f"it covers {amount} of the picture in {some if which.size < count else f'all {count} frames'}"


def _steadiness(small: Bools, full: Bools, motion: ClipMotion) -> float:
    """`Verdict.steadiness` of masks (T, h, w), of which those that show everything are ``full`` (T,)."""
    if len(small) == 1:
        return float(small.any() and not full.any())
    overlap = overlaps(small, motion.flow)
    return float(np.where(full[:-1] | full[1:], 0, overlap).mean())


def find_doubt(masks: Bools, clip: SmallClip, flow: ClipFlow, *, plain: bool = False) -> str | None:
    """What speaks against (T, h, w) masks, with the measured value, as part of a sentence; else None.

    Args:
        masks: of the clip's frames.
        clip: of T frames.
        flow: between them.
        plain: whether the masks are what differs from a plain backdrop.
    """
    overlap = overlaps(masks, flow)
    if overlap.size and overlap.min() < (PLAIN_OVERLAP if plain else LEAST_OVERLAP):
        jump = int(overlap.argmin())
        return (
            "its outline jumps from one frame to the next "
            f"(frames {jump} and {jump + 1}, counted from 0, overlap by {percent(overlap[jump])})"
        )
    if overlap.size and not plain and (usual := float(np.median(overlap))) < USUAL_OVERLAP:
        return f"its outline is unsteady (frames overlap by {percent(usual)}, in the median)"
    border = float(masks[:, ring(*masks.shape[1:])].mean())
    if border > MOST_BORDER:
        return f"it covers much of the picture's border ({percent(border)})"
    if masks.mean() < LEAST_AREA:
        return f"it is very small ({percent(float(masks.mean()))} of the picture)"
    edges, sure, seam = _inner_edges(masks, clip, flow)
    comes_in = border > CUT_BORDER and edges > CUT_EDGES and sure > CUT_SURE_EDGES
    if seam > LONGEST_SEAM or comes_in:
        return f"its parts move apart, as two things would (edges of motion are {percent(edges)} of it)"
    return None


def _inner_edges(masks: Bools, clip: SmallClip, flow: ClipFlow) -> Floats:
    """What edges of motion masks (T, h, w) have within them, in the median of the frames.

    A body that bends fast has them, too, and so has flow that is lost. A seam is an edge where flow is
    trusted, colour changes too, and that is steep beside the motion of the whole: a body has many short
    ones, and two things that move apart a long one between them.

    Returns:
        (3,) float64: all edges, and those around which flow is trusted, as shares of the subject's area; the
        pixels of the longest seam beside its width, √area. 0 of a single frame.
    """
    kernel = np.ones((2 * INNER + 1, 2 * INNER + 1), np.uint8)
    found = np.zeros((max(1, len(masks) - 1), 3))
    for frame in np.flatnonzero(masks[:-1].any(axis=(1, 2))):
        mask, motion, trust = masks[frame], flow.forward[frame], flow.forward_trust[frame]
        area = mask.sum()
        slope = _steps(motion, reach=1, blur=1.0) / 2
        own = motion[mask] - np.median(motion[mask], axis=0)
        bend = np.percentile(np.linalg.norm(own, axis=-1), 90) / area**0.5
        edge = (cv2.erode(mask.astype(np.uint8), kernel) > 0) & (np.hypot(*slope) > EDGE_SLOPE)
        sure = edge & (cv2.blur(trust, kernel.shape) > LEAST_TRUST)
        seam = edge & (trust > LEAST_TRUST) & (np.hypot(*slope) > STEEP * bend)
        colours = _steps(clip.lab[frame], reach=SIDE, blur=2.0)
        seam &= np.where(slope[0] > slope[1], colours[0], colours[1]) > COLOUR_STEP
        found[frame] = edge.sum() / area, sure.sum() / area, _most_in_a_row(seam) / area**0.5
    return np.asarray(np.median(found, axis=0), np.float64)


def _most_in_a_row(pixels: Bools) -> int:
    """How many of some pixels (h, w) the largest group has that is joined, gaps of two pixels included."""
    joined = cv2.dilate(pixels.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(joined)
    return int(np.bincount(labels[pixels]).max(initial=0))


def _steps(field: Singles, *, reach: int, blur: float) -> Singles:
    """How far apart a blurred field (h, w, C) is that many pixels left and right of a pixel, above and below.

    Returns:
        (2, h, w) float32.
    """
    beyond = ((reach, reach), (reach, reach), (0, 0))
    smooth = np.pad(cv2.GaussianBlur(field, (0, 0), blur), beyond, mode="edge")
    rows, columns = smooth[reach:-reach], smooth[:, reach:-reach]
    across, down = rows[:, 2 * reach :] - rows[:, : -2 * reach], columns[2 * reach :] - columns[: -2 * reach]
    return np.asarray(np.linalg.norm(np.stack([across, down]), axis=-1), np.float32)


def overlaps(masks: Bools, flow: ClipFlow) -> Floats:
    """Intersection over union of each (h, w) mask, carried along by flow, with the next.

    Returns:
        (T − 1,) float64 in [0, 1]; 0 where neither shows anything.
    """
    carried = [flow.to_next(mask.astype(np.float32), frame)[0] for frame, mask in enumerate(masks[:-1])]
    return shared(np.stack(carried) > 0.5, masks[1:]) if carried else np.zeros(0)


def warn_of_doubt(doubt: str, first: Bools, warn: Warn, *, hinted: bool) -> None:
    """Warns of a doubt, as `find_doubt` words it, and says what the caller can send.

    Args:
        doubt: as part of a sentence.
        first: (h, w) the first frame's mask.
        warn: takes a ``MASK_LOW_CONFIDENCE`` notice.
        hinted: whether the caller has said where the subject is.
    """
    advice = _advice(first, hinted=hinted)
    message = f"The subject's outline may be wrong: {doubt}. masks_preview shows it. {advice}"
    warn(Notice(LOW_CONFIDENCE, message))


def _advice(first: Bools, *, hinted: bool) -> str:
    """What to send, with figures to copy."""
    if hinted:
        return "If it is wrong, draw subject_box closer, or add subject_points on the subject and off it."
    boxes = [str(box) for box in _boxes(first)]
    if not boxes:
        return "If it is wrong, send subject_box, around the subject in the first frame."
    if len(boxes) > 1:
        return f"If one part of it is meant, send that as subject_box: {' or '.join(boxes)}."
    return (
        f"If it is wrong, correct subject_box, around the subject in the first frame: {boxes[0]} was taken."
    )


def several_doubt(masks: Bools) -> str | None:
    """The doubt about masks (T, h, w) that show several things of like size, in more than single frames."""
    seconds = second_parts(masks)
    seconds = seconds[seconds > 0]
    if len(seconds) <= SINGLE_FRAMES * len(masks):
        return None
    size, frames = percent(float(np.median(seconds))), len(seconds)
    return f"it shows several things (the second has {size} of the first's size, in {frames} of the frames)"


def second_parts(masks: Bools) -> Floats:
    """The area of the second part of each mask beside that of its largest, (T,); 0 up to `LIKE_SIZE`."""
    areas = [_large_parts(mask)[:, cv2.CC_STAT_AREA] for mask in masks]
    return np.array([area[1] / area[0] if len(area) > 1 else 0.0 for area in areas])


def _boxes(mask: Bools) -> list[list[float]]:
    """A ``subject_box`` around each large part of a mask (h, w), the largest first, at most three."""
    height, width = mask.shape
    return [
        [round(float(share), 2) for share in (x / width, y / height, (x + w) / width, (y + h) / height)]
        for x, y, w, h, _ in _large_parts(mask)[:3]
    ]


def _large_parts(mask: Bools) -> Ints:
    """The statistics (N, 5) of OpenCV of a mask's parts that are more than `LIKE_SIZE`, the largest first."""
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8))[2][1:]
    area = stats[:, cv2.CC_STAT_AREA]
    large = np.argsort(-area, kind="stable")[: np.count_nonzero(area > LIKE_SIZE * area.max(initial=0))]
    return np.asarray(stats[large], np.int64)


def percent(share: float) -> str:
    """A share as text: ``"41 %"``, below ten per cent with a decimal."""
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"
