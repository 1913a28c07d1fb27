"""Colour profiles of a few hundred bytes, and colours as pictures with such a profile store them.

Source: ICC.1:2022, sections 7 (header, tags) and 10 (types of tags).
"""

import struct

import numpy as np
from numpy.typing import ArrayLike, NDArray

_SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
DISPLAY_P3 = np.array(
    [[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]
)
ADOBE_RGB = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]])
BT2020 = np.array([[0.67348, 0.16565, 0.12506], [0.27903, 0.67534, 0.04563], [-0.00193, 0.02998, 0.79686]])


def rgb_profile(primaries: NDArray[np.float64], gamma: float) -> bytes:
    """A profile of three primaries, (3, 3) XYZ of white D50 in columns, and one power curve."""
    tags = {f"{band}XYZ": _xyz(primaries[:, index]) for index, band in enumerate("rgb")}
    return _profile("RGB ", "XYZ ", tags | {f"{band}TRC": _curve(gamma) for band in "rgb"})


def grey_profile(gamma: float) -> bytes:
    """A profile of grey with a power curve."""
    return _profile("GRAY", "XYZ ", {"kTRC": _curve(gamma)})


def cmyk_profile(cyan: tuple[int, int, int]) -> bytes:
    """A profile of four inks: paper is white, cyan alone is this Lab of 8 bits, with black all is black."""
    white, grey, black = (255, 128, 128), (128, 128, 128), (0, 128, 128)
    mixtures = [white, black, *[grey, black] * 3, cyan, black, *[grey, black] * 3]
    unit = struct.pack(">9i", *(np.eye(3, dtype=int).ravel() * 65536).tolist())
    straight, table = bytes(range(256)), bytes(part for mixture in mixtures for part in mixture)
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + unit + straight * 4 + table + straight * 3
    return _profile("CMYK", "Lab ", {"A2B0": lut}, kind="prtr")


def encoded(colours: ArrayLike, primaries: NDArray[np.float64], gamma: float) -> NDArray[np.uint8]:
    """sRGB colours, (..., 3) of 0 to 255, as a picture stores them that has such an `rgb_profile`."""
    shares = np.asarray(colours) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    stored = np.clip(linear @ (np.linalg.inv(primaries) @ _SRGB).T, 0, 1) ** (1 / gamma)
    levels: NDArray[np.uint8] = np.rint(stored * 255).astype(np.uint8)
    return levels


def _profile(space: str, connection: str, tags: dict[str, bytes], kind: str = "mntr") -> bytes:
    tags = {"wtpt": _xyz(np.array([0.9642, 1, 0.8249]))} | tags
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += struct.pack(">4sII", name.encode(), start + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    header = struct.pack(">I4xI4s4s4s12x4s28x", start + len(body), 0x02400000, kind.encode(), space.encode(),
                         connection.encode(), b"acsp")  # fmt: skip
    header += struct.pack(">3i", 63190, 65536, 54061)  # D50
    return header.ljust(128, b"\0") + table + body


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *np.rint(values * 65536).astype(int).tolist())


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
