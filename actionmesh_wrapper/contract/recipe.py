"""What is asked of a job, apart from the files that it brings."""

from pydantic import Field, ValidationInfo, field_validator

from actionmesh_wrapper.contract import outputs as kinds
from actionmesh_wrapper.contract.engines import (
    MAX_FRAMES,
    MIN_FRAMES,
    Mode,
    WindowPlan,
)
from actionmesh_wrapper.contract.fields import (
    About,
    Box,
    Frozen,
    Masks,
    Number,
    NumFrames,
    OfClip,
    OfMaking,
    OfMeshFiles,
    Outputs,
    Points,
    Texture,
    TextureSize,
    Whole,
    knob,
)
from actionmesh_wrapper.contract.profiles import FORMER, PROFILES, ProfileName

TWO_WINDOWS = 31  # frames that take ActionMesh as long as 17
MAX_SEED = 2**32 - 1
KEYFRAME_ERROR = 0.002  # of an animation with more keys than that
MOST_KEYFRAME_ERROR = 0.1
MIN_TEXTURE: TextureSize = 1024


class Sampling(Frozen):
    """Which frames of the video are taken."""

    num_frames: OfClip[NumFrames] = Field(
        MIN_FRAMES,
        description="How many frames are taken, and how many keys the animation has; the worker's MAX_FRAMES "
        f"may allow fewer. auto is {MIN_FRAMES} where they cover the part at fps, or else at 8 per second; "
        f"{TWO_WINDOWS} of a longer one; and of one that these do not cover either as many as it takes.",
    )
    max_frames: OfClip[Whole | None] = Field(
        None,
        ge=MIN_FRAMES,
        le=MAX_FRAMES,
        description="The most that auto may come to; with fewer than "
        f"{TWO_WINDOWS} it is {MIN_FRAMES}. Null is the worker's MAX_FRAMES, which holds in any case.",
    )
    start_s: OfClip[Number] = Field(0, ge=0, description="Start of the part of the video to use, in seconds.")
    end_s: OfClip[Number | None] = Field(
        None, gt=0, description="End of that part, in seconds; null is the end of the video."
    )
    fps: OfClip[Number | None] = Field(
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

    mode: OfMaking[Mode] = Field(
        "default", description="ActionMesh's preset of quality, speed and GPU memory."
    )
    seed: OfMaking[Whole] = Field(44, ge=0, le=MAX_SEED, description="Seed of every random choice.")
    stage_0_steps: OfMaking[Whole | None] = knob("stage_0_steps", "Steps of image-to-3D (TripoSG).")
    stage_1_steps: OfMaking[Whole | None] = knob("stage_1_steps", "Steps of the temporal denoiser.")
    guidance_scale: OfMaking[Number | None] = knob(
        "guidance_scale", "Classifier-free guidance of the temporal denoiser."
    )
    face_decimation: OfMaking[Whole | None] = knob("face_decimation", "Target number of faces.")
    floaters_threshold: OfMaking[Number | None] = knob(
        "floaters_threshold", "Loose parts with fewer faces than this share of the largest part go."
    )
    anchor_idx: OfMaking[Whole] = knob(
        "anchor_idx",
        "The anchor frame: of the frames taken, the one whose mesh the others are deformed from.",
        default=0,
    )
    subsampling: OfMaking[Whole] = knob(
        "subsampling",
        "Temporal subsampling: 1 is a key per frame; 2 puts one between every two keys, 3 three.",
        default=1,
    )
    windows: OfMaking[WindowPlan] = Field(
        "keys",
        description=f"How ActionMesh, which sees 16 frames at a time, works on more than {TWO_WINDOWS}: keys "
        "first makes 16 spread over the clip and then those between them; chain goes on from window to "
        "window.",
    )
    overlap: OfMaking[Whole] = knob(
        "overlap", "How many known frames each window of a chain starts from; more take longer.", default=1
    )
    masks: OfClip[Masks] = Field(
        "auto",
        description="What tells the subject: the video's alpha, RMBG on each frame, or SAM 2 tracking "
        "subject_box or subject_points; auto takes the first of alpha, sam2 where a box or points are given, "
        "and rmbg.",
    )
    subject_box: OfClip[Box | None] = Field(
        None,
        description="[x0, y0, x1, y1] around the subject in the first frame taken, 0 to 1 from the top left.",
    )
    subject_points: OfClip[Points | None] = Field(
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
    animated_mesh_profile: OfMeshFiles[ProfileName] = Field(
        "standard",
        description="How animated_mesh is stored: "
        + "; ".join(
            f"{name} ({facts.about}; opened in {', '.join(facts.tools)})" for name, facts in PROFILES.items()
        )
        + ". Without a bucket the next that fits into the answer is taken, with a warning. Deprecated names: "
        + ", ".join(f"{former} for {name}" for former, name in FORMER.items())
        + ".",
    )
    keyframe_error: OfMeshFiles[Number | None] = Field(
        None,
        ge=0,
        le=MOST_KEYFRAME_ERROR,
        description="Keys are left out of animated_mesh where the straight way between others is no further "
        "off than this share of the mesh's longest side; 0 keeps all. Null is 0 up to "
        f"{TWO_WINDOWS} keys, and {KEYFRAME_ERROR} of more.",
    )
    texture: OfMaking[Texture] = Field(
        "none",
        title="Colour from the video",
        description="Colour from the video: none leaves the mesh as the engine made it; auto paints the "
        "frames onto a mesh without colours where the camera is found for sure, and else says why not; video "
        "paints them where it is not sure, too, and over colours that a mesh has.",
    )
    texture_size: OfMaking[TextureSize] = Field(
        MIN_TEXTURE,
        title="Size of the colours",
        description="Pixels along each side of the picture that holds the colours from the video.",
    )
    loop: OfMaking[bool] = Field(
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

    @classmethod
    def about(cls, *parts: About) -> list[str]:
        """The fields that are about any of these, in order."""
        return [name for name, info in cls.model_fields.items() if set(parts) & set(info.metadata)]

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
