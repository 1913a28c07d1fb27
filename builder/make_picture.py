"""Makes README's moving picture out of the sample's preview, and the Hub's icon out of its poster.

    python builder/make_picture.py outputs/sample/preview.mp4 docs/sample.webp
    python builder/make_picture.py outputs/sample/poster.png .runpod/icon.png

`make sample` does both after drawing the sample.
"""

import argparse
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

SIZE = (768, 384)  # pixels; README is read at about this width
ICON = (512, 512)
ICON_COLOURS = 128
QUALITY = 60  # of WebP; below it edges get visibly soft


def main() -> None:
    """Turns the preview into an animated WebP that plays for ever, or a poster into an icon."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preview", type=Path)
    parser.add_argument("picture", type=Path)
    paths = parser.parse_args()
    if paths.picture.suffix == ".png":
        with Image.open(paths.preview) as poster:
            icon = poster.convert("RGB").resize(ICON, Image.Resampling.LANCZOS)
        icon.quantize(ICON_COLOURS).save(paths.picture, optimize=True)
        return
    pictures = imageio_ffmpeg.read_frames(paths.preview)
    meta = next(pictures)
    first, *rest = (
        Image.frombytes("RGB", meta["size"], picture).resize(SIZE, Image.Resampling.LANCZOS)
        for picture in pictures
    )
    first.save(
        paths.picture,
        save_all=True,
        append_images=rest,
        duration=round(1000 / meta["fps"]),
        loop=0,
        quality=QUALITY,
        method=6,
    )


if __name__ == "__main__":
    main()
