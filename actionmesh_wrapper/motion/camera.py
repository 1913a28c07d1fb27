"""The camera's own motion, and the canvas on which the background rests once that motion is taken out."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Floats, Singles

MAX_FEATURES = 600  # followed from one frame to the next
FEATURE_SIZE = 21  # pixels, the side of the patch that is compared
PYRAMID_LEVELS = 4  # each halves the picture, so that a fast pan is followed
MIN_MATCHES = 12  # with fewer features followed, the camera is taken to rest
ROUND_TRIP = 1.0  # pixels, the largest error of a feature followed there and back
INLIER = 1.5  # pixels, RANSAC's largest error of a feature that agrees with the homography
OUTER = 0.45  # squared radius, in half pictures, of the middle that is left out: the subject is there
MAX_CANVAS = 2  # the canvas's largest side, in pictures, for memory; what lies beyond is cut off


@dataclass(frozen=True, eq=False)
class CameraMotion:
    """Where each frame lies on a canvas on which the background rests.

    Attributes:
        to_canvas: (T, 3, 3) float64 homographies from frame to canvas, in pixels.
        size: canvas (width, height) in pixels.
    """

    to_canvas: Floats
    size: tuple[int, int]

    def onto_canvas(self, values: Singles, frame: int) -> Singles:
        """Lays (h, w) or (h, w, C) values of a frame onto the canvas; 0 where it does not reach."""
        return np.asarray(cv2.warpPerspective(values, self.to_canvas[frame], self.size), np.float32)

    def from_canvas(self, canvas: Singles, frame: int, height: int, width: int) -> Singles:
        """Cuts a frame's (height, width) view out of the canvas."""
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        view = cv2.warpPerspective(
            canvas, self.to_canvas[frame], (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(view, np.float32)

    def flow(self, frame: int, other: int, height: int, width: int) -> Singles:
        """(height, width, 2) float32: how the camera alone moves each pixel of a frame in another frame."""
        y, x = np.mgrid[:height, :width].astype(np.float32)
        here: Singles = np.stack([x, y], axis=-1)
        path = np.linalg.inv(self.to_canvas[other]) @ self.to_canvas[frame]
        there = cv2.perspectiveTransform(here.reshape(-1, 1, 2), path)
        moved: Singles = np.asarray(there, np.float32).reshape(here.shape) - here
        return moved


def find_camera_motion(grey: Bytes) -> CameraMotion:
    """Follows features of the background from frame to frame and chains the homographies between them.

    Features are taken from the outer part of the picture, where the subject is not expected.

    Args:
        grey: (T, h, w) uint8.
    """
    count, height, width = grey.shape
    middle = count // 2
    paths = np.tile(np.eye(3), (count, 1, 1))
    for t in range(middle + 1, count):
        paths[t] = paths[t - 1] @ _homography(grey[t], grey[t - 1])
    for t in range(middle - 1, -1, -1):
        paths[t] = paths[t + 1] @ _homography(grey[t], grey[t + 1])
    corners = np.array([[[0, 0]], [[width, 0]], [[0, height]], [[width, height]]], np.float64)
    outlines = np.concatenate([cv2.perspectiveTransform(corners, path)[:, 0] for path in paths])
    margin = (MAX_CANVAS - 1) / 2 * np.array([width, height])
    low = np.maximum(np.floor(outlines.min(axis=0)), -margin)
    high = np.minimum(np.ceil(outlines.max(axis=0)), np.array([width, height]) + margin)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    return CameraMotion(shift @ paths, (int(high[0] - low[0]), int(high[1] - low[1])))


def _homography(here: Bytes, there: Bytes) -> Floats:
    """The homography (3, 3) from one picture to another; the identity where too little can be followed."""
    height, width = here.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    outer = (x**2 + y**2 > OUTER).astype(np.uint8)
    start = cv2.goodFeaturesToTrack(here, MAX_FEATURES, 0.005, 5, mask=outer)
    if start is None or len(start) < MIN_MATCHES:
        return np.eye(3)
    end, is_tracked = _follow(here, there, np.asarray(start, np.float32))
    back, is_tracked_back = _follow(there, here, end)
    error = np.linalg.norm((back - start)[:, 0], axis=1)
    good = is_tracked & is_tracked_back & (error < ROUND_TRIP)
    if good.sum() < MIN_MATCHES:
        return np.eye(3)
    matrix, inliers = cv2.findHomography(start[good], end[good], cv2.RANSAC, INLIER)
    if matrix is None or inliers.sum() < MIN_MATCHES:
        return np.eye(3)
    return np.asarray(matrix, np.float64)


def _follow(here: Bytes, there: Bytes, points: Singles) -> tuple[Singles, Bools]:
    """Where points (N, 1, 2) go, by Lucas and Kanade's method (1981), and which (N,) were tracked."""
    end, status, _ = cv2.calcOpticalFlowPyrLK(
        here,
        there,
        points,
        np.empty_like(points),
        winSize=(FEATURE_SIZE, FEATURE_SIZE),
        maxLevel=PYRAMID_LEVELS,
    )
    return np.asarray(end, np.float32), np.asarray(status)[:, 0] == 1
