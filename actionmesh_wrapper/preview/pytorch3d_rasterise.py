"""PyTorch3D's rasteriser in the place of ours; the rest of the drawing is the same."""

from pytorch3d.renderer.mesh.rasterize_meshes import rasterize_meshes
from pytorch3d.structures import Meshes

from actionmesh_wrapper.preview.arrays import Array, Arrays
from actionmesh_wrapper.preview.rasterise import SAMPLE_X, SAMPLES, Hits

OVERLAP = 0.01  # pixels by which faces are widened, as PyTorch3D leaves out what lies on an edge


def rasterise(
    xp: Arrays,
    points: Array,
    faces: Array,
    width: int,
    height: int,
    *,
    front: int | None = None,  # noqa: ARG001 – PyTorch3D needs no help with what is hidden
) -> Hits:
    """Finds the nearest face at every sample; see `rasterise.rasterise`, whose places are sampled.

    PyTorch3D looks at the middle of each pixel, so the mesh is drawn once for each of a pixel's samples,
    moved so that they lie there. Its axes run to the left and up, and the shorter side from -1 to 1.
    """
    nothing = xp.full(height * SAMPLES * width, -1, "int64").reshape(height, SAMPLES, width)
    ahead = xp.least(xp.take(points[2], faces), 0) > 0
    index = xp.nonzero(ahead)
    if not len(index) or not nothing.shape[0] * nothing.shape[2]:
        return Hits(nothing, xp.cast(nothing * 0, "float32"))
    pixel = 2 / min(width, height)
    corners = xp.take(faces, index).T
    depth = xp.where(points[2] > 0, 1.0, 0.0) / xp.where(points[2] > 0, points[2], 1.0)
    moved = []
    for sample, right in enumerate(SAMPLE_X):
        across = (width / 2 - points[0] + right - 0.5) * pixel
        up = (height / 2 - points[1] + (sample + 0.5) / SAMPLES - 0.5) * pixel
        moved.append(xp.cast(xp.stack([across, up, depth]).T, "float32"))
    found, distance, _, _ = rasterize_meshes(
        Meshes(moved, [corners] * SAMPLES),
        (height, width),
        blur_radius=(OVERLAP * pixel) ** 2,
        faces_per_pixel=1,
        perspective_correct=True,
        clip_barycentric_coords=True,
    )
    found, distance = (of[..., 0].transpose(0, 1) for of in (found, distance))  # (H, 4, W)
    seen = found >= 0
    face = xp.take(index, xp.where(seen, found % len(index), 0))
    inverse = xp.where(seen, 1.0, 0.0) / xp.where(seen, distance, 1.0)
    return Hits(xp.where(seen, face, -1), xp.cast(inverse, "float32"))
