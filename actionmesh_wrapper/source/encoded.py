"""Base64 → bytes, piece by piece: a long text is neither copied nor decoded whole."""

import binascii
import re
from collections.abc import Iterator

from actionmesh_wrapper.errors import EmptyInput, InvalidBase64
from actionmesh_wrapper.source.transfer import too_large

_STANDARD = str.maketrans("-_", "+/")  # from the URL-safe alphabet
_SPACE = " \t\r\n\v\f"
_STEP = 1 << 20  # characters; a multiple of 4
_ADDRESS = re.compile(r"\s*+https?://", re.IGNORECASE)
_DATA_URL = re.compile(r"\s*+data:", re.IGNORECASE)
_HEADER = re.compile(r"\s*+data:[^,]{0,1000};base64,", re.IGNORECASE)


def decoded(text: str, max_bytes: int) -> Iterator[bytes]:
    """Decodes base64: bare or a data: URL, of either alphabet, with or without white space and padding.

    Yields:
        The bytes in pieces, one after another.

    Raises:
        TooLarge: if they are more than allowed; found by the text's length, before anything is decoded.
        EmptyInput: if there are none.
        InvalidBase64: if it is not base64; perhaps after some pieces.
    """
    start = _start(text)
    count = len(text) - start - sum(text.count(letter, start) for letter in _SPACE + "=")
    size = count * 3 // 4
    if size > max_bytes:
        raise too_large(size, max_bytes)
    if count == 0:
        raise EmptyInput("The file has zero bytes.")
    rest, padding = "", ""
    for at in range(start, len(text), _STEP):
        letters, equals, behind = _tidy(text[at : at + _STEP]).partition("=")
        if behind.strip("=") or (padding and letters):
            raise _invalid()
        padding = padding or equals
        letters = rest + letters
        whole = len(letters) // 4 * 4
        rest = letters[whole:]
        yield _bytes(letters[:whole])
    yield _bytes(rest + "=" * (-len(rest) % 4))


def _start(text: str) -> int:
    """Where the base64 starts."""
    if _ADDRESS.match(text):
        raise InvalidBase64("This is an address, not base64: the field for it ends in _url.")
    if not _DATA_URL.match(text):
        return 0
    header = _HEADER.match(text)
    if header is None:
        raise InvalidBase64("A data: URL must be of the kind data:…;base64,….")
    return header.end()


def _tidy(piece: str) -> str:
    """Without white space, and in the standard alphabet."""
    return "".join(piece.split()).translate(_STANDARD)


def _bytes(letters: str) -> bytes:
    try:
        return binascii.a2b_base64(letters, strict_mode=True)
    except ValueError as error:  # binascii.Error is one
        raise _invalid() from error


def _invalid() -> InvalidBase64:
    return InvalidBase64("This is not valid base64.")
