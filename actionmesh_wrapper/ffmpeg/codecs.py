"""The codecs that videos are taken in: of ffmpeg's hundreds of decoders a hostile file reaches no others."""

# What phones, cameras, browsers, screen recorders and editors write, and ffmpeg's names of it.
_SAME_NAME = """
    h264 hevc mpeg4 mpeg2video mpeg1video h263 mjpeg vc1 wmv1 wmv2 wmv3 msmpeg4v2 theora vp6f
    prores dnxhd cfhd apv dvvideo hap ffv1 ffvhuff huffyuv utvideo magicyuv qtrle zmbv rawvideo v210
    gif png apng webp webp_anim
"""
_OTHER_NAMES = {
    "av1": ("libdav1d", "libaom-av1", "av1"),
    "vp8": ("vp8", "libvpx"),  # the second of each keeps alpha
    "vp9": ("vp9", "libvpx-vp9"),
    "flv1": ("flv",),
    "msmpeg4v3": ("msmpeg4",),
}

CODECS = frozenset((*_SAME_NAME.split(), *_OTHER_NAMES))
DECODERS = (*_SAME_NAME.split(), *(name for names in _OTHER_NAMES.values() for name in names))
