"""A job's ``s3Config``: a bucket of the caller's own, its key and its region."""

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from actionmesh_wrapper.contract.bounds import beyond_bounds
from actionmesh_wrapper.contract.problems import problems
from actionmesh_wrapper.errors import InvalidInput

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IPV4 = re.compile(r"\d+\.\d+\.\d+\.\d+")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
# Of access points, directory and table buckets: boto sends some of these to hosts of their own.
_RESERVED_ENDS = ("-s3alias", "--ol-s3", "--op-s3", "--x-s3", "--table-s3", ".mrap")


def is_bucket_name(name: str) -> bool:
    """Whether it is a general purpose bucket's: no ARN, no access point, nothing that moves the host.

    See "General purpose bucket naming rules" in Amazon S3's user guide; other servers' are no wider.
    """
    return (
        _BUCKET.fullmatch(name) is not None
        and ".." not in name
        and _IPV4.fullmatch(name) is None
        and not name.startswith(_RESERVED_STARTS)
        and not name.endswith(_RESERVED_ENDS)
    )


def _bucket_name(name: str) -> str:
    if not is_bucket_name(name):
        raise ValueError(
            "must be a bucket's name by S3's rules: 3 to 63 lower-case letters, digits, dots and hyphens, "
            "and no ARN or access point"
        )
    return name


class S3Config(BaseModel):
    """The fields, in camel case as a job has them."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, loc_by_alias=True)

    access_id: SecretStr = Field(min_length=1)
    access_secret: SecretStr = Field(min_length=1)
    bucket_name: Annotated[str, AfterValidator(_bucket_name)]
    endpoint_url: HttpUrl
    region: str | None = Field(None, pattern=r"^[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")

    @classmethod
    def of(cls, config: object) -> Self:
        """Reads a job's field.

        Raises:
            InvalidInput: naming every field that is wrong; no value is repeated.
        """
        if not isinstance(config, Mapping):
            raise InvalidInput("s3Config must be a JSON object.")
        names = {to_camel(name) for name in cls.model_fields}
        if too_much := beyond_bounds(config, names):
            raise InvalidInput(f"s3Config: {too_much}.")
        try:
            return cls.model_validate(config)
        except ValidationError as error:
            message = "; ".join(f"s3Config.{problem}" for problem in problems(error))
            raise InvalidInput(f"{message}.") from None  # the cause quotes the secret
