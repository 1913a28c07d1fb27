"""The request: what stands under ``input`` in a job, as one frozen schema."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from actionmesh_wrapper.contract import outputs as kinds
from actionmesh_wrapper.contract.bounds import beyond_bounds
from actionmesh_wrapper.contract.engines import (
    MAX_FRAMES,
    MIN_FRAMES,
    Mode,
    WindowPlan,
)
from actionmesh_wrapper.contract.fields import (
    Box,
    Frozen,
    Masks,
    Number,
    NumFrames,
    Outputs,
    Points,
    Texture,
    TextureSize,
    Url,
    Whole,
    knob,
)
from actionmesh_wrapper.contract.problems import problems
from actionmesh_wrapper.contract.profiles import FORMER, PROFILES, ProfileName
from actionmesh_wrapper.errors import InvalidInput

FILES = frozenset({"video_base64", "mesh_base64"})  # whose size is bounded where they are decoded

TWO_WINDOWS = 31  # frames that take ActionMesh as long as 17
KEYFRAME_ERROR = 0.002  # of an animation with more keys than that
MOST_KEYFRAME_ERROR = 0.1
MIN_TEXTURE: TextureSize = 1024


class Sampling(Frozen):
    """Which frames of the video are taken."""

    num_frames: NumFrames = Field(
        MIN_FRAMES,
        description="How many frames are taken, and how many keys the animation has; the worker's MAX_FRAMES "
        f"may allow fewer. auto is {MIN_FRAMES} where they cover the part at fps, or else at 8 per second; "
        f"{TWO_WINDOWS} of a longer one; and of one that these do not cover either as many as it takes.",
    )
    max_frames: Whole | None = Field(
        None,
        ge=MIN_FRAMES,
        le=MAX_FRAMES,
        description="The most that auto may come to; with fewer than "
        f"{TWO_WINDOWS} it is {MIN_FRAMES}. Null is the worker's MAX_FRAMES, which holds in any case.",
    )
    start_s: Number = Field(0, ge=0, description="Start of the part of the video to use, in seconds.")
    end_s: Number | None = Field(
        None, gt=0, description="End of that part, in seconds; null is the end of the video."
    )
    fps: Number | None = Field(
        None,
        gt=0,
        le=120,
        description="Frames taken per second, from start_s on; null takes them evenly over a part of up to "
        "4 s, and 8 per second in the busiest window of a longer one.",
    )

    @field_validator("max_frames")
    @classmethod
    def _is_of_auto(cls, max_frames: int | None, info: ValidationInfo) -> int | None:
        if max_frames is not None and info.data.get("num_frames", "auto") != "auto":
            raise ValueError("must be null where num_frames is a number")
        return max_frames

    @field_validator("end_s")
    @classmethod
    def _ends_after_it_starts(cls, end_s: float | None, info: ValidationInfo) -> float | None:
        if end_s is not None and end_s <= info.data.get("start_s", 0):
            raise ValueError("must be greater than start_s")
        return end_s


def frame_counts(num_frames: NumFrames, most: int = MAX_FRAMES) -> tuple[int, int]:
    """The fewest and the most frames that this may come to, where ``auto`` may be ``most`` at most."""
    return (MIN_FRAMES, max(MIN_FRAMES, most)) if num_frames == "auto" else (num_frames, num_frames)


class Options(Frozen):
    """What an engine is told besides the frames. Null means the mode's own value."""

    mode: Mode = Field("default", description="ActionMesh's preset of quality, speed and GPU memory.")
    seed: Whole = Field(44, ge=0, le=2**32 - 1, description="Seed of every random choice.")
    stage_0_steps: Whole | None = knob("stage_0_steps", "Steps of image-to-3D (TripoSG).")
    stage_1_steps: Whole | None = knob("stage_1_steps", "Steps of the temporal denoiser.")
    guidance_scale: Number | None = knob(
        "guidance_scale", "Classifier-free guidance of the temporal denoiser."
    )
    face_decimation: Whole | None = knob("face_decimation", "Target number of faces.")
    floaters_threshold: Number | None = knob(
        "floaters_threshold", "Loose parts with fewer faces than this share of the largest part go."
    )
    anchor_idx: Whole = knob(
        "anchor_idx",
        "The anchor frame: of the frames taken, the one whose mesh the others are deformed from.",
        default=0,
    )
    subsampling: Whole = knob(
        "subsampling",
        "Temporal subsampling: 1 is a key per frame; 2 puts one between every two keys, 3 three.",
        default=1,
    )
    windows: WindowPlan = Field(
        "keys",
        description=f"How ActionMesh, which sees 16 frames at a time, works on more than {TWO_WINDOWS}: keys "
        "first makes 16 spread over the clip and then those between them; chain goes on from window to "
        "window.",
    )
    overlap: Whole = knob(
        "overlap", "How many known frames each window of a chain starts from; more take longer.", default=1
    )
    masks: Masks = Field(
        "auto",
        description="What tells the subject: the video's alpha, RMBG on each frame, or SAM 2 tracking "
        "subject_box or subject_points; auto takes the first of alpha, sam2 where a box or points are given, "
        "and rmbg.",
    )
    subject_box: Box | None = Field(
        None,
        description="[x0, y0, x1, y1] around the subject in the first frame taken, 0 to 1 from the top left.",
    )
    subject_points: Points | None = Field(
        None,
        description="[[x, y, is_subject], …] in the first frame taken: points on the subject, or off it.",
    )

    @field_validator("overlap")
    @classmethod
    def _is_of_a_chain(cls, overlap: int, info: ValidationInfo) -> int:
        if overlap > 1 and info.data.get("windows") == "keys":
            raise ValueError("must be 1 where windows is keys")
        return overlap


class Recipe(Options, Sampling):
    """All that is asked of a job, apart from the video."""

    outputs: Outputs = Field(
        kinds.DEFAULTS,
        description="Files to make: "
        + ", ".join(f"{kind.name} ({kind.about})" for kind in kinds.KINDS if kind.option is None)
        + ".",
    )
    animated_mesh_profile: ProfileName = Field(
        "standard",
        description="How animated_mesh is stored: "
        + "; ".join(
            f"{name} ({facts.about}; opened in {', '.join(facts.opened)})" for name, facts in PROFILES.items()
        )
        + ". Without a bucket the next that fits into the answer is taken, with a warning. Deprecated names: "
        + ", ".join(f"{former} for {name}" for former, name in FORMER.items())
        + ".",
    )
    keyframe_error: Number | None = Field(
        None,
        ge=0,
        le=MOST_KEYFRAME_ERROR,
        description="Keys are left out of animated_mesh where the straight way between others is no further "
        "off than this share of the mesh's longest side; 0 keeps all. Null is 0 up to "
        f"{TWO_WINDOWS} keys, and {KEYFRAME_ERROR} of more.",
    )
    texture: Texture = Field(
        "none",
        title="Colour from the video",
        description="Colour from the video: none leaves the mesh as the engine made it; auto paints the "
        "frames onto a mesh without colours where the camera is found for sure, and else says why not; video "
        "paints them where it is not sure, too, and over colours that a mesh has.",
    )
    texture_size: TextureSize = Field(
        MIN_TEXTURE,
        title="Size of the colours",
        description="Pixels along each side of the picture that holds the colours from the video.",
    )
    loop: bool = Field(
        default=False,
        description="Whether the motion is made into a cycle: it is cut where it is most like its start, "
        "half way at the earliest, and the keys at both ends are blended, so that the last is the first "
        "again.",
    )
    cache: bool = Field(
        default=True,
        description="Whether an equal job's result that lies in the bucket will do; false makes it anew.",
    )
    blender_export: bool = Field(
        default=False, description="Also have Blender make a .blend and its own GLB, where the worker has it."
    )

    def allowed_keyframe_error(self, keys: int) -> float:
        """How far a key that is left out may be off, as a share of the mesh's longest side.

        Args:
            keys: of the animation.
        """
        if self.keyframe_error is not None:
            return self.keyframe_error
        return KEYFRAME_ERROR if keys > TWO_WINDOWS else 0.0

    @field_validator("texture_size")
    @classmethod
    def _is_of_a_texture(cls, texture_size: TextureSize, info: ValidationInfo) -> TextureSize:
        if texture_size > MIN_TEXTURE and info.data.get("texture") == "none":
            raise ValueError(f"must be {MIN_TEXTURE} where texture is none")
        return texture_size

    @field_validator("anchor_idx")
    @classmethod
    def _is_taken(cls, anchor_idx: int, info: ValidationInfo) -> int:
        num_frames = info.data.get("num_frames", MAX_FRAMES)
        if anchor_idx >= (fewest := frame_counts(num_frames)[0]):
            raise ValueError(f"must be less than {fewest} where num_frames is {num_frames}")
        return anchor_idx


def _given(*names: str) -> dict[str, Any]:
    """The JSON Schema of an object in which all these fields are set."""
    return {"required": list(names), "properties": {name: {"type": "string"} for name in names}}


class Request(Recipe):
    """One job's input: a recipe, exactly one video, and perhaps a mesh."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [_given("video_url"), _given("video_base64")],
            "not": _given("mesh_url", "mesh_base64"),
        }
    )

    video_url: Url | None = Field(None, description="The video's address, http or https.")
    video_base64: str | None = Field(
        None,
        min_length=1,
        repr=False,
        validate_default=True,
        description="The video itself in base64, bare or as a data: URL; give this or video_url.",
    )
    mesh_url: Url | None = Field(
        None,
        description="The address of a mesh of your own, a GLB, animated instead of one that is made from the "
        "video: the subject as it stands in the anchor frame, Y up, +Z to the camera.",
    )
    mesh_base64: str | None = Field(
        None, min_length=1, repr=False, description="That mesh itself in base64, bare or as a data: URL."
    )

    @field_validator("video_base64")
    @classmethod
    def _one_video(cls, video_base64: str | None, info: ValidationInfo) -> str | None:
        url_is_wrong = "video_url" not in info.data  # and is reported already
        if not url_is_wrong and (video_base64 is None) == (info.data["video_url"] is None):
            raise ValueError("give exactly one of video_url and video_base64")
        return video_base64

    @field_validator("mesh_base64")
    @classmethod
    def _one_mesh(cls, mesh_base64: str | None, info: ValidationInfo) -> str | None:
        if mesh_base64 and info.data.get("mesh_url"):
            raise ValueError("give mesh_url or mesh_base64, not both")
        return mesh_base64

    @property
    def has_mesh(self) -> bool:
        """Whether a mesh comes with the video."""
        return self.mesh_url is not None or self.mesh_base64 is not None


R = TypeVar("R", bound=Recipe)


def parse(data: Any, schema: type[R], *, default_mode: Mode = "default") -> R:
    """Checks a job's ``input`` against a schema, its size before its values.

    Args:
        data: the decoded JSON.
        schema: `Request`, or `Recipe` where the frames come from elsewhere.
        default_mode: the mode of an input that names none.

    Raises:
        InvalidInput: naming the fields that are wrong, with what is wrong about each; or the first that is
            too large.
    """
    if not isinstance(data, Mapping):
        raise InvalidInput("input must be a JSON object.")
    if too_much := beyond_bounds(data, schema.model_fields, files=FILES):
        raise InvalidInput(f"{too_much}.")
    try:
        return schema.model_validate({"mode": default_mode, **data})
    except ValidationError as error:
        raise InvalidInput("; ".join(problems(error)) + ".") from None  # the cause quotes the input
