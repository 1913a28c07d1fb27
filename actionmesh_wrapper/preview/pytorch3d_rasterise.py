"""PyTorch3D's rasteriser in the place of ours; the rest of the drawing is the same.

The preview's one door to PyTorch: NumPy's arrays go in and come out.
"""

from contextlib import AbstractContextManager, nullcontext
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from pytorch3d.renderer.mesh.rasterize_meshes import rasterize_meshes
from pytorch3d.structures import Meshes

from actionmesh_wrapper.preview.rasterise import SAMPLE_X, SAMPLES, Hits

OVERLAP = 0.01  # pixels by which faces are widened, as PyTorch3D leaves out what lies on an edge


def has_gpu() -> bool:
    """Whether PyTorch finds one."""
    return bool(torch.cuda.is_available())


def rasterise(
    points: NDArray[np.float64],
    faces: NDArray[np.int64],
    width: int,
    height: int,
    *,
    front: int | None = None,  # noqa: ARG001 – PyTorch3D needs no help with what is hidden
    device: str,
) -> Hits:
    """Finds the nearest face at every sample; see `rasterise.rasterise`, whose places are sampled.

    On a GPU in a stream of its own, which goes first: PyTorch3D waits for the GPU some ten times a picture,
    and in the stream that all share it would wait each time for what the next job's engine has put there.

    Args:
        points: (3, V) float64, as the other arguments as there.
        faces: (3, F) int64.
        width: pixels.
        height: pixels.
        front: is not needed.
        device: PyTorch's, such as ``cuda``.

    Raises:
        RuntimeError: if the device fails, or has too little memory.
    """
    face = np.full((height, SAMPLES, width), -1, np.int32)
    inverse_depth = np.zeros(face.shape, np.float32)
    in_front = np.flatnonzero(points[2].take(faces).min(axis=0) > 0)
    if not len(in_front) or not face.size:
        return Hits(face, inverse_depth)
    pixel = 2 / min(width, height)
    with _in_own_stream(device):
        corners = torch.from_numpy(faces.T[in_front]).to(device)
        fragments = rasterize_meshes(
            Meshes(list(torch.from_numpy(_moved(points, width, height)).to(device)), [corners] * SAMPLES),
            (height, width),
            blur_radius=(OVERLAP * pixel) ** 2,
            faces_per_pixel=1,
            perspective_correct=True,
            clip_barycentric_coords=True,
        )
        nearest, depth = (of[..., 0].transpose(0, 1).cpu().numpy() for of in fragments[:2])  # (H, 4, W)
    seen = nearest >= 0
    face[seen] = in_front[nearest[seen] % len(in_front)]
    inverse_depth[seen] = 1 / depth[seen]
    return Hits(face, inverse_depth)


def _in_own_stream(device: str) -> AbstractContextManager[object]:
    """Has what is computed on a GPU within it go to the preview's stream."""
    if torch.device(device).type != "cuda":
        return nullcontext()
    own: AbstractContextManager[object] = torch.cuda.stream(_stream(device))
    return own


@cache
def _stream(device: str) -> torch.cuda.Stream:
    return torch.cuda.Stream(device, priority=-1)  # the highest that every GPU has


def _moved(points: NDArray[np.float64], width: int, height: int) -> NDArray[np.float32]:
    """The vertices once for each of a pixel's samples, in PyTorch3D's axes: (4, V, 3) float32.

    PyTorch3D looks at the middle of each pixel, so each mesh is moved so that one of the samples lies there.
    Its axes run to the left and up, and the shorter side from -1 to 1.
    """
    pixel = 2 / min(width, height)
    is_ahead = points[2] > 0
    depth = np.where(is_ahead, 1.0, 0.0) / np.where(is_ahead, points[2], 1.0)
    moved = np.empty((SAMPLES, points.shape[1], 3), np.float32)
    for sample, right in enumerate(SAMPLE_X):
        moved[sample, :, 0] = (width / 2 - points[0] + right - 0.5) * pixel
        moved[sample, :, 1] = (height / 2 - points[1] + (sample + 0.5) / SAMPLES - 0.5) * pixel
        moved[sample, :, 2] = depth
    return moved
