"""Settings of the worker, read once from the environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from actionmesh_wrapper.contract.acceleration import choose
from actionmesh_wrapper.contract.engines import ENGINES, MAX_FRAMES, MIN_FRAMES, Mode
from actionmesh_wrapper.errors import StartError

if TYPE_CHECKING:
    EngineChoice = str
else:
    EngineChoice = Literal[("auto", *ENGINES)]

WEEK_S = 7 * 24 * 3600  # the longest a presigned link can live (Signature Version 4)


class Settings(BaseModel):
    """One field a variable; its alias is the variable's name. Set to "" or spaces it counts as unset."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    engine: EngineChoice = Field(
        "auto",
        alias="ENGINE",
        description="Which engine makes the mesh. auto is actionmesh where it can run; where it cannot, "
        "silhouette on a machine of your own, and none on a serverless host.",
    )
    default_mode: Mode = Field(
        "default", alias="DEFAULT_MODE", description="The mode of a request that names none."
    )
    jobs_dir: Path = Field(
        Path("/tmp/actionmesh_jobs"),  # noqa: S108 – the documented default; folders in it are made 0700
        alias="JOBS_DIR",
        description="Working folders, {job_id}--{run}/input/000.png … and …/output/…; gone after the run.",
    )
    jobs_ttl: int = Field(
        3600,
        ge=60,
        alias="JOBS_TTL",
        description="Seconds after which a working folder that a killed worker left behind is removed.",
    )
    output_dir: Path = Field(
        Path("outputs"),
        alias="OUTPUT_DIR",
        description="Where results are kept without a bucket: {job_id}/ with result.json.",
    )
    max_frames: int = Field(
        121,
        ge=MIN_FRAMES,
        le=MAX_FRAMES,
        alias="MAX_FRAMES",
        description="Most frames of a job: time and disk grow with them, ActionMesh's GPU memory does not.",
    )
    execution_timeout_s: int | None = Field(
        None,
        ge=1,
        alias="EXECUTION_TIMEOUT_S",
        description="The endpoint's execution timeout in seconds, so that a job that would take longer is "
        "refused at once. Without one it is not known, unless the job brings its own in its policy.",
    )
    max_video_mb: float = Field(
        100,
        gt=0,
        le=10_000,
        alias="MAX_VIDEO_MB",
        description="Largest video taken, or animation in its place, in 10⁶ bytes.",
    )
    max_mesh_mb: float = Field(
        50,
        gt=0,
        le=1_000,
        alias="MAX_MESH_MB",
        description="Largest mesh of a caller's own taken, in 10⁶ bytes.",
    )
    preview_renderer: Literal["auto", "numpy", "pytorch3d"] = Field(
        "auto",
        alias="PREVIEW_RENDERER",
        description="What draws the preview. auto is pytorch3d where it is installed and PyTorch finds a "
        "GPU, else numpy; pytorch3d takes a GPU and an image built with PYTORCH3D=1.",
    )
    max_concurrent_jobs: int = Field(
        1,
        ge=1,
        le=16,
        alias="MAX_CONCURRENT_JOBS",
        description="Jobs taken at a time; the engine runs one, others fetch, export and upload beside it.",
    )
    accelerate: str = Field(
        "all",
        alias="ACCELERATE",
        description="What makes ActionMesh faster: all changes that keep its output but for the model's own "
        "noise, exact ones, none, or names separated by commas; all,-name leaves one out. See Speed.",
    )
    port: int = Field(
        8000, ge=1, le=65535, alias="PORT", description="Port of the local API (--rp_serve_api)."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="LOG_LEVEL", description="What is logged, to stderr."
    )
    log_format: Literal["text", "json"] = Field(
        "text", alias="LOG_FORMAT", description="text, or json: one object a line."
    )
    weights_dir: Path | None = Field(
        None,
        alias="WEIGHTS_DIR",
        description="Where builder/fetch_weights.py has put the weights. Without one /weights and then the "
        "host's volume are looked at. See Weights.",
    )
    weights_check: Literal["full", "sizes"] = Field(
        "full",
        alias="WEIGHTS_CHECK",
        description="What is verified at the start: full hashes every file, sizes only code and small files.",
    )
    hf_home: Path | None = Field(
        None, alias="HF_HOME", description="Where the Hugging Face hub keeps its cache, in hub/."
    )
    hf_hub_cache: Path | None = Field(
        None, alias="HF_HUB_CACHE", description="That cache itself; goes before HF_HOME."
    )
    bucket_name: str | None = Field(
        None, alias="BUCKET_NAME", description="S3 bucket for results; without one see Storage."
    )
    bucket_endpoint_url: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        alias="BUCKET_ENDPOINT_URL",
        description="S3 server, for any but AWS's own.",
    )
    bucket_access_key_id: SecretStr | None = Field(
        None,
        alias="BUCKET_ACCESS_KEY_ID",
        description="Key of the bucket. Without one the standard AWS variables and roles apply.",
    )
    bucket_secret_access_key: SecretStr | None = Field(
        None, alias="BUCKET_SECRET_ACCESS_KEY", description="Its secret."
    )
    bucket_region: str | None = Field(
        None,
        alias="BUCKET_REGION",
        description="Its region. Without one AWS_DEFAULT_REGION and the like apply, then what the endpoint's "
        "host tells.",
    )
    bucket_prefix: str = Field(
        "",
        pattern=r"^[\w./-]*$",
        alias="BUCKET_PREFIX",
        description="Put before every key, such as meshes/.",
    )
    bucket_link_ttl: int = Field(
        WEEK_S,
        ge=60,
        le=WEEK_S,
        alias="BUCKET_LINK_TTL",
        description="Seconds that a link to a result lives, unless the session that signs it ends sooner.",
    )
    bucket_public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        alias="BUCKET_PUBLIC_URL",
        description="Where the bucket is open to all, such as a CDN's address: links are this and the key, "
        "without signature or end.",
    )
    bucket_private_links: bool = Field(
        default=False,
        alias="BUCKET_PRIVATE_LINKS",
        description="Whether jobs may name presigned links of the bucket though BUCKET_ENDPOINT_URL is not "
        "public.",
    )
    blender_path: Path | None = Field(
        None,
        alias="BLENDER_PATH",
        description="Blender, 3.4 or newer, whose Python has NumPy (Debian: python3-numpy), for "
        "blender_export and the output fbx; without it they get a warning.",
    )

    @field_validator("accelerate")
    @classmethod
    def _names_changes(cls, accelerate: str) -> str:
        choose(accelerate)
        return accelerate

    @model_validator(mode="after")
    def _bucket_is_whole(self) -> Self:
        bucket = {
            "BUCKET_ENDPOINT_URL": self.bucket_endpoint_url,
            "BUCKET_ACCESS_KEY_ID": self.bucket_access_key_id,
            "BUCKET_SECRET_ACCESS_KEY": self.bucket_secret_access_key,
            "BUCKET_REGION": self.bucket_region,
            "BUCKET_PUBLIC_URL": self.bucket_public_url,
            "BUCKET_PRIVATE_LINKS": self.bucket_private_links or None,
        }
        named = [name for name, value in bucket.items() if value is not None]
        if named and self.bucket_name is None:
            raise ValueError(f"{' and '.join(named)}: BUCKET_NAME is missing")
        if (self.bucket_access_key_id is None) != (self.bucket_secret_access_key is None):
            raise ValueError("BUCKET_ACCESS_KEY_ID and BUCKET_SECRET_ACCESS_KEY: one of the two is missing")
        if self.bucket_private_links and self.bucket_endpoint_url is None:
            raise ValueError("BUCKET_PRIVATE_LINKS: BUCKET_ENDPOINT_URL is missing")
        return self

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Reads the settings from a mapping such as ``os.environ``; its other variables are passed over.

        Raises:
            StartError: naming every variable that is wrong, its value and what is allowed.
        """
        names = [field.alias for field in cls.model_fields.values()]
        variables = {
            name: environ[name] for name in names if name is not None and environ.get(name, "").strip()
        }
        try:
            return cls.model_validate(variables)
        except ValidationError as error:
            raise StartError("\n".join(_problems(error))) from None  # the cause would show a secret

    @property
    def hub_cache(self) -> Path | None:
        """The Hugging Face hub's cache, or None where neither variable is set."""
        return self.hf_hub_cache or (self.hf_home / "hub" if self.hf_home else None)

    @property
    def max_video_bytes(self) -> int:
        """`max_video_mb` in bytes."""
        return int(self.max_video_mb * 1_000_000)

    @property
    def max_mesh_bytes(self) -> int:
        """`max_mesh_mb` in bytes."""
        return int(self.max_mesh_mb * 1_000_000)


def _problems(error: ValidationError) -> list[str]:
    """Each problem as ``VARIABLE='value': what is allowed``."""
    problems = []
    for item in error.errors(include_url=False):
        message = item["msg"].removeprefix("Value error, ")
        problems.append(f"{item['loc'][0]}={shown(item['input'])}: {message}" if item["loc"] else message)
    return problems


def shown(value: object) -> str:
    """A value in quotes, as it may be told: without an address's user, password and query."""
    without_user = re.sub(r"(?s)^(\w+://)?.*@", r"\1***@", str(value))
    return repr(re.sub(r"(?s)\?.*", "?***", without_user))
