"""What a job is made from, once it lies on this machine."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fetched:
    """The paths of a job's inputs.

    Attributes:
        video: a file, or a folder of frames.
        mesh: the caller's own mesh, or None.
    """

    video: Path
    mesh: Path | None = None
