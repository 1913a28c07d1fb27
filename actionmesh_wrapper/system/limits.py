"""What the worker takes: bounds on a video, whether it comes as a file or as a folder of pictures."""

from actionmesh_wrapper.errors import FrameTooLarge, TooManyFrames, VideoTooLong

MAX_DURATION_S = 600.0  # of which frames are chosen
MAX_FRAMES = 36_000  # ten minutes at 60 frames per second
MAX_PIXELS = 8192 * 4352  # of one frame: 8K in both its forms; more only costs memory
MAX_SIDE_PX = 1024  # of a frame handed on: as much as background removal looks at


def check_size(width: int, height: int) -> None:
    """Raises FrameTooLarge if a frame of so many pixels is more than the worker takes."""
    if width * height > MAX_PIXELS:
        raise FrameTooLarge(
            f"The video's frames have {width} × {height} pixels; "
            f"at most {MAX_PIXELS // 1_000_000} million are allowed."
        )


def check_count(frames: int) -> None:
    """Raises TooManyFrames if these are more frames than the worker takes."""
    if frames > MAX_FRAMES:
        raise too_many_frames()


def too_many_frames() -> TooManyFrames:
    """The error for more frames than the worker takes."""
    return TooManyFrames(f"This video has more than {MAX_FRAMES:,} frames.")


def check_duration(seconds: float) -> None:
    """Raises VideoTooLong if that is longer than the worker takes."""
    if seconds > MAX_DURATION_S:
        raise VideoTooLong(f"This video is {seconds:.0f} s long; at most {MAX_DURATION_S:.0f} s are allowed.")


def fitted(width: int, height: int, longest: int = MAX_SIDE_PX) -> tuple[int, int]:
    """Width and height in pixels, made smaller together until no side is longer than ``longest``."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
