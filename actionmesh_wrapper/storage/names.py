"""Names of the files that a job may leave in a storage."""

from fnmatch import fnmatchcase

RESULT = "result.json"  # lies beside the files and is written after them
MANIFEST = "manifest.json"  # in a bucket: is written last of all, so where it lies everything does

MADE = (
    *("mesh_???.glb", "animated_mesh.glb", "mask_???.png"),
    *("animated_mesh.usdz", "animated_mesh.blend", "animated_mesh_blender.glb"),
    *("preview.mp4", "preview.webp", "poster.png", "archive.zip"),
)
SHARED = ("anchor_mesh.glb",)  # shown while the job runs, and no part of its result


def is_ours(name: str) -> bool:
    """Whether a job may have written a file of this name."""
    return any(fnmatchcase(name, pattern) for pattern in (*MADE, *SHARED, RESULT, MANIFEST))
