"""A plain backdrop, fitted to the picture's border, and the subject: all that differs but its shadow."""

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from scipy import ndimage

from actionmesh_wrapper.data.arrays import Bools, Floats, Ints, Singles
from actionmesh_wrapper.masking.shapes import border_width, ring
from actionmesh_wrapper.motion.clip import SmallClip
from actionmesh_wrapper.motion.colour import colour_distance, distance_threshold

CORNER_SIDE = 0.06  # of a corner's square, as a share of the picture's shorter side
MAX_COLOURS = 3  # wall, ground, and one more: a curtain, or the subject where it leaves the picture
CORNER_SHARE = 0.04  # a colour with less of the corners than this is the subject at the edge, not backdrop
SAMPLES = 20_000  # pixels that a fit uses
PLAIN_DISTANCE = 4.0  # Lab units from the fitted colour within which a pixel is the backdrop's
PLAIN_SHARE = 0.7  # of the border must be the backdrop's for it to be plain
RIDGE = 1e-2  # penalty of the regression: keeps a colour that covers a small part bounded elsewhere
PRESENT_SHARE = 0.1  # of the frames in which a colour must be at a row's or column's end to be allowed in it
SEAM_WIDTH = 3  # pixels on either side of the line between two colours, in which they blend
THRESHOLD_RANGE = (4.0, 16.0)  # Lab units, bounds on what counts as different from the backdrop
NOISE_FACTOR, NOISE_OFFSET = 3.0, 2.0  # the threshold above the border's noise
BELIEF = 3.0  # at most, in a pixel that differs by far, or not at all
SHADOW_BELIEF = -1.0  # in a pixel of the subject's shadow
SHADOW_LIGHT = (0.66, 0.985)  # cube root of the share of light that is left in a shadow
SHADOW_CHROMA = 5.0  # Lab units, how far a shadow's hue may stray from the backdrop's
SHADOW_SLOPE = 3.0  # Lab units per pixel, the steepest that a soft shadow's lightness falls
SHADOW_HEIGHT = 0.4  # shadows lie in this lowest part of the subject, or under it
SHADOW_SHARE = 0.4  # of the subject; a shadow that covers more is the subject, as grey as its backdrop


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A plain backdrop of K colours.

    Attributes:
        colours: (K, h, w, 3) float32 Lab, each colour all over the picture.
        allowed: (K, h, w) bool, where each may show: what the border has at the left and right end of the
            row, and above and below in the column.
        noise: Lab units, the 90th percentile of the border's distance from it.
    """

    colours: Singles
    allowed: Bools
    noise: float

    def paint(self, lab: Singles) -> Singles:
        """The backdrop (h, w, 3) Lab behind one (h, w, 3) frame: at each pixel the nearest allowed colour."""
        nearest = self._distances(lab).argmin(axis=0)
        painted: Singles = np.take_along_axis(self.colours, nearest[None, ..., None], axis=0)[0]
        return painted

    def distance(self, lab: Singles) -> Singles:
        """The distance (h, w) in Lab units from one (h, w, 3) frame to the backdrop."""
        distance: Singles = self._distances(lab).min(axis=0)
        near = np.stack([ndimage.binary_dilation(each, iterations=SEAM_WIDTH) for each in self.allowed])
        for one, other in combinations(range(len(near)), 2):
            seam = near[one] & near[other] & ~(self.allowed[one] & self.allowed[other])
            blend = _blend_distance(lab[seam], self.colours[one][seam], self.colours[other][seam])
            distance[seam] = np.minimum(distance[seam], blend)
        return distance

    def _distances(self, lab: Singles) -> Singles:
        return np.where(self.allowed, colour_distance(lab, self.colours), np.inf).astype(np.float32)


def find_backdrop(clip: SmallClip) -> Backdrop | None:
    """Fits a plain backdrop to the border of all frames, and then to all pixels that are like it.

    Returns:
        The backdrop, or None if the border is not plain.
    """
    pixels = clip.lab.reshape(-1, 3)
    terms = _terms(clip.height, clip.width)  # of one frame: they are the same in all
    on_ring = np.flatnonzero(np.tile(ring(clip.height, clip.width).ravel(), len(clip)))
    border = on_ring[:: max(1, on_ring.size // SAMPLES)]
    everywhere = np.concatenate([border, np.arange(0, len(pixels), max(1, len(pixels) // SAMPLES))])
    surfaces = _first_surfaces(clip, border)
    for sample, reach in (
        (border, 2 * PLAIN_DISTANCE),
        (everywhere, PLAIN_DISTANCE),
        (everywhere, PLAIN_DISTANCE),
    ):
        surfaces = _refit(surfaces, terms[sample % len(terms)], pixels[sample], reach)
    distance = colour_distance(pixels[border], terms[border % len(terms)] @ surfaces)
    plain = distance.min(axis=0) < PLAIN_DISTANCE
    if plain.mean() < PLAIN_SHARE:
        return None
    label = np.where(distance.min(axis=0) < 2 * PLAIN_DISTANCE, distance.argmin(axis=0), -1)
    painted = terms @ surfaces
    return Backdrop(
        colours=painted.reshape(-1, clip.height, clip.width, 3).astype(np.float32),
        allowed=_allowed(clip, border, label, len(surfaces)),
        noise=float(np.percentile(distance.min(axis=0)[plain], 90)),
    )


def _first_surfaces(clip: SmallClip, border: Ints) -> Floats:
    """The border's colours that reach into a corner, as constant polynomials, (K, 6, 3) coefficients."""
    pixels = clip.lab.reshape(-1, 3)[border]
    count = min(MAX_COLOURS, len(np.unique(pixels, axis=0)))
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.1)
    cv2.setRNGSeed(0)  # k-means starts at random
    start = np.zeros((len(pixels), 1), np.int32)  # ignored, but its type requires it
    _, label, centres = cv2.kmeans(pixels, count, start, stop, 2, cv2.KMEANS_PP_CENTERS)
    y, x = _row_and_column(clip, border)
    reach = CORNER_SIDE * min(clip.height, clip.width)
    corner = (np.minimum(x, clip.width - 1 - x) < reach) & (np.minimum(y, clip.height - 1 - y) < reach)
    share = np.bincount(np.ravel(label)[corner], minlength=count) / max(1, corner.sum())
    kept = np.asarray(centres)[share >= CORNER_SHARE]
    surfaces = np.zeros((len(kept), 6, 3))
    surfaces[:, 0] = kept
    return surfaces


def _refit(surfaces: Floats, terms: Floats, pixels: Singles, reach: float) -> Floats:
    """Fits each surface by ridge regression to the pixels that are nearest to it, within ``reach``."""
    distance = colour_distance(pixels, terms @ surfaces)
    owner = np.where(distance.min(axis=0) < reach, distance.argmin(axis=0), -1)
    fitted = surfaces.copy()
    for k in range(len(surfaces)):
        own, colour = terms[owner == k], pixels[owner == k]
        if len(own) >= own.shape[1]:
            ridge = np.diag([0.0, 1, 1, 1, 1, 1]) * RIDGE * len(own)
            fitted[k] = np.linalg.solve(own.T @ own + ridge, own.T @ colour)
    return fitted


def _allowed(clip: SmallClip, border: Ints, label: Ints, count: int) -> Bools:
    """`Backdrop.allowed`: by row and column; by either where they disagree, and all where neither has any."""
    y, x = _row_and_column(clip, border)
    edge = border_width(clip.height, clip.width)
    at_side = (x < edge) | (x >= clip.width - edge)
    at_end = (y < edge) | (y >= clip.height - edge)
    rows = _presence(y[at_side], label[at_side], count, clip.height)[:, :, None]
    columns = _presence(x[at_end], label[at_end], count, clip.width)[:, None, :]
    both = rows & columns
    allowed = np.where(both.any(axis=0), both, rows | columns)
    return allowed | ~allowed.any(axis=0)


def _presence(position: Ints, label: Ints, count: int, length: int) -> Bools:
    """Where along an edge each colour has more than `PRESENT_SHARE` of the samples, (K, length) bool."""
    seen = np.maximum(np.bincount(position, minlength=length), 1)
    share = [np.bincount(position[label == k], minlength=length) / seen for k in range(count)]
    return ndimage.binary_dilation(np.stack(share) > PRESENT_SHARE, np.ones((1, 3), bool))


def _blend_distance(lab: Singles, start: Singles, end: Singles) -> Singles:
    """The distance (N,) of colours (N, 3) to the nearest blend of two others (N, 3), in Lab units."""
    along = end - start
    share = ((lab - start) * along).sum(axis=-1) / np.maximum((along**2).sum(axis=-1), 1e-6)
    return colour_distance(lab, start + np.clip(share, 0, 1)[:, None] * along)


def _terms(height: int, width: int) -> Floats:
    """The polynomial's terms at each pixel, (h w, 6): 1, x, y, x², xy, y² with x and y from −1 to 1."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)


def _row_and_column(clip: SmallClip, index: Ints) -> tuple[Ints, Ints]:
    """Row and column of pixels numbered through all frames."""
    row, column = np.divmod(index % (clip.height * clip.width), clip.width)
    return row, column


def plain_belief(clip: SmallClip, backdrop: Backdrop) -> Singles:
    """(T, h, w) float32 in [−`BELIEF`, `BELIEF`], positive on what differs from the backdrop."""
    distance = np.stack([backdrop.distance(lab) for lab in clip.lab])
    low, high = THRESHOLD_RANGE
    above_noise = NOISE_FACTOR * backdrop.noise + NOISE_OFFSET
    threshold = max(low, min(above_noise, distance_threshold(distance, low, high)))
    belief: Singles = BELIEF * np.tanh((distance - threshold) / (threshold / 2))
    for frame, lab in enumerate(clip.lab):
        belief[frame][_shadow(lab, backdrop.paint(lab), belief[frame] > 0)] = SHADOW_BELIEF
    return belief.astype(np.float32)


def _shadow(lab: Singles, backdrop: Singles, subject: Bools) -> Bools:
    """What of the subject is its shadow: the backdrop's hue in less light, with soft edges, low down.

    In Lab a light of s times the strength scales L + 16, a and b by the cube root of s.
    """
    light = (lab[..., 0] + 16) / (backdrop[..., 0] + 16)
    stray = np.linalg.norm(lab[..., 1:] - light[..., None] * backdrop[..., 1:], axis=-1)
    smooth = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.0)
    slope = np.hypot(*(cv2.Sobel(smooth, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1))))
    low, high = SHADOW_LIGHT
    shadow: Bools = (
        subject & (light > low) & (light < high) & (stray < SHADOW_CHROMA) & (slope < SHADOW_SLOPE)
    )
    rows = np.flatnonzero(subject.any(axis=1))
    if rows.size:
        shadow[: int(rows[-1] - SHADOW_HEIGHT * np.ptp(rows))] = False
    if shadow.sum() > SHADOW_SHARE * subject.sum():
        shadow[:] = False
    return shadow
