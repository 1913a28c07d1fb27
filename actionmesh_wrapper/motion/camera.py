"""The camera's own motion, and the still canvas that all frames share once it is taken out."""

from dataclasses import dataclass

import cv2
import numpy as np

from actionmesh_wrapper.data.arrays import Bools, Bytes, Floats, Singles

MAX_FEATURES = 600
FEATURE_SIZE = 21  # pixels that a feature is known by
PYRAMID_LEVELS = 4  # each halves the picture, so that a fast pan is followed
MIN_MATCHES = 12  # fewer say nothing about the camera, which is then taken to rest
ROUND_TRIP = 1.0  # pixels that a feature may miss itself by, there and back
INLIER = 1.5  # pixels
OUTER = 0.45  # squared radius, in half pictures, beyond which the camera is judged: the subject is within
MAX_CANVAS = 2  # pictures along each side of the canvas, for memory; what lies beyond has no plate


@dataclass(frozen=True, eq=False)
class CameraMotion:
    """Where each frame lies on a canvas in which the background rests.

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
    """Follows features of the outer picture from frame to frame and chains the homographies.

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
    reached = np.concatenate([cv2.perspectiveTransform(corners, path)[:, 0] for path in paths])
    margin = (MAX_CANVAS - 1) / 2 * np.array([width, height])
    low = np.maximum(np.floor(reached.min(axis=0)), -margin)
    high = np.minimum(np.ceil(reached.max(axis=0)), np.array([width, height]) + margin)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    return CameraMotion(shift @ paths, (int(high[0] - low[0]), int(high[1] - low[1])))


def _homography(here: Bytes, there: Bytes) -> Floats:
    """(3, 3) from one picture to another; the identity where too little can be followed."""
    height, width = here.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    outer = (x**2 + y**2 > OUTER).astype(np.uint8)
    start = cv2.goodFeaturesToTrack(here, MAX_FEATURES, 0.005, 5, mask=outer)
    if start is None or len(start) < MIN_MATCHES:
        return np.eye(3)
    end, found = _follow(here, there, np.asarray(start, np.float32))
    again, refound = _follow(there, here, end)
    miss = np.linalg.norm((again - start)[:, 0], axis=1)
    good = found & refound & (miss < ROUND_TRIP)
    if good.sum() < MIN_MATCHES:
        return np.eye(3)
    matrix, inliers = cv2.findHomography(start[good], end[good], cv2.RANSAC, INLIER)
    if matrix is None or inliers.sum() < MIN_MATCHES:
        return np.eye(3)
    return np.asarray(matrix, np.float64)


def _follow(here: Bytes, there: Bytes, points: Singles) -> tuple[Singles, Bools]:
    """Where (N, 1, 2) points go by Lucas and Kanade's method, and (N,) which were found."""
    end, found, _ = cv2.calcOpticalFlowPyrLK(
        here,
        there,
        points,
        np.empty_like(points),
        winSize=(FEATURE_SIZE, FEATURE_SIZE),
        maxLevel=PYRAMID_LEVELS,
    )
    return np.asarray(end, np.float32), np.asarray(found)[:, 0] == 1
