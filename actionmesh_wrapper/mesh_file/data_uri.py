"""Data URIs: bytes that lie in the JSON itself.

Source: RFC 2397.
"""

from base64 import b64decode
from urllib.parse import unquote_to_bytes

from actionmesh_wrapper.errors import NotAMesh

_SCHEME, _BASE64 = "data:", ";base64"


def is_data(uri: str | None) -> bool:
    """Whether a URI holds its bytes itself."""
    return uri is not None and uri[: len(_SCHEME)].lower() == _SCHEME


def decoded(uri: str) -> bytes:
    """The bytes of a data URI, in base64 or percent-encoded.

    Raises:
        NotAMesh: if it is no base64.
    """
    header, _, text = uri.partition(",")
    try:
        data = unquote_to_bytes(text)
        return b64decode(data + b"==") if header.lower().endswith(_BASE64) else data  # "=" may be missing
    except ValueError as error:
        raise NotAMesh("The mesh's file is broken: a data URI in it cannot be decoded.") from error
