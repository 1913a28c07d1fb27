"""The result: what a finished job answers, as one frozen schema."""

from typing import Literal

from pydantic import Field

from actionmesh_wrapper.contract.request import Frozen, Mode, Output, Profile

StorageKind = Literal["local", "s3", "inline"]
FileKind = Literal[Output, "blender"]


class File(Frozen):
    """One file of the result."""

    name: str = Field(description="Its name, such as mesh_000.glb.")
    url: str | None = Field(
        description="Where it is: a presigned link (s3), a data: URL (inline), or a name relative to "
        "result.json (local); null if it had no room inline.",
    )
    bytes: int = Field(ge=0, description="Its size.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of its content.")


class Files(Frozen):
    """The files made, by kind; those not asked for are empty or null."""

    meshes: tuple[File, ...] = Field(description="One GLB per frame, mesh_000.glb …, all of one topology.")
    animated_mesh: File | None = Field(description="animated_mesh.glb, with a morph target per frame.")
    preview: File | None = Field(description="preview.mp4: the input beside the mesh, from several sides.")
    preview_webp: File | None = Field(
        None, description="preview.webp, made with preview: a small loop of the mesh on a turntable."
    )
    poster: File | None = Field(
        None, description="poster.png, made with preview: the mesh at its clearest, in one picture."
    )
    masks: tuple[File, ...] = Field(
        (), description="One picture per frame, mask_000.png …, white on what was taken for the subject."
    )
    usdz: File | None = Field(None, description="animated_mesh.usdz, the animation for tools that speak USD.")
    blender: tuple[File, ...] = Field(
        (), description="What Blender made: animated_mesh.blend and its own GLB, animated_mesh_blender.glb."
    )
    archive: File | None = Field(description="archive.zip, all of the above.")

    def all(self) -> tuple[File, ...]:
        """Every file that was made."""
        previews = (self.preview, self.preview_webp, self.poster)
        singles = (self.animated_mesh, *previews, self.usdz, self.archive)
        return (*self.meshes, *self.masks, *self.blender, *(file for file in singles if file is not None))


class AnimatedMeshInfo(Frozen):
    """How animated_mesh.glb is stored."""

    profile: Profile = Field(description="default, compact or exact.")
    max_error: float = Field(
        ge=0,
        description="The largest distance between any vertex of any frame and where it is stored, as a share "
        "of the longest side of the box around all frames.",
    )


class SourceVideo(Frozen):
    """The video as it came, and what was taken from it."""

    duration_s: float = Field(description="Its length in seconds.")
    width: int = Field(description="Pixels, as displayed.")
    height: int = Field(description="Pixels, as displayed.")
    fps: float = Field(description="Its mean frames per second.")
    frames: int = Field(description="How many frames it has.")
    timestamps_s: tuple[float, ...] = Field(description="The times of the frames taken, in seconds.")


class ResultWarning(Frozen):
    """Something that the caller should know."""

    code: str = Field(description="Stable, such as OPTION_IGNORED.")
    message: str = Field(description="What it means.")


class Result(Frozen):
    """What a finished job answers."""

    job_id: str = Field(description="The job.")
    engine: str = Field(description="The engine that made the mesh: actionmesh or silhouette.")
    accelerated: tuple[str, ...] = Field(
        (), description="The changes that made the engine faster, by the names that ACCELERATE has for them."
    )
    mode: Mode = Field(description="The mode asked for.")
    seed: int = Field(description="The seed.")
    num_frames: int = Field(description="Keys of the animation.")
    fps: float = Field(description="Keys per second.")
    vertices: int = Field(description="Vertices of the mesh.")
    faces: int = Field(description="Faces of the mesh.")
    source: SourceVideo
    files: Files
    animated_mesh_info: AnimatedMeshInfo | None = Field(
        None, description="How animated_mesh.glb is stored; null where it was not made."
    )
    preview_renderer: str | None = Field(
        None, description="What drew the preview: numpy or pytorch3d; null if there is none."
    )
    storage: StorageKind = Field(description="Where the files are kept.")
    cached: bool = Field(description="Whether it is the result of an equal job before, with new links.")
    timings_s: dict[str, float] = Field(description="Seconds spent in each stage, in order.")
    warnings: tuple[ResultWarning, ...]
    expires_at: str | None = Field(description="When the links end, ISO 8601 in UTC; null if they do not.")
