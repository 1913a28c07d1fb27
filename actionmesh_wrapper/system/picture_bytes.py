"""The bytes of a picture from a stranger, so that decoding them takes no longer than its size is worth.

Progressive JPEG may pass over all of its pixels once for every few bytes (libjpeg-turbo, "Two Issues with the
JPEG Standard"), and Pillow looks at PNG's chunks and JPEG's segments one by one, be they empty.
"""

from io import BytesIO

from actionmesh_wrapper.errors import TooLarge

MAX_SCANS = 64  # of a JPEG; encoders write about ten
_JPEG = b"\xff\xd8"
_SCAN = b"\xff\xda"  # before each scan; elsewhere by chance, once in 64 kB of other data than pixels
_FREE_READS, _BYTES_PER_READ = 1000, 64  # Pillow reads four times for a part, and parts have kilobytes


class PictureBytes(BytesIO):
    """A file in memory that refuses a picture of too many parts.

    Args:
        data: the picture's bytes.

    Raises:
        TooLarge: when it is made, if a JPEG has too many scans; and while it is read, if it has too many
            chunks or segments for its length.
    """

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        super().__init__(data)
        if data[:2] == _JPEG and bytes(data).count(_SCAN) > MAX_SCANS:
            raise TooLarge(f"A picture is a JPEG of more scans than the {MAX_SCANS} that are taken.")
        self._reads_left = _FREE_READS + len(data) // _BYTES_PER_READ

    def read(self, size: int | None = -1, /) -> bytes:
        """As a file's; counted."""
        self._reads_left -= 1
        if self._reads_left < 0:
            raise TooLarge("A picture is in more parts than are taken; save it anew.")
        return super().read(size)
