"""The request: what stands under ``input`` in a job, as one frozen schema."""

from collections.abc import Collection, Mapping
from typing import Any, Self, TypeVar

from pydantic import ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from actionmesh_wrapper.contract import outputs as kinds
from actionmesh_wrapper.contract.bounds import LONGEST_TEXT, beyond_bounds
from actionmesh_wrapper.contract.engines import Mode
from actionmesh_wrapper.contract.fields import Url
from actionmesh_wrapper.contract.problems import problems
from actionmesh_wrapper.contract.recipe import Recipe
from actionmesh_wrapper.errors import InvalidInput

FILES = frozenset(
    {"video_base64", "mesh_base64", "animation_base64"}
)  # whose size is bounded where they are decoded
SOURCES = ("video_url", "video_base64", "animation_url", "animation_base64")
"""The fields of which a request has exactly one."""


def _given(*names: str) -> dict[str, Any]:
    """The JSON Schema of an object in which all these fields are set."""
    return {"required": list(names), "properties": {name: {"type": "string"} for name in names}}


def not_of_animation(outputs: Collection[str]) -> str | None:
    """What is wrong with asking for these kinds where there is an animation and no clip; None: nothing."""
    of_clip = [kind.name for kind in kinds.KINDS if kind.needs_clip and kind.name in outputs]
    others = [kind.name for kind in kinds.KINDS if not kind.needs_clip and kind.option is None]
    if not of_clip:
        return None
    return (
        f"outputs: {' and '.join(of_clip)} cannot be made without the clip; "
        f"of an animation can be made {', '.join(others)}"
    )


class Request(Recipe):
    """One job's input: a recipe, and exactly one video, perhaps with a mesh, or one animation."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [_given(name) for name in SOURCES],
            "not": _given("mesh_url", "mesh_base64"),
        }
    )

    video_url: Url | None = Field(None, description="The video's address, http or https.")
    video_base64: str | None = Field(
        None,
        min_length=1,
        repr=False,
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

    animation_url: Url | None = Field(
        None,
        description="The address of an animated_mesh.glb of an earlier result, in any profile, in place of a "
        "video: other outputs are made of it, in seconds and without the engine, and nothing is animated "
        "anew. outputs has to name them; those that show the clip are refused.",
    )
    animation_base64: str | None = Field(
        None,
        min_length=1,
        repr=False,
        description="That file itself in base64, bare or as a data: URL.",
    )

    @field_validator("mesh_base64")
    @classmethod
    def _one_mesh(cls, mesh_base64: str | None, info: ValidationInfo) -> str | None:
        if mesh_base64 and info.data.get("mesh_url"):
            raise ValueError("give mesh_url or mesh_base64, not both")
        return mesh_base64

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(getattr(self, name) is not None for name in SOURCES) != 1:
            raise ValueError(f"give exactly one of {', '.join(SOURCES[:-1])} and {SOURCES[-1]}")
        if not self.has_animation:
            return self
        if self.has_mesh:
            raise ValueError("a mesh goes with a video, not with an animation")
        if problem := not_of_animation(self.outputs):
            raise ValueError(problem)
        return self

    @property
    def has_mesh(self) -> bool:
        """Whether a mesh comes with the video."""
        return self.mesh_url is not None or self.mesh_base64 is not None

    @property
    def has_animation(self) -> bool:
        """Whether there is an animation in place of a video."""
        return self.animation_url is not None or self.animation_base64 is not None


def _file_as_address(data: Mapping[str, Any], fields: Collection[str]) -> str | None:
    """What is wrong where a field for an address holds a file itself: a data: URL, or long base64."""
    for field in fields:
        text = data.get(field)
        if not (field.endswith("_url") and isinstance(text, str)):
            continue
        is_data_url = text[:20].lstrip().lower().startswith("data:")
        if is_data_url or (len(text) > LONGEST_TEXT and "://" not in text[:20]):
            base64 = f"{field.removesuffix('_url')}_base64"
            return f"{field}: this is the file itself, not its address; send it as {base64}"
    return None


R = TypeVar("R", bound=Recipe)


def parse(data: Any, schema: type[R], *, default_mode: Mode = "default") -> R:
    """Checks a job's ``input`` against a schema, its size before its values.

    Args:
        data: the decoded JSON. None is an empty object: hosts leave an empty ``input`` out.
        schema: `Request`, or `Recipe` where the frames come from elsewhere.
        default_mode: the mode of an input that names none, which then is not among its ``model_fields_set``.

    Raises:
        InvalidInput: naming the fields that are wrong, with what is wrong about each; or the first that is
            too large.
    """
    data = {} if data is None else data
    if not isinstance(data, Mapping):
        raise InvalidInput("input must be a JSON object.")
    if problem := _file_as_address(data, schema.model_fields):
        raise InvalidInput(f"{problem}.")
    if too_much := beyond_bounds(data, schema.model_fields, files=FILES):
        raise InvalidInput(f"{too_much}.")
    try:
        request = schema.model_validate({"mode": default_mode, **data})
    except ValidationError as error:
        raise InvalidInput("; ".join(problems(error)) + ".") from None  # the cause quotes the input
    if "mode" not in data:
        request.model_fields_set.discard("mode")
    return request
