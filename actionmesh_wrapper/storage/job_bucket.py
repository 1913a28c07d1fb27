"""A job's own bucket: RunPod's ``s3Config``, which stands beside ``input``."""

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from actionmesh_wrapper.addresses import Find, public
from actionmesh_wrapper.errors import InvalidInput, UrlNotAllowed
from actionmesh_wrapper.request import problems
from actionmesh_wrapper.storage.endpoint import Endpoint
from actionmesh_wrapper.storage.s3 import S3

HTTPS_PORT = 443


class S3Config(BaseModel):
    """The fields of ``s3Config``, in RunPod's spelling."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, loc_by_alias=True)

    access_id: SecretStr = Field(min_length=1)
    access_secret: SecretStr = Field(min_length=1)
    bucket_name: str = Field(min_length=1)
    endpoint_url: HttpUrl


def open_bucket(config: object, *, link_ttl_s: int, find: Find = public) -> S3:
    """Opens the bucket of one job.

    The endpoint comes from a caller, so it must be public and speak TLS: its certificate then stands for the
    name that was looked up here, should the name lead elsewhere a moment later.

    Args:
        config: the job's ``s3Config``.
        link_ttl_s: how long presigned links live, in seconds.
        find: looks up hosts and refuses addresses.

    Raises:
        InvalidInput: naming every field that is wrong; no value is repeated.
        UrlNotAllowed: if the endpoint is not https, or not public.
        DownloadFailed: if its host is not found.
    """
    try:
        given = S3Config.model_validate(config)
    except ValidationError as error:
        told = "; ".join(f"s3Config.{problem}" for problem in problems(error))
        raise InvalidInput(f"{told}.") from None  # the cause quotes the secret
    if given.endpoint_url.scheme != "https":
        raise UrlNotAllowed("s3Config.endpointUrl: only https is taken.")
    endpoint = Endpoint.of(str(given.endpoint_url), given.bucket_name)
    find(endpoint.host, endpoint.port or HTTPS_PORT)
    return S3.open(
        given.bucket_name,
        endpoint=endpoint,
        region=endpoint.region,
        key=given.access_id,
        secret=given.access_secret,
        prefix="",
        link_ttl_s=link_ttl_s,
    )
