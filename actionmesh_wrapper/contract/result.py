"""The result: what a finished job answers, as one frozen schema."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, create_model

from actionmesh_wrapper.contract.engines import ENGINES, Mode
from actionmesh_wrapper.contract.fields import Frozen
from actionmesh_wrapper.contract.output_kind import OutputFile
from actionmesh_wrapper.contract.outputs import fields, file_of, holds_many
from actionmesh_wrapper.contract.profiles import PROFILES, ProfileName

StorageKind = Literal["local", "s3", "inline"]


class File(Frozen):
    """One file of the result."""

    name: str = Field(description="Its name, such as mesh_000.glb.")
    url: str | None = Field(
        description="Where it is: a presigned link (s3), a data: URL (inline), or a name relative to "
        "result.json (local); null if it had no room inline.",
    )
    bytes: int = Field(ge=0, description="Its size.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of its content.")


class _Files(Frozen):
    def all(self) -> tuple[File, ...]:
        """Every file that was made, in the order of `KINDS`."""
        return tuple(file for name in type(self).model_fields for file in _listed(getattr(self, name)))

    def changed(self, change: Callable[[File], File]) -> Self:
        """The same files, each changed."""
        return type(self)(
            **{
                name: tuple(map(change, value)) if isinstance(value, tuple) else value and change(value)
                for name, value in self
            }
        )

    @classmethod
    def of(cls, files: Iterable[File]) -> Self:
        """The files of these names, each in its field."""
        by_field: dict[str, list[File]] = {}
        for file in files:
            row = file_of(file.name)
            assert row is not None
            by_field.setdefault(row.field, []).append(file)
        return cls(
            **{
                name: tuple(by_field.get(name, ()))
                if holds_many(rows)
                else next(iter(by_field.get(name, ())), None)
                for name, rows in fields().items()
            }
        )


def _listed(value: File | tuple[File, ...] | None) -> tuple[File, ...]:
    return value if isinstance(value, tuple) else (value,) if value is not None else ()


def _field(rows: Sequence[OutputFile]) -> tuple[Any, Any]:
    """The type and the schema of a field that holds these files."""
    description = "; ".join(f"{row.example}{' …' if row.is_many else ''}: {row.about}" for row in rows) + "."
    kind: Any = tuple[File, ...] if holds_many(rows) else File | None
    default = ... if rows[0].always else () if holds_many(rows) else None
    return kind, Field(default, description=description)


if TYPE_CHECKING:

    class Files(_Files):
        """The files made, by kind; those not asked for are empty or null."""

        def __getattr__(self, name: str) -> Any: ...
else:
    Files = create_model(
        "Files",
        __base__=_Files,
        __doc__="The files made, by kind; those not asked for are empty or null.",
        **{name: _field(rows) for name, rows in fields().items()},
    )


class AnimatedMeshInfo(Frozen):
    """How animated_mesh.glb is stored."""

    profile: ProfileName = Field(description=f"Its profile: {', '.join(PROFILES)}.")
    max_error: float = Field(
        ge=0,
        description="The largest distance between any vertex of any frame and where it is stored, as a share "
        "of the longest side of the box around all frames.",
    )
    keys: int | None = Field(
        None,
        ge=1,
        description="Its keys; fewer than the frames where keyframe_error left some out. Null in a result "
        "of an older worker.",
    )


class RiggedMeshInfo(Frozen):
    """What rigged_mesh.glb has, and how near it comes to the animation.

    Errors are distances of the vertices at the keys from where the animation has them, as a share of the
    diagonal of the box around all frames.
    """

    bones: int = Field(ge=1, description="Joints of its skeleton, the root among them.")
    correctives: int = Field(ge=0, description="Morph targets that correct the skin.")
    rms: float = Field(ge=0, description="The root of the mean squared error.")
    p99: float = Field(ge=0, description="The error that 99 % of all vertices and frames stay within.")
    max: float = Field(ge=0, description="The largest error.")


class LoopInfo(Frozen):
    """How the motion was made into a cycle. The animation has one key more, which is the first again."""

    keys: int = Field(ge=1, description="Keys of the cycle; one turn takes keys / fps seconds.")
    blended_keys: int = Field(ge=1, description="Keys at either end that were moved for it.")
    error: float = Field(
        ge=0,
        description="The largest distance that a vertex was moved by, as a share of the longest side of the "
        "box around all frames.",
    )


class MeasuredQuality(Frozen):
    """How well the animation holds together, by plain measures that nobody has compared with what is seen."""

    seams: float | None = Field(
        description="Mean acceleration of the vertices where frames of different windows meet, over that "
        "elsewhere: 1 is none; null where there is one window, or nothing to compare with.",
    )
    volume_drift: float | None = Field(
        description="The largest change of volume in any frame, as a share of the anchor frame's; null of a "
        "mesh that is not closed."
    )
    edge_drift: float = Field(description="The same of the sum of its edges' lengths.")


class TextureInfo(Frozen):
    """What the colours from the video rest on. The first three are shares of the surface, 1 together."""

    seen: float = Field(ge=0, le=1, description="What the video shows.")
    mirrored: float = Field(ge=0, le=1, description="What has the colours of its mirror image.")
    guessed: float = Field(ge=0, le=1, description="What has the colours of what is near.")
    overlap: float = Field(
        ge=0,
        le=1,
        description="How well the mesh's outlines, as the camera sees them, cover the subject's in the "
        "video, the mean of some frames: area in both over area in either; 1 is exactly.",
    )
    disagreement: float = Field(
        ge=0,
        description="Mean difference between the frames' colours where several show the same place, in steps "
        "of 255.",
    )


class FilmCameraInfo(Frozen):
    """The camera that filmed the clip, found by the subject's outlines; it stands still in all of it.

    Axes and unit are the mesh's: Y up, and 0° looks along -Z. The unit is not the metre.
    """

    azimuth_deg: float = Field(description="Degrees around +Y; 90 stands on the mesh's +X side.")
    elevation_deg: float = Field(description="Degrees above the horizon.")
    roll_deg: float = Field(
        description="Degrees that it is turned about its own axis, counter-clockwise seen from behind it."
    )
    target: tuple[float, float, float] = Field(description="The point that it looks at.")
    distance: float | None = Field(description="From it to target; null of a parallel projection.")
    yfov_deg: float | None = Field(
        description="Degrees from the lower to the upper edge of a frame; null of a parallel projection."
    )
    frame_height: float = Field(description="A frame's height at the target, in units of the mesh.")
    aspect_ratio: float = Field(description="A frame's width over its height.")
    principal_point: tuple[float, float] = Field(
        description="Where in a frame target is seen, as shares of its width from the left and of its height "
        "from the top."
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
    engine: str = Field(description=f"The engine that made the mesh: {' or '.join(ENGINES)}.")
    accelerated: tuple[str, ...] = Field(
        (), description="The changes that made the engine faster, by the names that ACCELERATE has for them."
    )
    from_animation: bool = Field(
        default=False,
        description="Whether the mesh is that of an earlier result, given as animation_url: nothing was "
        "animated anew, and engine, mode and seed are that result's, as its file says.",
    )
    mode: Mode = Field(description="The mode asked for.")
    seed: int = Field(description="The seed.")
    num_frames: int = Field(description="Keys of the animation; without a mesh, the frames taken.")
    fps: float = Field(description="Keys per second.")
    vertices: int = Field(description="Vertices of the mesh; 0 where none was made.")
    faces: int = Field(description="Faces of the mesh; 0 where none was made.")
    quality: MeasuredQuality | None = Field(
        None, description="How well the animation holds together; null where that was not measured."
    )
    source: SourceVideo | None = Field(
        description="The video; null where there was an animation in its place."
    )
    files: Files
    loop_info: LoopInfo | None = Field(
        None, description="How the motion was made into a cycle; null where loop was not asked for."
    )
    animated_mesh_info: AnimatedMeshInfo | None = Field(
        None, description="How animated_mesh.glb is stored; null where it was not made."
    )
    rigged_mesh_info: RiggedMeshInfo | None = Field(
        None, description="What rigged_mesh.glb has, and its error; null where it was not made."
    )
    texture: TextureInfo | None = Field(
        None, description="What the colours from the video rest on; null where there are none."
    )
    camera: FilmCameraInfo | None = Field(
        None, description="The camera that filmed the clip; null where it was not looked for, or not found."
    )
    preview_renderer: str | None = Field(
        None, description="What drew the preview: numpy or pytorch3d; null if there is none."
    )
    storage: StorageKind = Field(description="Where the files are kept.")
    cached: bool = Field(description="Whether it is the result of an equal job before, with new links.")
    timings_s: dict[str, float] = Field(
        description="Seconds spent in each stage; wait are those in which another job had the engine.",
    )
    seconds_per_frame: float | None = Field(
        None,
        description="Seconds of the engine's stages for each frame taken; null in an older worker's result.",
    )
    warnings: tuple[ResultWarning, ...]
    expires_at: str | None = Field(description="When the links end, ISO 8601 in UTC; null if they do not.")
