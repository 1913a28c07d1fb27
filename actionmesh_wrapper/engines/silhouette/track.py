"""Tracking: where the cage's nodes are in every frame, outward from the anchor."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from actionmesh_wrapper.data.arrays import Bytes, Floats, Singles
from actionmesh_wrapper.data.fields import sample
from actionmesh_wrapper.engines.silhouette.cage import Cage, Pull, RigidCage
from actionmesh_wrapper.engines.silhouette.outline import Shape
from actionmesh_wrapper.motion.flow import FlowMeter

# Weights of pulls; each edge of the cage has 1.
FLOW_WEIGHT = 1.5  # of where flow from the previous frame carries a node
CORRECTION_WEIGHT = 3.0  # of where comparing with the anchor puts a node
STAY_WEIGHT = 0.1  # in the correction, of where a node is already
OUTLINE_WEIGHT = 4.0  # of the mask's edge
GATES = (4.0, 2.5, 1.7, 1.2)  # of the cage's spacing: nodes nearer to an edge are drawn to it, in turn
GATE_ROUNDS = 3  # of settling the cage, per gate
CORRECTION_ROUNDS = 5  # of settling the cage in the correction
ANCHOR_SHARE = 0.7  # of the anchor's edges in the shape at rest; the others are the previous frame's
EDGE_DEPTH = 3.0  # pixels inside the mask, beyond which flow is trusted in full
EDGE_TRUST = 0.2  # of flow outside the mask
WARP_STEP = 2  # pixels between points at which the cage's motion is computed; between them it is interpolated

Pixel = TypeVar("Pixel", np.uint8, np.float32)


class CageTracker:
    """Follows a cage through the frames.

    Args:
        greys: (T, H, W) uint8, the subject on a flat background.
        shapes: T shapes, the frames' masks.
        cage: in the anchor frame.
        anchor: index of the anchor frame.
    """

    def __init__(self, greys: Bytes, shapes: Sequence[Shape], cage: Cage, anchor: int) -> None:
        self._greys, self._shapes, self._cage, self._anchor = greys, shapes, cage, anchor
        self._rigid = RigidCage(cage.edges, len(cage.nodes))
        self._edges = self._rigid.vectors(cage.nodes)
        self._meter = FlowMeter()
        height, width = greys.shape[1:]
        self._warp_size = (-(-width // WARP_STEP), -(-height // WARP_STEP))
        rows, columns = np.indices(self._warp_size[::-1])
        points = np.column_stack([columns.ravel(), rows.ravel()])
        self._warp = cage.embed((points + 0.5) * WARP_STEP - 0.5)  # as cv2.resize places its pixels

    def run(self, done: Callable[[int], None]) -> Floats:
        """Tracks the cage from the anchor to the last frame, and to the first.

        Args:
            done: is called with the number of frames done so far.

        Returns:
            (T, N, 2) float64, pixels.
        """
        count = len(self._shapes)
        nodes = np.empty((count, *self._cage.nodes.shape))
        nodes[self._anchor] = self._cage.nodes
        finished = 1  # the anchor
        done(finished)
        for order in (range(self._anchor + 1, count), range(self._anchor - 1, -1, -1)):
            previous = self._anchor
            for frame in order:
                followed = self._follow(nodes[previous], previous, frame)
                nodes[frame] = self._correct_drift(followed, frame)
                previous = frame
                finished += 1
                done(finished)
        return nodes

    def _follow(self, nodes: Floats, previous: int, frame: int) -> Floats:
        """Carries the nodes from one frame to the next by flow, outline and the cage's rigidity."""
        # The shapes' centres give the motion of the whole; flow finds the rest.
        shift = np.round(self._shapes[frame].centre - self._shapes[previous].centre)
        motion, trust = self._meter.between(
            _shifted(self._greys[previous], shift),
            self._greys[frame],
            _shifted(_edge_trust(self._shapes[previous]), shift),
        ).at(nodes + shift)
        carried = nodes + shift + motion
        pull = Pull(carried, FLOW_WEIGHT * trust * sample(_edge_trust(self._shapes[frame]), carried))
        as_anchor, as_previous = self._rigid.turned(self._edges, nodes), self._rigid.vectors(nodes)
        rest = ANCHOR_SHARE * as_anchor + (1 - ANCHOR_SHARE) * as_previous
        for gate in GATES:
            carried = self._rigid.settle(carried, rest, pull, self._outline(frame, gate), GATE_ROUNDS)
        return carried

    def _correct_drift(self, nodes: Floats, frame: int) -> Floats:
        """Corrects drift: warps a frame back onto the anchor and moves the nodes by the flow between them."""
        motion = self._motion(nodes)
        rows, columns = np.indices(motion.shape[:2])
        x, y = (columns + motion[..., 0]).astype(np.float32), (rows + motion[..., 1]).astype(np.float32)
        warped = cv2.remap(self._greys[frame], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        trusts = _edge_trust(self._shapes[self._anchor]), _edge_trust(self._shapes[frame])
        visible = trusts[0] * cv2.remap(trusts[1], x, y, cv2.INTER_LINEAR)
        residual, trust = self._meter.between(
            self._greys[self._anchor], warped.astype(np.uint8), visible.astype(np.float32)
        ).at(self._cage.nodes)
        matched = self._cage.nodes + residual
        weight = CORRECTION_WEIGHT * trust + STAY_WEIGHT
        share = (STAY_WEIGHT / weight)[:, None]
        target = (1 - share) * (matched + sample(motion, matched)) + share * nodes
        rest = self._rigid.turned(self._edges, nodes)
        outline = self._outline(frame, GATES[-1])
        return self._rigid.settle(nodes, rest, Pull(target, weight), outline, CORRECTION_ROUNDS)

    def _motion(self, nodes: Floats) -> Floats:
        """The motion of each of the anchor's pixels with the cage, (H, W, 2) pixels."""
        carried = self._warp.carry(nodes - self._cage.nodes).reshape(*self._warp_size[::-1], 2)
        height, width = self._greys.shape[1:]
        return np.asarray(cv2.resize(carried, (width, height), interpolation=cv2.INTER_LINEAR), np.float64)

    def _outline(self, frame: int, gate: float) -> Callable[[Floats], Pull]:
        """The outline's pull in a frame, with a gate in units of the cage's spacing."""
        outline, shape, spacing = self._cage.outline, self._shapes[frame], self._cage.spacing
        on_outline = np.unique(outline)

        def pull(nodes: Floats) -> Pull:
            normals = self._cage.outline_normals(nodes)[on_outline]
            offsets, belongs = shape.offsets(nodes[on_outline], normals, gate * spacing)
            targets, weights = nodes.copy(), np.zeros(len(nodes))
            targets[on_outline[belongs]] += offsets[belongs]
            weights[on_outline[belongs]] = OUTLINE_WEIGHT
            return Pull(targets, weights)

        return pull


def _edge_trust(shape: Shape) -> Singles:
    """How far flow at a frame's pixels is trusted, (H, W) float32: less towards the mask's edge."""
    return np.clip(shape.distance / EDGE_DEPTH, EDGE_TRUST, 1.0).astype(np.float32)


def _shifted(picture: NDArray[Pixel], shift: Floats) -> NDArray[Pixel]:
    """A picture (H, W) moved by whole pixels (x, y); its border's values follow."""
    matrix = np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]]])
    height, width = picture.shape
    moved = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, picture.dtype)
