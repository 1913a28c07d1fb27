"""What a caller submits: the body of ``/run`` and ``/runsync``."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

WEEK_MS = 7 * 24 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000


class Policy(BaseModel):
    """How a job may run; RunPod's names, defaults and bounds."""

    model_config = ConfigDict(frozen=True)

    execution_timeout_ms: int = Field(600_000, gt=5000, le=WEEK_MS, alias="executionTimeout")
    ttl_ms: int = Field(DAY_MS, ge=10_000, le=WEEK_MS, alias="ttl")
    low_priority: bool = Field(default=False, alias="lowPriority")


class Submission(BaseModel):
    """A job as submitted. Fields that RunPod does not know are passed over, as it does.

    Attributes:
        input: the worker's business, any JSON; only its presence is required.
        policy: how the job may run.
        webhook: is called with the job's status when it ends.
        s3_config: is handed to the worker and never shown.
    """

    model_config = ConfigDict(frozen=True)

    input: Any
    policy: Policy = Policy()
    webhook: str | None = Field(None, pattern=r"^https?://\S+$")
    s3_config: dict[str, Any] | None = Field(None, alias="s3Config")
