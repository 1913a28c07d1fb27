"""Colours of any video → sRGB: what a frame is tagged as, and the ffmpeg filters that convert it."""

import re
from dataclasses import dataclass

HDR_TRANSFERS = ("smpte2084", "arib-std-b67")  # PQ and HLG
_UNKNOWN = "unknown"
_SD, _HD, _WIDE = "smpte170m", "bt709", "bt2020nc"
_HD_LONG_PX = 1280  # of what carries no tag: as long as this is HD, as for mpv
_SD_SHORT_PX = 576  # and so is what has more lines than this

_TAGS = re.compile(r"color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)")  # in showinfo's log
_SCALE_READS = (_UNKNOWN, "gbr", "bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc")
_ZSCALE_READS = (*_SCALE_READS, "ycgco", "bt2020c", "chroma-derived-nc", "chroma-derived-c", "ictcp")
_KNOWN_PRIMARIES = (
    *("bt709", "bt470m", "bt470bg", "smpte170m", "smpte240m", "film", "bt2020"),
    *("smpte428", "smpte431", "smpte432", "ebu3213"),
)
_SRGB = "iec61966-2-1"

# Without loss, and of no chroma planes of half a size: after a free scaling their sides may be odd.
_EVERY_PIXEL = "format=yuv444p16le|yuva444p16le|gbrp16le|gbrap16le"
_EIGHT_BITS = "format=gbrp|gbrap"
_WHITE_NIT = 203  # of HDR, ITU-R BT.2408: diffuse white, and so sRGB's 255
_PEAK_NIT = 1000  # of HLG's reference display (BT.2100), and what most of PQ is graded for
_KNEE = 0.95  # of white: what is darker stays exact, what is brighter shares the rest


@dataclass(frozen=True)
class Colours:
    """How a video's colours are to be read, in ffmpeg's names.

    Attributes:
        matrix: from Y'CbCr to R'G'B'; ``gbr`` of what is RGB already.
        is_tagged: whether the frames carry the matrix themselves.
        primaries: the red, green and blue that are meant.
        transfer: from R'G'B' to light.
    """

    matrix: str
    is_tagged: bool
    primaries: str
    transfer: str

    @property
    def hdr(self) -> str:
        """The transfer function to tone-map from; "" for standard range."""
        return self.transfer if self.transfer in HDR_TRANSFERS else ""


def read(log: str, size: tuple[int, int], codec: str) -> Colours:
    """The colours of a video, by its first frame's tags; what has none is guessed as players do.

    Untagged, HD is BT.709 and SD is BT.601; PQ, HLG and BT.2020's primaries come with BT.2020's matrix. VP8
    knows BT.601 alone (RFC 6386, 9.2).

    Args:
        log: of ffmpeg's showinfo filter.
        size: width and height in pixels.
        codec: ffmpeg's name.
    """
    # The log may have later frames, too. Of those of an APNG ffmpeg forgets what is told before the first.
    tags = _TAGS.search(log)
    matrix, primaries, transfer = tags.groups() if tags else (_UNKNOWN,) * 3
    is_hdr = transfer in HDR_TRANSFERS
    if primaries not in _KNOWN_PRIMARIES:
        primaries = "bt2020" if is_hdr or matrix in {"bt2020nc", "bt2020c"} else "bt709"
    is_tagged = matrix != _UNKNOWN and matrix in _ZSCALE_READS
    if not is_tagged:
        is_hd = max(size) >= _HD_LONG_PX or min(size) > _SD_SHORT_PX
        usual = _HD if is_hd and codec != "vp8" else _SD
        matrix = _WIDE if primaries == "bt2020" else usual
    return Colours(matrix, is_tagged, primaries, transfer)


def scaling(colours: Colours, width: int, height: int) -> list[str]:
    """Filters that scale frames to any size and turn them into sRGB, by ffmpeg's scale where that is enough.

    Standard range keeps its code values, as players show them: of BT.709, BT.601, BT.2020 and sRGB alike.
    Other primaries are converted in linear light, by sRGB's function or else ITU-R BT.1886's, and clipped.
    The latter is steep near black: there the rounding of 8 bits shows, whoever converts it, by up to 22 of
    255 in the dark channels of a pure colour.

    Of HDR, the reference white of 203 nit (ITU-R BT.2408) becomes sRGB's white. The tone map is Möbius',
    the one of ffmpeg's that leaves all below its knee as it is: skin, cloth and greys keep the colours of
    the same scene in standard range. HLG is shown as on its display of 1000 nit, its gamma on luminance.
    """
    scale = f"scale={width}:{height}:flags=lanczos+accurate_rnd+full_chroma_int"
    if not colours.is_tagged:
        scale += f":in_color_matrix={colours.matrix}"
    if colours.matrix not in _SCALE_READS:
        scale = f"setparams=colorspace=bt709,{scale}"  # which refuses others, with nothing to convert
    source = f"min={colours.matrix}:pin={colours.primaries}"
    if colours.hdr:
        return [
            *(scale, _EVERY_PIXEL),
            f"zscale={source}:tin={colours.hdr}:t=linear:p=709:m=gbr:npl={_WHITE_NIT}:agamma=false",
            "format=gbrpf32le|gbrapf32le",
            f"tonemap=mobius:param={_KNEE}:desat=0:peak={_PEAK_NIT / _WHITE_NIT:.3f}",
            f"zscale=t={_SRGB}:r=pc",
            _EIGHT_BITS,
        ]
    is_linear = colours.transfer == "linear"
    if colours.primaries == "bt709" and colours.matrix in _SCALE_READS and not is_linear:
        return [scale]
    shown = _SRGB if is_linear or colours.transfer == _SRGB else "bt709"
    transfer = "linear" if is_linear else shown
    return [
        *(scale, _EVERY_PIXEL),
        f"zscale={source}:tin={transfer}:t={shown}:p=709:m=gbr:r=pc:agamma=false",
        _EIGHT_BITS,
    ]
