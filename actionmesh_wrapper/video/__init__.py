"""A video, as a file or as a folder of its frames → the frames that an engine animates."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actionmesh_wrapper.contract.engines import MAX_FRAMES
from actionmesh_wrapper.contract.recipe import Sampling
from actionmesh_wrapper.data.frames import Frames, Source
from actionmesh_wrapper.data.progress import StageStep, Warn
from actionmesh_wrapper.errors import VideoError, VideoTooShort
from actionmesh_wrapper.system import ffmpeg, limits
from actionmesh_wrapper.system.contained import LimitExceeded
from actionmesh_wrapper.video import colours, images, sampling
from actionmesh_wrapper.video.clip import Listing, VideoClip, list_pictures, open_clip
from actionmesh_wrapper.video.packets import Tick

_DECODING_S = 300.0  # ten minutes of 1080p take about two minutes on two cores
_SEEK_MARGIN_S = 1.0  # a seek goes to the keyframe before this; less than this is not worth a seek


def sample(
    path: Path, wish: Sampling, *, step: StageStep, warn: Warn = lambda _: None, most: int = MAX_FRAMES
) -> Frames:
    """Takes frames out of a video.

    Frames are upright, of square pixels and sRGB of 8 bits, with the alpha that the video has. Those that
    are marked as interlaced are made whole; high dynamic range is tone-mapped (see `colours.scaling`), and a
    colour profile (ICC) is applied. They are made smaller until no side is longer than `limits.MAX_SIDE_PX`.

    Args:
        path: a video file, whose name means nothing, or a folder of frames (see `images.sample`).
        wish: which frames; see `sampling.choose`.
        step: is called with the frames taken so far, and with their number, 1 until it is known; may raise
            `Cancelled`.
        warn: takes notices of a file that is damaged, and of a colour profile that cannot be used.
        most: how many frames ``auto`` may come to.

    Raises:
        EmptyInput, NotAVideo, NoVideoStream: if the file is no video.
        FrameTooLarge, TooManyFrames, VideoTooLong: if it is more than the worker takes.
        VideoTooShort, InvalidInput: if it has no such frames.
        VideoError: if it cannot be decoded.
    """
    if path.is_dir():
        return images.sample(path, wish, step=step, warn=warn, most=most)

    def tick(_: int) -> None:
        step(0, 1)

    clip, listing = open_clip(path, tick, warn)
    try:
        if listing is not None:
            with suppress(_FramesMissing):  # the decoder may show other frames than the packets list
                return _sample_clip(clip, listing, wish, step, most)
        return _sample_clip(clip, list_pictures(clip, tick), wish, step, most)
    except VideoTooShort as error:
        if clip.is_damaged:
            raise VideoTooShort(f"{error.message} Its file is damaged or was cut short.") from error
        raise


class _FramesMissing(VideoError):
    """Fewer frames could be decoded than were chosen."""


def _sample_clip(clip: VideoClip, listing: Listing, wish: Sampling, step: StageStep, most: int) -> Frames:
    """Chooses among the frames of a listing, and decodes those."""
    limits.check_duration(listing.duration_s)
    size = limits.fitted(clip.width, clip.height)
    frame_bytes = size[0] * size[1] * 4

    def thumbnails(indices: NDArray[np.intp]) -> NDArray[np.uint8]:
        small = limits.fitted(clip.width, clip.height, sampling.THUMBNAIL_PX)
        return _decode(clip, listing, indices, size=small, pixels="gray", tick=lambda _: step(0, 1))[..., 0]

    def report(received: int) -> None:
        step(received // frame_bytes, len(chosen))

    chosen = sampling.choose(listing.seconds, listing.duration_s, wish, thumbnails, most)
    pictures = _decode(clip, listing, chosen, size=size, pixels="rgba", tick=report)
    if clip.to_srgb is not None:
        for picture in pictures:
            picture[..., :3] = np.asarray(clip.to_srgb(Image.fromarray(picture[..., :3])))
    step(len(chosen), len(chosen))
    num_frames = len(listing.seconds)
    source = Source(listing.duration_s, clip.width, clip.height, num_frames / listing.duration_s, num_frames)
    return Frames(pictures, listing.seconds[chosen], source)


def _decode(
    clip: VideoClip,
    listing: Listing,
    chosen: NDArray[np.intp],
    *,
    size: tuple[int, int],
    pixels: Literal["gray", "rgba"],
    tick: Tick,
) -> NDArray[np.uint8]:
    """The chosen frames, (K, H, W, C) uint8, in one pass that ends with the last of them.

    Where interlaced frames are met that the first did not tell of, it is passed over again.
    """
    width, height = size
    depth = {"gray": 1, "rgba": 4}[pixels]
    filters = [
        *_chosen(listing, chosen, clip.deinterlacing),
        *colours.scaling(clip.colours, width, height),
        f"format={pixels}",
    ]
    arguments = [
        *("-map", f"0:{clip.stream}", "-copyts", "-vf", ",".join(filters)),
        *("-fps_mode", "passthrough", "-frames:v", str(len(chosen)), "-f", "rawvideo"),
    ]
    bounds = ffmpeg.decoding_limits(_DECODING_S, len(chosen) * width * height * depth)
    options = (*clip.options, *_seek(listing, float(listing.seconds[chosen[0]])))
    try:
        result = ffmpeg.read(clip.path, clip.demuxer, arguments, bounds=bounds, options=options, tick=tick)
    except LimitExceeded as error:
        raise VideoError("This video takes too long to decode.", detail=error.log) from error
    if len(result.output) < bounds.output_bytes:
        if clip.deinterlacing == "if met":
            always = replace(clip, deinterlacing="always")
            return _decode(always, listing, chosen, size=size, pixels=pixels, tick=tick)
        raise _FramesMissing(
            "Parts of this video cannot be decoded; it may be damaged or incomplete.", detail=result.log
        )
    return np.frombuffer(result.output, np.uint8).reshape(len(chosen), height, width, depth)


def _chosen(listing: Listing, chosen: NDArray[np.intp], deinterlacing: str) -> list[str]:
    """Filters that let the chosen frames through, those that are marked as interlaced made whole.

    bwdif fills the lines of the later field in, from the frame, the one before and the one after: of the
    rest of the clip nothing is needed. It counts time in half units, and leaves frames at their moments.
    Where none is expected to be interlaced, those that are held back: then there are too few.
    """
    if deinterlacing != "always":
        held_back = "*eq(interlace_type,0)" if deinterlacing == "if met" else ""
        return [f"select='{_any_of(listing.variable, listing.keys[chosen])}{held_back}'"]
    near = np.unique(np.add.outer(chosen, (-1, 0, 1)).clip(0, len(listing.keys) - 1))
    keys = listing.keys[chosen] * 2 if listing.variable == "pts" else np.searchsorted(near, chosen)
    return [
        f"select='{_any_of(listing.variable, listing.keys[near])}'",
        "bwdif=mode=send_frame:parity=auto:deint=interlaced",
        f"select='{_any_of(listing.variable, keys)}'",
    ]


def _any_of(variable: str, keys: NDArray[np.int64]) -> str:
    """An expression that is true of these keys: a tree, as ffmpeg refuses a sum of more than 100 terms."""
    if len(keys) == 1:
        return f"eq({variable},{keys[0]})"
    middle = len(keys) // 2
    return f"({_any_of(variable, keys[:middle])}+{_any_of(variable, keys[middle:])})"


def _seek(listing: Listing, seconds: float) -> tuple[str, ...]:
    """Options that skip to the keyframe before a frame; none where frames are counted from the start."""
    if listing.variable == "n" or seconds <= _SEEK_MARGIN_S:
        return ()
    before = listing.start_s + seconds - _SEEK_MARGIN_S
    return ("-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{before:.6f}")
